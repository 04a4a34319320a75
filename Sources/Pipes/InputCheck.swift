import JSON
import Model

/// What is wrong with a request against the API model, in the words of the JSON schema validator that stands before Pipes:
/// `[numeric instance is lower than the required minimum (minimum: 1, found: 0)]` was recorded from AWS, and the other texts
/// are those of the same validator (json-schema-validator by Francis Galiegue).
struct InputCheck {
    private var failures: [String] = []

    /// Throws `ValidationException` for all broken constraints together.
    @Sendable static func check(_ input: JSON, against shape: Shape) throws {
        var check = InputCheck()
        check.check(input, shape)
        guard !check.failures.isEmpty else { return }
        throw AWSError.validation("[\(check.failures.joined(separator: ", "))]")
    }

    private mutating func check(_ value: JSON, _ shape: Shape) {
        switch (shape.kind, value) {
        case (.structure, .object(let object)):
            let missing = shape.required.filter { object[$0]?.isNull ?? true }.sorted()
            if !missing.isEmpty { failures.append("object has missing required properties (\(Self.list(missing)))") }
            for member in shape.members {
                guard let value = object[member.name], !value.isNull else { continue }
                check(value, member.shape)
            }
        case (.map, .object(let object)):
            let count = object.count
            if let least = shape.minimum, Double(count) < least {
                failures.append(
                    "object has too few properties (found \(count) but schema requires at least \(Int(least)))")
            }
            if let most = shape.maximum, Double(count) > most {
                failures.append(
                    "object has too many properties (found \(count) but schema requires at most \(Int(most)))")
            }
            for member in object {
                if let key = shape.key?.shape { check(.string(member.name), key) }
                if let value = shape.value?.shape { check(member.value, value) }
            }
        case (.list, .array(let items)):
            check(items.count, ofArray: shape)
            for item in items { if let shape = shape.item?.shape { check(item, shape) } }
        case (.string, .string(let text)): check(text, shape)
        case (.boolean, .bool): break
        case (.timestamp, _) where Timestamp(json: value) != nil: break
        case (let kind, .number(let text)) where kind.isNumber && (!kind.isInteger || value.int != nil):
            check(number: text, shape)
        default: mistype(value, shape)
        }
    }

    private mutating func check(_ count: Int, ofArray shape: Shape) {
        if let least = shape.minimum, Double(count) < least {
            failures.append(
                "array is too short: must have at least \(Int(least)) elements but instance has \(count) elements")
        }
        if let most = shape.maximum, Double(count) > most {
            failures.append(
                "array is too long: must have at most \(Int(most)) elements but instance has \(count) elements")
        }
    }

    private mutating func check(_ text: String, _ shape: Shape) {
        let quoted = JSON.string(text).description
        if !shape.values.isEmpty, !shape.values.contains(text) {
            failures.append(
                "instance value (\(quoted)) not found in enum (possible values: \(Self.list(shape.values)))")
        }
        let length = text.unicodeScalars.count
        if let least = shape.minimum, Double(length) < least {
            failures.append("string \(quoted) is too short (length: \(length), required minimum: \(Int(least)))")
        }
        if let most = shape.maximum, Double(length) > most {
            failures.append("string \(quoted) is too long (length: \(length), maximum allowed: \(Int(most)))")
        }
        if let pattern = shape.pattern, !shape.patternAccepts(text) {
            let pattern = JSON.string("^\(pattern)$").description
            failures.append("ECMA 262 regex \(pattern) does not match input string \(quoted)")
        }
    }

    private mutating func check(number text: String, _ shape: Shape) {
        guard let number = Double(text) else { return }
        if let least = shape.minimum, number < least {
            failures.append(
                "numeric instance is lower than the required minimum (minimum: \(Int(least)), found: \(text))")
        }
        if let most = shape.maximum, number > most {
            failures.append(
                "numeric instance is greater than the required maximum (maximum: \(Int(most)), found: \(text))")
        }
    }

    private mutating func mistype(_ value: JSON, _ shape: Shape) {
        let found =
            switch value {
            case .null: "null"
            case .bool: "boolean"
            case .number: value.int == nil ? "number" : "integer"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        let allowed =
            switch shape.kind {
            case .structure, .map: ["object"]
            case .list: ["array"]
            case .boolean: ["boolean"]
            case .string, .blob: ["string"]
            case let kind where kind.isInteger: ["integer"]
            default: ["integer", "number"]
            }
        failures.append(
            "instance type (\(found)) does not match any allowed primitive type (allowed: \(Self.list(allowed)))")
    }

    private static func list(_ names: [String]) -> String { JSON.array(names.map(JSON.string)).description }
}
