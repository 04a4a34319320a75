/// A JSON value that keeps the order of its keys and the text of its numbers.
///
/// ```swift
/// let value = try JSON(parsing: #"{"Name":"/app/db","Count":1.0}"#)
/// value["Name"]?.string       // "/app/db"
/// value["Count"]?.text        // "1.0", as it was written
/// ```
public enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The number as it stands in the text; RFC 8259 section 6 sets no limit to its size or precision.
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    /// The value of the member `name`, or nil where this is no object or has no such member.
    public subscript(name: String) -> JSON? {
        if case .object(let object) = self { return object[name] }
        return nil
    }

    public var string: String? {
        if case .string(let string) = self { return string }
        return nil
    }

    public var bool: Bool? {
        if case .bool(let bool) = self { return bool }
        return nil
    }

    /// The number as an integer; nil for fractions and for what does not fit 64 bits. `1.0` and `1e2` are integers too.
    public var int: Int? {
        guard case .number(let text) = self else { return nil }
        if let int = Int(text) { return int }
        guard let double = Double(text), double.rounded() == double else { return nil }
        return Int(exactly: double)
    }

    public var double: Double? {
        if case .number(let text) = self { return Double(text) }
        return nil
    }

    public var array: [JSON]? {
        if case .array(let array) = self { return array }
        return nil
    }

    public var object: JSONObject? {
        if case .object(let object) = self { return object }
        return nil
    }

    public var isNull: Bool {
        if case .null = self { return true }
        return false
    }

    public static func number(_ int: Int) -> JSON { .number(String(int)) }
    public static func number(_ int: Int64) -> JSON { .number(String(int)) }

    /// An object of the members that have a value: a nil is left out.
    public static func object(_ members: KeyValuePairs<String, JSON?>) -> JSON {
        var object = JSONObject(capacity: members.count)
        for (name, value) in members {
            if let value { object.append(name, value) }
        }
        return .object(object)
    }
}

extension JSON {
    /// Strings are compared by their bytes, numbers by their text.
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): ExactText(left) == ExactText(right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements))
    }
}

extension JSON: CustomStringConvertible {
    /// The value as compact JSON text.
    public var description: String { withText { String(decoding: $0, as: UTF8.self) } }
}
