import JSON
import JavaRegex
import Kernel
import Model
import SQLite

/// The schema of a third party's resource type, as CloudFormation's registry has it: JSON Schema, of which the keywords
/// count that resource types may use.
///
/// Source: the CloudFormation CLI guide's page "Resource type schema".
struct ResourceSchema {
    private let root: JSON
    /// A schema may refer to itself.
    private static let depthLimit = 64

    static func find(_ type: String, in context: ReadContext) throws -> ResourceSchema? {
        try context.database.first(
            "SELECT schema FROM config_schema WHERE account = ? AND region = ? AND type = ?", context.account,
            context.region, type
        ) { ResourceSchema(root: try JSON(parsing: $0.text(0))) }
    }

    init(root: JSON) { self.root = root }

    /// The first thing that is wrong; nil where all is well.
    func complaint(about value: JSON) -> String? { complaint(value, root, "#", depth: 0) }

    private func complaint(_ value: JSON, _ schema: JSON, _ path: String, depth: Int) -> String? {
        guard depth < Self.depthLimit else { return "\(path) is nested too deeply" }
        if let reference = schema["$ref"]?.string {
            guard let target = resolve(reference) else { return "\(reference) is not in the schema" }
            return complaint(value, target, path, depth: depth + 1)
        }
        if let types = schema["type"].map({ $0.array ?? [$0] }), !types.contains(where: { Self.has(value, type: $0) }) {
            let names = types.compactMap(\.string).joined(separator: " or ")
            return "\(path) must be \(names)"
        }
        if let values = schema["enum"]?.array, !values.contains(value) {
            return "\(path) is none of the values allowed"
        }
        if let constant = schema["const"], constant != value { return "\(path) is not the value allowed" }
        switch value {
        case .object(let object): return complaint(object, schema, path, depth: depth)
        case .array(let items): return complaint(items, schema, path, depth: depth)
        case .string(let text): return complaint(text, schema, path)
        case .number: return complaint(value.double ?? 0, schema, path)
        default: return nil
        }
    }

    private func complaint(_ object: JSONObject, _ schema: JSON, _ path: String, depth: Int) -> String? {
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
            return "required key [\(name)] not found in \(path)"
        }
        let patterns = schema["patternProperties"]?.object?.members ?? []
        for (name, value) in object.members {
            var inner = schema["properties"]?[name]
            if inner == nil {
                inner = patterns.first { pattern in Self.finds(pattern.name, in: name) }?.value
            }
            if let inner {
                if let found = complaint(value, inner, "\(path)/\(name)", depth: depth + 1) { return found }
            } else if schema["additionalProperties"] == false {
                return "extraneous key [\(name)] is not permitted in \(path)"
            }
        }
        return nil
    }

    private func complaint(_ items: [JSON], _ schema: JSON, _ path: String, depth: Int) -> String? {
        if let least = schema["minItems"]?.int, items.count < least { return "\(path) has fewer than \(least) items" }
        if let most = schema["maxItems"]?.int, items.count > most { return "\(path) has more than \(most) items" }
        if schema["uniqueItems"] == true, Set(items).count < items.count { return "\(path) has equal items" }
        guard let item = schema["items"] else { return nil }
        for (place, value) in items.enumerated() {
            if let found = complaint(value, item, "\(path)/\(place)", depth: depth + 1) { return found }
        }
        return nil
    }

    private func complaint(_ text: String, _ schema: JSON, _ path: String) -> String? {
        let count = text.unicodeScalars.count
        if let least = schema["minLength"]?.int, count < least { return "\(path) is shorter than \(least)" }
        if let most = schema["maxLength"]?.int, count > most { return "\(path) is longer than \(most)" }
        if let pattern = schema["pattern"]?.string, !Self.finds(pattern, in: text) {
            return "\(path) does not match \(pattern)"
        }
        return nil
    }

    private func complaint(_ number: Double, _ schema: JSON, _ path: String) -> String? {
        if let least = schema["minimum"]?.double, number < least { return "\(path) is less than \(least)" }
        if let most = schema["maximum"]?.double, number > most { return "\(path) is greater than \(most)" }
        return nil
    }

    private static func has(_ value: JSON, type: JSON) -> Bool {
        switch (type.string, value) {
        case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool), ("null", .null),
            ("number", .number):
            true
        case ("integer", .number): value.int != nil
        default: false
        }
    }

    private static func finds(_ pattern: String, in text: String) -> Bool {
        guard let regex = try? JavaRegex(pattern) else { return true }
        return regex.contains(text) == .matched
    }

    /// `#/definitions/Name`
    private func resolve(_ reference: String) -> JSON? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(root) { $0?[String($1)] }
    }

    // MARK: Page

    static let page = Page("POST", "/_windtunnel/config/schemas", .write(register))

    /// `{"typeName": "My::Custom::Resource", "properties": …}`: a resource type's schema, by its own name.
    @Sendable private static func register(_ request: PageRequest, in context: WriteContext) throws -> PageAnswer {
        let schema = try? JSON(parsing: request.body)
        guard let schema, let type = schema["typeName"]?.string, ResourceTypes.isThirdParty(type) else {
            return .json(
                [
                    "error": "InvalidSchema",
                    "message": "A resource type's schema has a typeName such as My::Custom::Type.",
                ],
                status: 400)
        }
        try context.database.run(
            "INSERT OR REPLACE INTO config_schema (account, region, type, schema) VALUES (?, ?, ?, ?)",
            context.account, context.region, type, schema.description)
        return .json(["typeName": .string(type)])
    }
}
