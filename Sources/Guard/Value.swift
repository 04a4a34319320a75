import JSON

/// What clauses compare: the values of documents, and those that only a policy can write (expressions, ranges, characters).
enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case float(Double)
    case string(String)
    case char(Unicode.Scalar)
    case regex(RustRegex)
    case intRange(Interval<Int64>)
    case floatRange(Interval<Double>)
    case charRange(Interval<Unicode.Scalar>)
    case list([Value])
    case map(ValueMap)

    /// A number is an integer when it is written as one and fits 64 bits; `1.0` and `1e2` are not.
    init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let bool): self = .bool(bool)
        case .number(let text): self = Int64(text).map(Value.int) ?? .float(Double(text) ?? .nan)
        case .string(let string): self = .string(string)
        case .array(let array): self = .list(array.map { Value($0) })
        case .object(let object): self = .map(ValueMap(object.members.map { ($0.name, Value($0.value)) }))
        }
    }

    var json: JSON {
        switch self {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .int(let int): .number(int)
        case .float(let float): float.isFinite ? .number("\(float)") : .string("\(float)")
        case .string(let string): .string(string)
        case .char(let char): .string(String(char))
        case .regex(let regex): .string("/\(regex.pattern)/")
        case .intRange(let range): .string(range.text)
        case .floatRange(let range): .string(range.text)
        case .charRange(let range): .string(range.text)
        case .list(let list): .array(list.map(\.json))
        case .map(let map): .object(JSONObject(map.members.map { ($0.name, $0.value.json) }))
        }
    }

    var isNull: Bool {
        if case .null = self { return true }
        return false
    }

    var isList: Bool {
        if case .list = self { return true }
        return false
    }

    var isScalar: Bool {
        switch self {
        case .list, .map: false
        default: true
        }
    }

    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .string: "string"
        case .char: "char"
        case .regex: "regex"
        case .intRange, .floatRange, .charRange: "range"
        case .list: "list"
        case .map: "struct"
        }
    }
}

/// The members of a struct in their order.
struct ValueMap: Sendable {
    typealias Member = (name: String, value: Value)

    let members: [Member]
    private let index: [ExactText: Int]?

    /// From this many members on, look-ups go by an index.
    private static let indexedCount = 32

    /// Of equal names the last one counts.
    init(_ members: [Member]) {
        self.members = members
        index =
            members.count < Self.indexedCount
            ? nil
            : Dictionary(members.enumerated().map { (ExactText($1.name), $0) }) { $1 }
    }

    subscript(name: String) -> Value? {
        let name = ExactText(name)
        if let index { return index[name].map { members[$0].value } }
        return members.last { ExactText($0.name) == name }?.value
    }
}

/// `r[1,10)`: a square bracket includes its bound.
struct Interval<Bound: Comparable & Sendable>: Sendable {
    let lower: Bound
    let upper: Bound
    let includesLower: Bool
    let includesUpper: Bool

    func contains(_ value: Bound) -> Bool {
        (includesLower ? lower <= value : lower < value) && (includesUpper ? value <= upper : value < upper)
    }

    var text: String { "r\(includesLower ? "[" : "(")\(lower),\(upper)\(includesUpper ? "]" : ")")" }
}

/// A value and where it came from.
struct Located: Sendable {
    let value: Value
    let path: Path

    init(_ value: Value, at path: Path = .root) {
        self.value = value
        self.path = path
    }

    /// The elements of a list, each with its own path.
    func elements(_ list: [Value]) -> [Located] {
        list.enumerated().map { Located($1, at: path.appending(String($0))) }
    }

    func member(_ name: String, _ value: Value) -> Located { Located(value, at: path.appending(name)) }
}
