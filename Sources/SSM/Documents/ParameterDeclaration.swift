import JSON
import JavaRegex
import Model

/// One parameter of a document, as its content declares it.
struct ParameterDeclaration {
    let name: String
    let type: String
    let description: String?
    let defaultValue: JSON?
    private let allowedValues: [JSON]?
    private let allowedPattern: JavaRegex?
    private let patternText: String?
    private let counts: (name: String, range: ClosedRange<Int>)?
    private let lengths: ClosedRange<Int>?

    /// - Parameter place: what an error's text says of where a parameter stands.
    static func list(_ json: JSON?, place: (String) -> String = { _ in "" }) throws(AWSError) -> [ParameterDeclaration]
    {
        guard let json, !json.isNull else { return [] }
        guard let object = json.object else { throw .invalidContent("The parameters must be an object.") }
        var list: [ParameterDeclaration] = []
        for member in object { list.append(try ParameterDeclaration(member.name, member.value, place)) }
        return list
    }

    private init(_ name: String, _ json: JSON, _ place: (String) -> String) throws(AWSError) {
        self.name = name
        guard json.object != nil, let type = json["type"]?.string else {
            throw .invalidContent("Parameter \"\(name)\" has no type.")
        }
        let isOfAWS = type.hasPrefix("AWS::") || (type.hasPrefix("List<AWS::") && type.hasSuffix(">"))
        guard AutomationValue.types.contains(type) || isOfAWS else {
            // Recorded from AWS.
            throw .invalidContent("Parameter type: \(type) is invalid.\(place(name))")
        }
        self.type = type
        description = json["description"]?.string
        allowedValues = json["allowedValues"]?.array
        patternText = json["allowedPattern"]?.string
        do {
            allowedPattern = try patternText.map { try JavaRegex($0) }
        } catch {
            throw .invalidContent("Parameter \"\(name)\" has an invalid allowedPattern: \(error)")
        }
        func range(_ kind: String) -> ClosedRange<Int>? {
            let (low, high) = (json["min\(kind)"]?.int, json["max\(kind)"]?.int)
            guard low != nil || high != nil else { return nil }
            let from = low ?? 0
            return from...max(from, high ?? .max)
        }
        counts = range("Items").map { ("items", $0) }
        lengths = range("Chars")
        // A default of a boolean or a number may be written as text, and one of a StringMap or MapList as JSON.
        guard let value = json["default"], !value.isNull else {
            defaultValue = nil
            return
        }
        let isReference = !Expression.references(in: value).isEmpty
        // One text is no list here, as it is elsewhere.
        let isText = type == "StringList" && value.string != nil
        guard let typed = isReference ? value : isText ? nil : AutomationValue.typed(value, as: type) else {
            let text = AutomationValue.text(value)
            // Recorded from AWS.
            throw .invalidContent(
                "Wrong default value for a \"\(type)\" parameters, got \"\(text)\".\(place(name))")
        }
        defaultValue = typed
    }

    /// The value that the texts of a request stand for; throws what the declaration does not allow.
    func value(of texts: [String]) throws(AWSError) -> JSON {
        guard let value = AutomationValue.typed(texts, as: type) else {
            throw .invalidParameters("Parameter \"\(name)\" has a value that is no \(type).")
        }
        if let counts, let items = value.array, !counts.range.contains(items.count) {
            throw .invalidParameters(
                "Parameter \"\(name)\" has \(items.count) items; allowed are \(Self.text(counts.range)).")
        }
        for item in value.array ?? [value] {
            let text = AutomationValue.text(item)
            if let allowedValues, !allowedValues.contains(where: { AutomationValue.text($0) == text }) {
                let list = allowedValues.map(AutomationValue.text).joined(separator: ", ")
                // Recorded from AWS.
                throw .invalidParameters("Parameter \"\(name)\" has value \"\(text)\" not found in [\(list)].")
            }
            if let allowedPattern, allowedPattern.matchesWhole(text) != .matched {
                throw .invalidParameters(
                    "Parameter \"\(name)\" has value \"\(text)\" that does not match \(patternText ?? "").")
            }
            if let lengths, !lengths.contains(text.count) {
                throw .invalidParameters(
                    "Parameter \"\(name)\" has \(text.count) characters; allowed are \(Self.text(lengths)).")
            }
        }
        return value
    }

    private static func text(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max ? "\(range.lowerBound) and more" : "\(range.lowerBound) to \(range.upperBound)"
    }

    /// As DescribeDocument shows it.
    var json: JSON {
        .object([
            "Name": .string(name), "Type": .string(type), "Description": description.map(JSON.string),
            "DefaultValue": defaultValue.map { .string(AutomationValue.text($0)) },
        ])
    }
}

extension AWSError {
    static func invalidParameters(_ message: String) -> AWSError {
        AWSError("InvalidAutomationExecutionParametersException", message)
    }
}
