import JSON

/// Checks a request against its input shape and says everything that is wrong with it in AWS's words.
///
/// The texts and paths are those that AWS's services send: `2 validation errors detected: Value null at 'name' failed to
/// satisfy constraint: Member must not be null; Value '' at …`.
public struct Validator {
    private var failures: [String] = []

    /// Throws `SerializationException` for a value of the wrong JSON type, `ValidationException` for all broken
    /// constraints together.
    public static func check(_ input: JSON, against shape: Shape) throws(AWSError) {
        var validator = Validator()
        try validator.members(of: input, shape, path: "")
        guard !validator.failures.isEmpty else { return }
        let count = validator.failures.count
        throw .validation(
            "\(count) validation error\(count == 1 ? "" : "s") detected: \(validator.failures.joined(separator: "; "))")
    }

    private mutating func members(of value: JSON, _ shape: Shape, path: @autoclosure () -> String) throws(AWSError) {
        guard case .object(let object) = value else { throw .mistyped(value, shape) }
        for member in shape.members {
            guard let value = object[member.name], !value.isNull else {
                if member.isRequired { fail(nil, path() + member.lowerName, "Member must not be null") }
                continue
            }
            try check(value, member.shape, path: path() + member.lowerName)
        }
    }

    private mutating func check(_ value: JSON, _ shape: Shape, path: @autoclosure () -> String) throws(AWSError) {
        switch shape.kind {
        case .structure:
            try members(of: value, shape, path: path() + ".")
        case .list:
            guard case .array(let items) = value else { throw .mistyped(value, shape) }
            if let item = shape.item { try check(items, of: item.shape, in: shape, path: path()) }
        case .map:
            guard case .object(let entries) = value else { throw .mistyped(value, shape) }
            try check(entries, of: shape, path: path())
        default:
            for rule in try Self.brokenRules(value, shape) {
                fail(
                    shape.isSensitive || shape.kind == .blob ? .hidden : .shown(Self.javaText(value, shape)), path(),
                    rule
                )
            }
        }
    }

    private mutating func check(
        _ items: [JSON], of itemShape: Shape, in list: Shape, path: @autoclosure () -> String
    ) throws(AWSError) {
        for rule in Self.lengthRules(items.count, list) {
            fail(.shown(Self.javaText(.array(items), list)), path(), rule)
        }
        switch itemShape.kind {
        case .structure, .list, .map:
            for (offset, item) in items.enumerated() where !item.isNull {
                try check(item, itemShape, path: "\(path()).\(offset + 1).member")
            }
        default:
            var isBroken = false
            for item in items where !item.isNull {
                if try !Self.brokenRules(item, itemShape).isEmpty { isBroken = true }
            }
            if isBroken {
                let rules = Self.allRules(itemShape).joined(separator: ", ")
                fail(
                    itemShape.isSensitive ? .hidden : .shown(Self.javaText(.array(items), list)), path(),
                    "Member must satisfy constraint: [\(rules)]")
            }
        }
    }

    private mutating func check(
        _ entries: JSONObject, of map: Shape, path: @autoclosure () -> String
    ) throws(AWSError) {
        func failed(_ rule: String) { fail(.shown(Self.javaText(.object(entries), map)), path(), rule) }
        for rule in Self.lengthRules(entries.count, map) { failed(rule) }
        if let key = map.key?.shape {
            var isBroken = false
            for entry in entries where try !Self.brokenRules(.string(entry.name), key).isEmpty { isBroken = true }
            if isBroken {
                failed("Map keys must satisfy constraint: [\(Self.allRules(key).joined(separator: ", "))]")
            }
        }
        guard let value = map.value?.shape else { return }
        switch value.kind {
        case .structure, .list, .map:
            for entry in entries where !entry.value.isNull {
                try check(entry.value, value, path: "\(path()).\(entry.name).member")
            }
        default:
            var isBroken = false
            for entry in entries where !entry.value.isNull {
                if try !Self.brokenRules(entry.value, value).isEmpty { isBroken = true }
            }
            if isBroken {
                failed("Map value must satisfy constraint: [\(Self.allRules(value).joined(separator: ", "))]")
            }
        }
    }

    /// What a failure shows of the value: nothing of secrets and blobs.
    private enum Shown {
        case hidden
        case shown(String)
    }

    private mutating func fail(_ value: Shown?, _ path: String, _ rule: String) {
        let text =
            switch value {
            case nil: "Value null"
            case .hidden: "Value"
            case .shown(let text): "Value '\(text)'"
            }
        failures.append("\(text) at '\(path)' failed to satisfy constraint: \(rule)")
    }

    // MARK: Rules

    /// The rules of a simple shape that the value breaks: the pattern stands after the greatest length and before the least.
    private static func brokenRules(_ value: JSON, _ shape: Shape) throws(AWSError) -> [String] {
        switch shape.kind {
        case .string:
            guard case .string(let text) = value else { throw .mistyped(value, shape) }
            if !shape.values.isEmpty, !shape.values.contains(text) { return [enumRule(shape.values)] }
            var rules = lengthRules(text.utf16.count, shape)
            if !shape.patternAccepts(text) {
                let isLong = shape.maximum.map { Double(text.utf16.count) > $0 } ?? false
                rules.insert(patternRule(shape), at: isLong ? 1 : 0)
            }
            return rules
        case .blob:
            guard let blob = Blob(json: value) else { throw .mistyped(value, shape) }
            return lengthRules(blob.bytes.count, shape)
        case .boolean:
            guard value.bool != nil else { throw .mistyped(value, shape) }
        case .timestamp:
            guard Timestamp(json: value) != nil else { throw .mistyped(value, shape) }
        default:
            guard let number = shape.kind.isInteger ? value.int.map(Double.init) : Double(json: value) else {
                throw .mistyped(value, shape)
            }
            return rangeRules(shape) { limit, isMaximum in isMaximum ? number > limit : number < limit }
        }
        return []
    }

    private static func lengthRules(_ length: Int, _ shape: Shape) -> [String] {
        var rules: [String] = []
        if let maximum = shape.maximum, Double(length) > maximum { rules.append(lengthRule("less", maximum)) }
        if let minimum = shape.minimum, Double(length) < minimum { rules.append(lengthRule("greater", minimum)) }
        return rules
    }

    private static func rangeRules(_ shape: Shape, where isBroken: (Double, Bool) -> Bool) -> [String] {
        func rule(_ word: String, _ limit: Double) -> String {
            "Member must have value \(word) than or equal to \(shape.kind.isInteger ? String(Int(limit)) : String(limit))"
        }
        var rules: [String] = []
        if let maximum = shape.maximum, isBroken(maximum, true) { rules.append(rule("less", maximum)) }
        if let minimum = shape.minimum, isBroken(minimum, false) { rules.append(rule("greater", minimum)) }
        return rules
    }

    private static func lengthRule(_ word: String, _ limit: Double) -> String {
        "Member must have length \(word) than or equal to \(Int(limit))"
    }

    /// AWS's rule that a value must be one of some.
    public static func enumRule(_ values: [String]) -> String {
        "Member must satisfy enum value set: [\(HashOrder.enumeration(values).joined(separator: ", "))]"
    }

    private static func patternRule(_ shape: Shape) -> String {
        "Member must satisfy regular expression pattern: \(shape.pattern ?? "")"
    }

    /// Every rule of an item, as they are listed when one of the items breaks any.
    private static func allRules(_ shape: Shape) -> [String] {
        if !shape.values.isEmpty { return [enumRule(shape.values), "Member must not be null"] }
        var rules: [String] = []
        if shape.kind.isNumber {
            rules = rangeRules(shape) { _, _ in true }
        } else {
            if let maximum = shape.maximum { rules.append(lengthRule("less", maximum)) }
            if let minimum = shape.minimum { rules.append(lengthRule("greater", minimum)) }
        }
        if shape.pattern != nil { rules.append(patternRule(shape)) }
        return rules
    }

    // MARK: Texts

    /// What AWS's structures have beside the members of the published model: its errors show it.
    private static let unpublishedMembers = ["PutEventsRequestEntry": ["kmsKeyIdentifier", "internalMetadata"]]

    /// The value as Java's `toString` prints it.
    private static func javaText(_ value: JSON, _ shape: Shape?) -> String {
        switch value {
        case .null: return "null"
        case .bool(let bool): return String(bool)
        case .number(let text): return text
        case .string(let text): return text
        case .array(let items): return "[\(items.map { javaText($0, shape?.item?.shape) }.joined(separator: ", "))]"
        case .object(let object):
            guard let shape, shape.kind == .structure else {
                let entries = object.map { "\($0.name)=\(javaText($0.value, shape?.value?.shape))" }
                return "{\(entries.joined(separator: ", "))}"
            }
            var members = shape.members.map { member in
                "\(member.lowerName)=\(object[member.name].map { javaText($0, member.shape) } ?? "null")"
            }
            members += (unpublishedMembers[shape.name] ?? []).map { "\($0)=null" }
            return "\(shape.name)(\(members.joined(separator: ", ")))"
        }
    }
}

extension AWSError {
    /// A value of the wrong JSON type, in the words of AWS's newer parsers.
    fileprivate static func mistyped(_ value: JSON, _ shape: Shape) -> AWSError {
        let token =
            switch value {
            case .string: "STRING_VALUE"
            case .number: "NUMBER_VALUE"
            case .bool(let bool): bool ? "TRUE_VALUE" : "FALSE_VALUE"
            case .array, .object, .null: ""
            }
        if token.isEmpty { return .serialization("Start of structure or map found where not expected.") }
        let type =
            switch shape.kind {
            case .structure, .list, .map: ""
            case .string: "String"
            case .boolean: "Boolean"
            case .timestamp: "Timestamp"
            case .blob: "Blob"
            case .float, .double, .bigDecimal: "Double"
            case .long, .bigInteger: "Long"
            case .integer, .short, .byte: "Integer"
            }
        if type.isEmpty { return .serialization("Expected \(shape.kind == .list ? "list" : "structure") or null") }
        return .serialization("\(token) can not be converted to \(type)")
    }
}
