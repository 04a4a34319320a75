import Kernel

/// Removes the results of a rule, and the rule with them where it is to go: some in the call itself and the rest as due work.
enum RuleDeletion {
    static let jobKind = "config.ruleDeletion"
    private static let resultsAtATime = 100

    /// - Parameter rule: in the state DELETING or DELETING_RESULTS.
    static func step(_ rule: StoredRule, in context: WriteContext) throws {
        let some = try StoredResult.list(of: rule.name, after: ("", ""), limit: resultsAtATime, in: context)
        for result in some {
            try result.delete(in: context)
            try ResourceCompliance.record(on: result.type, result.id, in: context)
        }
        guard some.count < resultsAtATime else {
            return try context.schedule(jobKind, subject: rule.name, due: context.now, detail: [:])
        }
        if rule.state == .deleting { return try rule.delete(in: context) }
        var rule = rule
        rule.state = .active
        try rule.save(in: context)
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let rule = try StoredRule.find(job.subject, in: context) else { return }
        try step(rule, in: context)
    }
}
