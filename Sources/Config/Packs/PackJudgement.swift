import JSON
import Kernel
import Model

/// What the rules of a conformance pack's template say of the resources that there are. Nothing is deployed for it, and no
/// recorder is needed: whoever has rules and a recorder of his own does not notice.
///
/// ```swift
/// let judgement = try kernel.read { try PackJudgement(template, in: $0) }
/// judgement.isNonCompliant
/// ```
public struct PackJudgement: Sendable {
    public struct Rule: Sendable {
        /// As in the template, without the pack's end.
        public let name: String
        /// `COMPLIANT`, `NON_COMPLIANT`, or `INSUFFICIENT_DATA` where there is nothing to say.
        public let compliance: String
        /// Those that the rule applies to, by type and id.
        public let verdicts: [Verdict]
        /// Why it judges nothing; nil where it judges.
        public let unjudged: String?
    }

    public struct Verdict: Sendable {
        /// `AWS::SQS::Queue`
        public let type: String
        public let id: String
        public let compliance: String
        /// What AWS shows with the verdict, or why there is none.
        public let annotation: String?
    }

    /// What is wrong with a template, for people.
    public struct Invalid: Error {
        public let message: String
    }

    /// In the order of the template.
    public let rules: [Rule]

    public var compliance: String {
        ComplianceValue(rules.compactMap { ComplianceValue(rawValue: $0.compliance) }).rawValue
    }
    public var isNonCompliant: Bool { compliance == ComplianceValue.nonCompliant.rawValue }
    /// Whether there is something of which it is not known whether it is compliant.
    public var isIncomplete: Bool {
        rules.contains { rule in
            rule.unjudged != nil
                || rule.verdicts.contains { $0.compliance == ComplianceValue.insufficientData.rawValue }
        }
    }

    /// Judges the resources of the context's account and Region.
    ///
    /// - Throws: `Invalid`
    public init(_ template: String, in context: ReadContext) throws {
        let rules = try Self.wanted(template, in: context).rules.map { id, rule in
            let name = rule.configRuleName ?? id
            return ActiveRule(
                StoredRule(
                    name: name, id: id,
                    settings: Config.settings(rule, name: name, arn: context.arn("config-rule/\(id)"), id: id),
                    policy: rule.source.customPolicyDetails?.policyText))
        }
        var verdicts = Array(repeating: [Verdict](), count: rules.count)
        try Self.forEachItem(in: context) { item in
            let subject = RuleSubject(item, in: context)
            for (place, rule) in rules.enumerated() where rule.judge != nil && rule.scope.contains(item.resource) {
                let judgement = rule.judgement(on: subject)
                guard judgement.compliance != .notApplicable else { continue }
                verdicts[place].append(
                    Verdict(
                        type: item.resource.type, id: item.resource.id, compliance: judgement.compliance.rawValue,
                        annotation: judgement.annotation ?? judgement.findings.first?.text))
            }
        }
        self.rules = zip(rules, verdicts).map { rule, verdicts in
            Rule(
                name: rule.rule.name,
                compliance: ComplianceValue(verdicts.compactMap { ComplianceValue(rawValue: $0.compliance) }).rawValue,
                verdicts: verdicts.sorted { ($0.type, $0.id) < ($1.type, $1.id) }, unjudged: Self.gap(of: rule))
        }
    }

    /// Says whether the template can be deployed in the context's account and Region.
    ///
    /// - Throws: `Invalid`
    public static func check(_ template: String, in context: ReadContext) throws {
        let wanted = try wanted(template, in: context)
        for (id, rule) in wanted.rules {
            try explaining(id) {
                try ServiceRule.checkItself(rule, name: "\(rule.configRuleName ?? "")-\(packID)", in: context)
            }
        }
        for configuration in wanted.remediations {
            try explaining("remediation of \(configuration["ConfigRuleName"]?.string ?? "")") {
                try PackRemediation.check(configuration)
            }
        }
    }

    /// What the names of rules end with.
    private static let packID = "conformance-pack-000000000"

    private static func wanted(_ template: String, in context: ReadContext) throws -> PackResources {
        try explaining(nil) {
            try PackSource.resources(
                template, given: [], pack: "exec", id: packID, stack: "00000000-0000-0000-0000-000000000000",
                in: context
            ).resources
        }
    }

    private static func explaining<Output>(_ resource: String?, _ body: () throws -> Output) throws -> Output {
        do {
            return try body()
        } catch let error as AWSError {
            throw Invalid(message: (resource.map { "\($0): " } ?? "") + (error.message ?? error.code))
        }
    }

    private static func gap(of rule: ActiveRule) -> String? {
        guard rule.judge == nil else { return nil }
        return rule.rule.owner == .function
            ? "\(rule.rule.identifier) is a function, which is called for rules that are deployed"
            : "\(rule.rule.identifier) is not evaluated here, or not with these parameters"
    }

    // MARK: Resources

    private static let resourcesAtATime = 100

    /// Goes through what a recorder of all types would have recorded.
    private static func forEachItem(in context: ReadContext, _ body: (StoredItem) throws -> Void) throws {
        let plan = RecordingPlan(
            group: try RecordingPlan.group(nil, in: context), mode: RecordingPlan.continuous,
            beyondAWS: context.recordsBeyondAWS)
        for type in context.configuredTypes where plan.records(type) {
            var after: ARN?
            repeat {
                let found = try context.resources(of: type, after: after, limit: resourcesAtATime)
                for arn in found {
                    guard case .present(let resource)? = try context.observe(arn) else { continue }
                    try body(
                        StoredItem(
                            resource: resource, status: .ok, captured: context.now, stateID: context.now.milliseconds))
                }
                after = found.count == resourcesAtATime ? found.last : nil
            } while after != nil
        }
        // What is known from items alone.
        var position = (type: "", id: "")
        while true {
            let items = try StoredItem.current(after: position.type, position.id, limit: resourcesAtATime, in: context)
            for item in items
            where item.isRecorded && (item.isImported || ResourceTypes.isThirdParty(item.resource.type)) {
                try body(item)
            }
            guard items.count == resourcesAtATime, let last = items.last?.resource else { return }
            position = (last.type, last.id)
        }
    }
}
