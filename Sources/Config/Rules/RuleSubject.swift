import Guard
import JSON
import Kernel
import Model

/// What a rule judges: a resource as its configuration item shows it; an object, since many rules look at one.
final class RuleSubject: Sendable {
    let resource: ConfiguredResource
    /// The item in the spelling of notifications, with real JSON inside.
    let document: Document
    /// The document as rules without parameters see it.
    let documentWithoutParameters: Document
    let account: String
    let now: Timestamp

    convenience init(_ item: StoredItem, in context: ReadContext) {
        self.init(
            resource: item.resource, document: item.notified(withNulls: false, in: context), account: context.account,
            now: context.now)
    }

    init(resource: ConfiguredResource, document: JSON, account: String, now: Timestamp) {
        self.resource = resource
        self.document = Document(document)
        documentWithoutParameters = self.document.adding(Judge.parametersName, [:])
        self.account = account
        self.now = now
    }

    var configuration: JSON { resource.configuration }

    /// The keys of tags that users gave, without those of AWS.
    var userTagKeys: Set<String> { Set(resource.tags.map(\.key).filter { !$0.hasPrefix("aws:") }) }
}

/// What a rule says of a resource, and why.
struct Judgement: Sendable, Equatable {
    let compliance: ComplianceValue
    /// What AWS shows with the result.
    var annotation: String?
    var findings: [Finding] = []

    /// A clause that does not hold, with the value in the item.
    struct Finding: Sendable, Equatable {
        var clause: String
        /// `/configuration/timeout`
        var path = ""
        var value: JSON?
        var text: String

        var json: JSON {
            .object([
                "clause": .string(clause), "path": .string(path), "value": value, "text": .string(text),
            ])
        }
    }

    static let compliant = Judgement(compliance: .compliant)
    static let notApplicable = Judgement(compliance: .notApplicable)

    /// One reason is enough.
    static func nonCompliant(_ text: String, clause: String = "", path: String = "", value: JSON? = nil) -> Judgement {
        Judgement(
            compliance: .nonCompliant, annotation: text,
            findings: [Finding(clause: clause, path: path, value: value, text: text)])
    }

    static func insufficientData(_ text: String) -> Judgement {
        Judgement(
            compliance: .insufficientData, annotation: nil, findings: [Finding(clause: "", text: text)])
    }

    /// Compliant where there is nothing against it.
    init(_ problems: [Finding]) {
        compliance = problems.isEmpty ? .compliant : .nonCompliant
        annotation = problems.first?.text
        findings = problems
    }

    init(compliance: ComplianceValue, annotation: String? = nil, findings: [Finding] = []) {
        self.compliance = compliance
        self.annotation = annotation
        self.findings = findings
    }
}
