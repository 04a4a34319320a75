import JSON
import Kernel
import Model

/// When rules are asked: with each configuration item, in its transaction.
///
/// Rules of AWS's and policies judge here; functions are sent what there is to judge. A rule that reads nothing of what has
/// changed would say what it said before, and need not be asked.
enum RuleEngine {
    /// To be called with each configuration item that was written.
    static func take(_ change: ItemChange, after previous: StoredItem?, in context: WriteContext) throws {
        let item = change.item
        let rules = try ActiveRules.own(in: context).triggered(by: item.resource.type)
        guard !rules.isEmpty else { return }
        lazy var subject = RuleSubject(
            resource: item.resource, document: change.notified, account: context.account, now: context.now)
        let known = try StoredResult.byRule(
            on: item.resource.type, item.resource.id, before: previous, in: context)
        let followsItem = item.captured == context.now
        let changed = change.changedParts(since: previous)
        let remedied = try StoredRemediation.rules(in: context)
        var evaluated: [ActiveRule] = []
        var made: [Int: Judgement] = [:]
        // By the numbers of rules: whether they read any of what has changed.
        var readers: [Int: Bool] = [:]
        func reads(_ entry: ActiveRules.Entry, _ changed: [String]) -> Bool {
            if let known = readers[entry.number] { return known }
            let reads = entry.rule.judge?.reads(anyOf: changed) ?? true
            readers[entry.number] = reads
            return reads
        }
        for entry in rules {
            let rule = entry.rule
            let isIn = rule.isAbout(item)
            guard isIn || previous.map(rule.isAbout) == true else { continue }
            let old = known[rule.rule.name]
            if rule.owner == .function {
                try RuleFunction.invoke(rule.rule, with: change, hasLeft: !isIn, in: context)
            } else if isIn, followsItem, let old, old.followsItem, let changed,
                !reads(entry, changed)
            {
                evaluated.append(rule)
                if old.compliance == .nonCompliant, remedied.contains(old.rule) {
                    try RemediationRun.consider(old.rule, on: old.type, old.id, in: context)
                }
            } else if isIn {
                guard let judgement = try made[entry.number] ?? judgement(of: rule, on: subject, in: context) else {
                    continue
                }
                if judgement.compliance != .insufficientData {
                    made[entry.number] = judgement
                    evaluated.append(rule)
                }
                try ComplianceChange.take(
                    judgement, of: rule.rule, on: item.resource.type, item.resource.id, after: old,
                    ordering: item.captured, invoked: context.now, followsItem: followsItem, in: context)
            } else if old != nil {
                try ComplianceChange.take(
                    .notApplicable, of: rule.rule, on: item.resource.type, item.resource.id, after: old,
                    ordering: item.captured, invoked: context.now, in: context)
            }
        }
        RuleStatus.noteEvaluation(
            by: evaluated, key: evaluated.count == rules.count ? item.resource.type : nil, in: context)
    }

    /// Asks a rule that judges here.
    static func judge(
        _ subject: RuleSubject, _ rule: ActiveRule, ordering: Timestamp, invoked: Timestamp, in context: WriteContext
    ) throws {
        guard let judgement = try judgement(of: rule, on: subject, in: context) else { return }
        if judgement.compliance != .insufficientData { RuleStatus.noteEvaluation(by: [rule], key: nil, in: context) }
        try ComplianceChange.take(
            judgement, of: rule.rule, on: subject.resource.type, subject.resource.id, ordering: ordering,
            invoked: invoked, in: context)
    }

    /// What a rule says, and why it cannot; nil where nobody here can say.
    private static func judgement(of rule: ActiveRule, on subject: RuleSubject, in context: WriteContext) throws
        -> Judgement?
    {
        guard rule.judge != nil else { return nil }
        let judgement = rule.judgement(on: subject)
        if judgement.compliance == .insufficientData {
            try RuleStatus.note(
                failureOf: .evaluation, code: "InternalFailure", message: judgement.findings.first?.text ?? "",
                of: rule.rule.name, in: context)
        }
        return judgement
    }
}
