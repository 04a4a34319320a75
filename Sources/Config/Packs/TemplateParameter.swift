import JSON
import JavaRegex

/// A parameter that a template declares.
///
/// Source: the CloudFormation user guide's page "Parameters".
struct TemplateParameter {
    let name: String
    let defaultValue: String?
    private let type: Kind
    private let allowedValues: [String]?
    private let allowedPattern: String?
    private let constraintDescription: String?
    private let lengths: (least: Int?, most: Int?)
    private let bounds: (least: Double?, most: Double?)

    private enum Kind: String {
        case text = "String"
        case number = "Number"
        case texts = "CommaDelimitedList"
        case numbers = "List<Number>"
    }

    private static let members: Set = [
        "Type", "Default", "Description", "AllowedValues", "AllowedPattern", "ConstraintDescription", "MinLength",
        "MaxLength", "MinValue", "MaxValue", "NoEcho",
    ]

    init(_ name: String, _ json: JSON) throws(TemplateError) {
        self.name = name
        guard let object = json.object, let type = object["Type"]?.string else {
            throw TemplateError(
                "Template format error: Every Parameters object must contain a Type member. [\(name)]")
        }
        if let unknown = object.members.first(where: { !Self.members.contains($0.name) }) {
            throw TemplateError("Invalid template parameter property '\(unknown.name)'")
        }
        guard let kind = Kind(rawValue: type) else {
            throw TemplateError("Template format error: Unrecognized parameter type: \(type)")
        }
        self.type = kind
        defaultValue = object["Default"].map(templateText)
        allowedValues = object["AllowedValues"]?.array?.map(templateText)
        allowedPattern = object["AllowedPattern"]?.string
        constraintDescription = object["ConstraintDescription"]?.string
        lengths = (Self.number(object["MinLength"]).map { Int($0) }, Self.number(object["MaxLength"]).map { Int($0) })
        bounds = (Self.number(object["MinValue"]), Self.number(object["MaxValue"]))
    }

    /// Numbers may stand in quotes.
    private static func number(_ json: JSON?) -> Double? { json.flatMap { Double(templateText($0)) } }

    func value(of text: String) throws(TemplateError) -> JSON {
        let items = text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
        switch type {
        case .text:
            try check(text)
            return .string(text)
        case .number:
            try checkNumber(text)
            try check(text)
            return .string(text)
        case .texts, .numbers:
            for item in items {
                if type == .numbers { try checkNumber(item) }
                try check(item)
            }
            return .array(items.map(JSON.string))
        }
    }

    private func checkNumber(_ text: String) throws(TemplateError) {
        guard let number = Double(text), number.isFinite else {
            throw TemplateError("Template error: Parameter '\(name)' must be a number")
        }
        guard number >= bounds.least ?? number, number <= bounds.most ?? number else {
            throw fault("must be a number within its minimum and maximum values")
        }
    }

    private func check(_ text: String) throws(TemplateError) {
        if let allowedValues, !allowedValues.contains(text) {
            throw fault("must be one of AllowedValues")
        }
        if type == .text {
            if let least = lengths.least, text.count < least {
                throw fault("must contain at least \(least) characters")
            }
            if let most = lengths.most, text.count > most { throw fault("must contain at most \(most) characters") }
        }
        if let allowedPattern {
            let isMatch: Bool
            do {
                isMatch = try JavaRegex(allowedPattern).matchesWhole(text) == .matched
            } catch {
                throw TemplateError("Template error: AllowedPattern of parameter '\(name)' is no regular expression")
            }
            guard isMatch else { throw fault("must match pattern \(allowedPattern)") }
        }
    }

    private func fault(_ text: String) -> TemplateError {
        TemplateError(
            "Parameter '\(name)' \(constraintDescription.map { "failed to satisfy constraint: \($0)" } ?? text)")
    }
}

/// A scalar of a template as text: CloudFormation makes no difference between `1` and `'1'`.
func templateText(_ json: JSON) -> String { json.string ?? (json.isNull ? "" : json.description) }

private func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(start[..<(start.lastIndex { !$0.isWhitespace }.map { start.index(after: $0) } ?? start.startIndex)])
}
