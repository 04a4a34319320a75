import JSON
import Kernel
import Model

/// When rules are asked: with each configuration item, in its transaction.
///
/// Rules of AWS's and policies judge here; functions are sent what there is to judge.
enum RuleEngine {
    /// To be called with each configuration item that was written.
    static func take(_ change: ItemChange, after previous: StoredItem?, in context: WriteContext) throws {
        let rules = try ActiveRule.all(in: context)
        guard !rules.isEmpty else { return }
        let item = change.item
        let subject = RuleSubject(item, in: context)
        for rule in rules where rule.isTriggeredByChanges {
            let isIn = rule.scope.contains(item.resource) && item.isRecorded
            let wasIn = previous.map { rule.scope.contains($0.resource) && $0.isRecorded } ?? false
            guard isIn || wasIn else { continue }
            if rule.rule.owner == .function {
                try RuleFunction.invoke(rule.rule, with: change, hasLeft: !isIn, in: context)
            } else if isIn {
                try judge(subject, rule, ordering: item.captured, invoked: context.now, in: context)
            } else if try StoredResult.find(rule.rule.name, item.resource.type, item.resource.id, in: context) != nil {
                try ComplianceChange.take(
                    .notApplicable, of: rule.rule, on: item.resource.type, item.resource.id, ordering: item.captured,
                    invoked: context.now, in: context)
            }
        }
    }

    /// Asks a rule that judges here.
    static func judge(
        _ subject: RuleSubject, _ rule: ActiveRule, ordering: Timestamp, invoked: Timestamp, in context: WriteContext
    ) throws {
        guard rule.judge != nil else { return }
        let judgement = rule.judgement(on: subject)
        if judgement.compliance == .insufficientData, let reason = judgement.findings.first?.text {
            try RuleStatus.note(
                failureOf: .evaluation, code: "InternalFailure", message: reason, of: rule.rule.name, in: context)
        } else {
            try RuleStatus.note([.invocation, .evaluation], of: rule.rule.name, in: context)
        }
        try ComplianceChange.take(
            judgement, of: rule.rule, on: subject.resource.type, subject.resource.id, ordering: ordering,
            invoked: invoked, in: context)
    }
}
