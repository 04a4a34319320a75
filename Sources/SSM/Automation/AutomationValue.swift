import JSON

/// Values of runbooks: how they are written as text, and as the lists of texts that the API has for them.
enum AutomationValue {
    /// The types that parameters, variables and outputs may have.
    static let types: Set<String> = ["String", "StringList", "Integer", "Boolean", "MapList", "StringMap"]

    /// Bytes that the inputs or outputs of a step may have: a variable that is put into itself would grow without end.
    static let sizeLimit = 262_144
    /// How deep a value may be nested, so that what is kept of it can be read again.
    static let depthLimit = 100

    /// A map or list that is written as JSON; nil for all else and for what is nested too deep.
    static func parsed(_ text: String) -> JSON? {
        guard let value = try? JSON(parsing: text), value.string == nil, depth(of: value) <= depthLimit else {
            return nil
        }
        return value
    }

    static func depth(of value: JSON) -> Int {
        switch value {
        case .array(let items): 1 + (items.map(depth).max() ?? 0)
        case .object(let object): 1 + (object.map { depth(of: $0.value) }.max() ?? 0)
        default: 0
        }
    }

    /// A text as it is, anything else as JSON.
    static func text(_ value: JSON) -> String { value.string ?? value.description }

    /// As the API shows it: a list item by item, anything else as one text.
    static func shown(_ value: JSON) -> [String] { value.array.map { $0.map(text) } ?? [text(value)] }

    static func shown(_ values: JSONObject) -> JSON {
        .object(JSONObject(values.map { ($0.name, .array(shown($0.value).map(JSON.string))) }))
    }

    /// As the assertions of runbooks compare it: true and false are written with capitals. Source: the user guide's page on
    /// `aws:assertAwsResourceProperty`, and messages of AWS ("Property value 'False' from the API output").
    static func compared(_ value: JSON) -> String {
        switch value {
        case .bool(let bool): bool ? "True" : "False"
        case .null: "None"
        default: text(value)
        }
    }

    /// The value of a type that stands for texts of the API; nil where they are no such value.
    static func typed(_ texts: [String], as type: String) -> JSON? {
        switch type {
        case "StringList": return .array(texts.map(JSON.string))
        case let type where type.hasPrefix("List<"): return .array(texts.map(JSON.string))
        case "MapList":
            let values = texts.map(parsed)
            if values.count == 1, let list = values[0]?.array { return .array(list) }
            let maps = values.compactMap { $0?.object == nil ? nil : $0 }
            return maps.count == texts.count ? .array(maps) : nil
        default:
            guard texts.count == 1 else { return nil }
            return typed(.string(texts[0]), as: type)
        }
    }

    /// The value as a type; nil where it is none.
    static func typed(_ value: JSON, as type: String) -> JSON? {
        switch type {
        case "StringList": return value.array != nil ? value : .array([.string(text(value))])
        case "Integer": return (value.int ?? Int(text(value))).map(JSON.number)
        case "Boolean":
            if value.bool != nil { return value }
            switch value.string?.lowercased() {
            case "true": return true
            case "false": return false
            default: return nil
            }
        case "StringMap", "MapList":
            let parsed = value.string.flatMap(parsed) ?? value
            return (type == "StringMap" ? parsed.object != nil : parsed.array != nil) ? parsed : nil
        case let type where type.hasPrefix("List<"): return typed(value, as: "StringList")
        default: return .string(text(value))
        }
    }
}
