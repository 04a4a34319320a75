import JSON

/// What a rule says of a resource, or several rules together.
enum ComplianceValue: String, Sendable {
    case compliant = "COMPLIANT"
    case nonCompliant = "NON_COMPLIANT"
    case notApplicable = "NOT_APPLICABLE"
    case insufficientData = "INSUFFICIENT_DATA"

    var json: JSON { .string(rawValue) }

    /// One that is not compliant is enough; one that is compliant is needed; without either there is nothing to say.
    init(_ values: some Sequence<ComplianceValue>) {
        var result = ComplianceValue.insufficientData
        for value in values {
            if value == .nonCompliant { result = .nonCompliant }
            if value == .compliant, result != .nonCompliant { result = .compliant }
        }
        self = result
    }
}
