import JSON
import Kernel
import Model

/// When rules are asked: with each configuration item, in its transaction.
///
/// Rules of AWS's and policies judge here; functions are sent what there is to judge.
enum RuleEngine {
    /// To be called with each configuration item that was written.
    static func take(_ change: ItemChange, after previous: StoredItem?, in context: WriteContext) throws {
        let item = change.item
        let rules = try ActiveRule.all(in: context).filter { rule in
            rule.isTriggeredByChanges && (rule.isAbout(item) || previous.map(rule.isAbout) == true)
        }
        guard !rules.isEmpty else { return }
        let subject = RuleSubject(
            resource: item.resource, document: change.notified, account: context.account, now: context.now)
        let known = try StoredResult.byRule(
            on: item.resource.type, item.resource.id, before: previous, in: context)
        for rule in rules {
            let isIn = rule.isAbout(item)
            let old = known[rule.rule.name]
            if rule.rule.owner == .function {
                try RuleFunction.invoke(rule.rule, with: change, hasLeft: !isIn, in: context)
            } else if isIn {
                guard let judgement = try judgement(of: rule, on: subject, in: context) else { continue }
                try ComplianceChange.take(
                    judgement, of: rule.rule, on: item.resource.type, item.resource.id, after: old,
                    ordering: item.captured, invoked: context.now, followsItem: item.captured == context.now,
                    in: context)
            } else if old != nil {
                try ComplianceChange.take(
                    .notApplicable, of: rule.rule, on: item.resource.type, item.resource.id, after: old,
                    ordering: item.captured, invoked: context.now, in: context)
            }
        }
    }

    /// Asks a rule that judges here.
    static func judge(
        _ subject: RuleSubject, _ rule: ActiveRule, ordering: Timestamp, invoked: Timestamp, in context: WriteContext
    ) throws {
        guard let judgement = try judgement(of: rule, on: subject, in: context) else { return }
        try ComplianceChange.take(
            judgement, of: rule.rule, on: subject.resource.type, subject.resource.id, ordering: ordering,
            invoked: invoked, in: context)
    }

    /// What a rule says, and that it was asked; nil where nobody here can say.
    private static func judgement(of rule: ActiveRule, on subject: RuleSubject, in context: WriteContext) throws
        -> Judgement?
    {
        guard rule.judge != nil else { return nil }
        let judgement = rule.judgement(on: subject)
        if judgement.compliance == .insufficientData, let reason = judgement.findings.first?.text {
            try RuleStatus.note(
                failureOf: .evaluation, code: "InternalFailure", message: reason, of: rule.rule.name, in: context)
        } else {
            RuleStatus.noteEvaluation(by: rule.rule, in: context)
        }
        return judgement
    }
}
