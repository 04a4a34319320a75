import ConfigFacts
import Guard
import JSON

/// How a rule comes to its judgement.
struct Judge: Sendable {
    typealias Function = @Sendable (RuleSubject, RuleParameters) -> Judgement

    private enum Kind: Sendable {
        case policy(Policy)
        case function(Function)
    }

    private let kind: Kind
    /// What of an item decides; nil where anything may.
    private let footprint: Footprint?
    /// The policy that decides, for people.
    let policyText: String?

    /// Nil for rules that are not evaluated here.
    init?(_ rule: ManagedRule) {
        if let text = ManagedPolicies.text(of: rule.identifier), let policy = try? Policy(text) {
            (kind, policyText, footprint) = (.policy(policy), text, policy.footprint)
        } else if let function = ManagedFunctions.function(of: rule) {
            (kind, policyText, footprint) = (.function(function), nil, PolicyRules.footprints[rule.identifier])
        } else {
            return nil
        }
    }

    init(policy text: String) throws(GuardError) {
        let policy = try Policy(text)
        (kind, policyText, footprint) = (.policy(policy), text, policy.footprint)
    }

    /// Where parameters stand in the documents of policies.
    static let parametersName = "CONFIG_RULE_PARAMETERS"

    /// Whether it takes a parameter into account; where one is given that it does not, it must not judge.
    func reads(_ parameter: String) -> Bool {
        guard let policyText else { return ManagedFunctions.parameters.contains(parameter) }
        return policyText.contains("\(Self.parametersName).\(parameter)")
            || policyText.contains("\(Self.parametersName).*")
    }

    /// Whether it reads any of what has changed in an item.
    ///
    /// - Parameter changed: as `ItemChange.changedParts` has them.
    func reads(anyOf changed: [String]) -> Bool { footprint?.touches(changed) ?? true }

    func judgement(on subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        switch kind {
        case .function(let function): return function(subject, parameters)
        case .policy(let policy):
            do {
                let verdict = try policy.evaluate(
                    parameters.values.members.isEmpty
                        ? subject.documentWithoutParameters
                        : subject.document.adding(Self.parametersName, .object(parameters.values)),
                    now: subject.now.milliseconds / 1000)
                return Judgement(verdict)
            } catch {
                return .insufficientData("The policy cannot be evaluated: \(error)")
            }
        }
    }
}

extension Judgement {
    fileprivate init(_ verdict: Verdict) {
        let compliance: ComplianceValue =
            switch verdict.status {
            case .pass: .compliant
            case .fail: .nonCompliant
            case .skip: .notApplicable
            }
        var messages: [String] = []
        for check in verdict.checks {
            if let message = check.customMessage, !messages.contains(message) { messages.append(message) }
        }
        self.init(
            compliance: compliance,
            annotation: compliance == .nonCompliant && !messages.isEmpty ? messages.joined(separator: " ") : nil,
            findings: verdict.checks.map { check in
                Finding(
                    clause: check.clause, path: check.path, value: check.value,
                    text: check.customMessage.map { "\($0) \(check.message)" } ?? check.message)
            })
    }
}
