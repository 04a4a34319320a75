import JSON

/// Works out what the functions in a template come to. Their texts of complaint are CloudFormation's where users quote them.
///
/// ```swift
/// let evaluation = TemplateEvaluation(template, values, pseudoParameters: ["AWS::Region": "us-east-1"])
/// try evaluation.value(of: ["Fn::Sub": "rule-in-${AWS::Region}"])  // "rule-in-us-east-1"
/// ```
///
/// Source: the CloudFormation user guide's pages "Intrinsic function reference", "Condition functions" and "Pseudo parameters
/// reference".
struct TemplateEvaluation {
    let template: PackTemplate
    /// What `Ref` of a parameter or a pseudo parameter gives.
    private let values: [String: JSON]
    /// What `Ref` of a resource gives, by the resource's name in the template.
    var references: [String: String] = [:]
    /// How deep conditions may ask for each other, which they must not do in a circle.
    private static let depthLimit = 64

    init(_ template: PackTemplate, _ values: [String: JSON], pseudoParameters: [String: JSON]) {
        self.template = template
        self.values = values.merging(pseudoParameters) { _, pseudo in pseudo }
    }

    // MARK: Values

    /// Nil for `AWS::NoValue`, which removes the member or the item that it stands for.
    func value(of json: JSON) throws(TemplateError) -> JSON? {
        switch json {
        case .array(let items):
            var result: [JSON] = []
            for item in items {
                if let value = try value(of: item) { result.append(value) }
            }
            return .array(result)
        case .object(let object):
            if object.count == 1, let function = object.members.first {
                if function.name == "Ref" { return try reference(function.value) }
                if function.name.hasPrefix("Fn::") { return try call(function.name, function.value) }
            }
            var result = JSONObject()
            for member in object.members {
                result[member.name] = try value(of: member.value)
            }
            return .object(result)
        default: return json
        }
    }

    private func reference(_ json: JSON) throws(TemplateError) -> JSON? {
        guard let name = json.string else {
            throw TemplateError("Template format error: All Ref references must be of type string")
        }
        return try lookUp(name)
    }

    private func lookUp(_ name: String) throws(TemplateError) -> JSON? {
        if name == "AWS::NoValue" { return nil }
        if let value = values[name] { return value }
        if let reference = references[name] { return .string(reference) }
        throw TemplateError(
            "Template format error: Unresolved resource dependencies [\(name)] in the Resources block of the template")
    }

    private func call(_ name: String, _ argument: JSON) throws(TemplateError) -> JSON? {
        switch name {
        case "Fn::If":
            let parts = try arguments(argument, 3, of: name)
            guard let condition = parts[0].string else { throw wrongArguments(name) }
            return try value(of: parts[try isTrue(condition) ? 1 : 2])
        case "Fn::Sub": return .string(try substitute(argument))
        case "Fn::Join":
            let parts = try arguments(argument, 2, of: name)
            guard let delimiter = parts[0].string, let items = try value(of: parts[1])?.array else {
                throw wrongArguments(name)
            }
            return .string(items.map(templateText).joined(separator: delimiter))
        case "Fn::Split":
            let parts = try arguments(argument, 2, of: name)
            guard let delimiter = parts[0].string, !delimiter.isEmpty, let text = try value(of: parts[1])?.string else {
                throw wrongArguments(name)
            }
            return .array(pieces(of: text, by: delimiter).map(JSON.string))
        case "Fn::Select":
            let parts = try arguments(argument, 2, of: name)
            guard let index = try value(of: parts[0]).flatMap({ Int(templateText($0)) }),
                let items = try value(of: parts[1])?.array
            else { throw wrongArguments(name) }
            guard items.indices.contains(index) else {
                throw TemplateError("Template error: Fn::Select cannot select nonexistent value at index \(index)")
            }
            return items[index]
        case "Fn::FindInMap": return try findInMap(argument)
        case "Fn::Base64":
            guard let text = try value(of: argument)?.string else { throw wrongArguments(name) }
            return .string(base64(text))
        case "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or":
            throw TemplateError("Template error: \(name) is only supported in Conditions")
        default: throw TemplateError("Template error: the function \(name) is not supported in conformance packs")
        }
    }

    private func findInMap(_ argument: JSON) throws(TemplateError) -> JSON {
        var keys: [String] = []
        for part in try arguments(argument, 3, of: "Fn::FindInMap") {
            guard let key = try value(of: part) else { throw wrongArguments("Fn::FindInMap") }
            keys.append(templateText(key))
        }
        guard let found = template.mappings[keys[0]]?[keys[1]]?[keys[2]] else {
            throw TemplateError(
                "Template error: Unable to get mapping for \(keys[0])::\(keys[1])::\(keys[2])")
        }
        return found
    }

    // MARK: Fn::Sub

    private func substitute(_ argument: JSON) throws(TemplateError) -> String {
        var own: [String: JSON] = [:]
        let text: String
        if let whole = argument.string {
            text = whole
        } else {
            let parts = try arguments(argument, 2, of: "Fn::Sub")
            guard let whole = parts[0].string, let map = parts[1].object else { throw wrongArguments("Fn::Sub") }
            text = whole
            for member in map.members { own[member.name] = try value(of: member.value) }
        }
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstIndex(of: "$") {
            result += rest[..<start]
            let after = rest.index(after: start)
            guard after < rest.endIndex, rest[after] == "{", let end = rest[after...].firstIndex(of: "}") else {
                result += "$"
                rest = rest[after...]
                continue
            }
            let name = String(rest[rest.index(after: after)..<end])
            rest = rest[rest.index(after: end)...]
            if name.hasPrefix("!") {
                result += "${\(name.dropFirst())}"
            } else {
                var value = own[name]
                if value == nil { value = try lookUp(name) }
                guard let value, value.array == nil, value.object == nil else {
                    throw TemplateError(
                        "Template error: variable \(name) in Fn::Sub expression does not resolve to a string")
                }
                result += templateText(value)
            }
        }
        return result + rest
    }

    // MARK: Conditions

    /// Whether the condition with a name holds.
    func isTrue(_ name: String) throws(TemplateError) -> Bool { try isTrue(name, depth: 0) }

    private func isTrue(_ name: String, depth: Int) throws(TemplateError) -> Bool {
        guard let condition = template.conditions[name] else {
            throw TemplateError(
                "Template format error: Unresolved dependencies [\(name)]. Cannot reference resources in the Conditions block of the template"
            )
        }
        guard depth < Self.depthLimit else {
            throw TemplateError("Template format error: Found circular condition dependency [\(name)]")
        }
        return try holds(condition, depth: depth + 1)
    }

    private func holds(_ json: JSON, depth: Int) throws(TemplateError) -> Bool {
        guard let object = json.object, object.count == 1, let function = object.members.first else {
            throw TemplateError(
                "Template format error: Conditions can only be boolean operations on parameters and other conditions")
        }
        let argument = function.value
        switch function.name {
        case "Condition":
            guard let name = argument.string else { throw wrongArguments("Condition") }
            return try isTrue(name, depth: depth)
        case "Fn::Equals":
            let parts = try arguments(argument, 2, of: function.name)
            return try value(of: parts[0]).map(comparable) == value(of: parts[1]).map(comparable)
        case "Fn::Not": return try !holds(try arguments(argument, 1, of: function.name)[0], depth: depth)
        case "Fn::And", "Fn::Or":
            // All of them are looked at: what is wrong in one is wrong in the template.
            guard let parts = argument.array, (2...10).contains(parts.count) else {
                throw wrongArguments(function.name)
            }
            var count = 0
            for part in parts where try holds(part, depth: depth) { count += 1 }
            return function.name == "Fn::And" ? count == parts.count : count > 0
        default: throw TemplateError("Template error: the function \(function.name) is not supported in Conditions")
        }
    }

    private func comparable(_ json: JSON) -> JSON {
        json.array != nil || json.object != nil ? json : .string(templateText(json))
    }

    // MARK: Arguments

    private func arguments(_ json: JSON, _ count: Int, of function: String) throws(TemplateError) -> [JSON] {
        guard let parts = json.array, parts.count == count else { throw wrongArguments(function) }
        return parts
    }

    private func wrongArguments(_ function: String) -> TemplateError {
        TemplateError("Template error: every \(function) object requires \(Self.needs[function] ?? "other arguments")")
    }

    private static let needs = [
        "Fn::If": "a list of three: the name of a condition and two values",
        "Fn::Sub": "a string, or a list of a string and a map of variables",
        "Fn::Join": "two parameters, (1) a string delimiter and (2) a list of strings to be joined",
        "Fn::Split": "two parameters, (1) a string delimiter and (2) a string to be split",
        "Fn::Select": "two non-null parameters, the first is the integer index and the second is a list",
        "Fn::FindInMap": "three parameters, the map name, map key and the attribute for return value",
        "Fn::Base64": "a string",
        "Fn::Equals": "a list of 2 string parameters",
        "Fn::Not": "a list of 1 boolean parameter",
        "Fn::And": "a list of at least 2 and at most 10 boolean parameters",
        "Fn::Or": "a list of at least 2 and at most 10 boolean parameters",
    ]
}

private func pieces(of text: String, by delimiter: String) -> [String] {
    var pieces: [String] = []
    var piece = ""
    var rest = Substring(text)
    while !rest.isEmpty {
        if rest.hasPrefix(delimiter) {
            pieces.append(piece)
            piece = ""
            rest = rest.dropFirst(delimiter.count)
        } else {
            piece.append(rest.removeFirst())
        }
    }
    return pieces + [piece]
}

private func base64(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bytes = Array(text.utf8)
    var result = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        bits <<= UInt32(8 * (3 - group.count))
        for place in 0..<4 {
            result.append(place <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)] : "=")
        }
    }
    return result
}
