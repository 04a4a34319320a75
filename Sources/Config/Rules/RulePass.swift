import JSON
import Kernel
import Model

/// A run of one rule over everything that it is about: when it is made or changed, when somebody asks for it, and by the
/// clock. A hundred resources are judged in the call itself and the rest as due work.
struct RulePass {
    static let jobKind = "config.rule"
    static let periodicJobKind = "config.periodic"
    private static let itemsAtATime = 100
    private static let hourMilliseconds: Int64 = 3_600_000

    private let started: Timestamp
    /// Behind what it goes on; nil when all items have been seen.
    private var position: (type: String, id: String)? = ("", "")

    // MARK: Beginning

    /// Runs the rule, whatever starts it otherwise.
    static func begin(_ rule: ActiveRule, in context: WriteContext) throws {
        if rule.rule.owner == .function {
            if rule.isPeriodic { try RuleFunction.invokePeriodically(rule.rule, in: context) }
            guard rule.isTriggeredByChanges else { return }
        }
        try RulePass(started: context.now).step(rule, in: context)
    }

    /// Sets the clock of a periodic rule, and stops that of one which is no longer.
    static func schedule(_ rule: ActiveRule, in context: WriteContext) throws {
        guard rule.isPeriodic else { return try context.unschedule(periodicJobKind, subject: rule.rule.name) }
        try context.schedule(
            periodicJobKind, subject: rule.rule.name,
            due: context.now.adding(milliseconds: rule.hours * hourMilliseconds), detail: [:])
    }

    /// To be called when a rule goes.
    static func forget(_ rule: String, in context: WriteContext) throws {
        try context.unschedule(jobKind, subject: rule)
        try context.unschedule(periodicJobKind, subject: rule)
    }

    @Sendable static func runPeriodically(_ job: Job, in context: WriteContext) throws {
        guard let stored = try StoredRule.find(job.subject, in: context) else { return }
        let rule = ActiveRule(stored)
        try schedule(rule, in: context)
        if stored.owner == .function {
            try RuleFunction.invokePeriodically(stored, in: context)
        } else {
            try RulePass(started: context.now).step(rule, in: context)
        }
    }

    // MARK: Going on

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let rule = try StoredRule.find(job.subject, in: context), rule.state != .deleting,
            let started = job.detail["started"].flatMap(Timestamp.init(json:))
        else { return }
        var pass = RulePass(started: started)
        pass.position = job.detail["type"]?.string.map { ($0, job.detail["id"]?.string ?? "") }
        try pass.step(ActiveRule(rule), in: context)
    }

    private init(started: Timestamp) { self.started = started }

    private func step(_ rule: ActiveRule, in context: WriteContext) throws {
        var next = self
        var isDone = false
        if rule.rule.owner != .function, rule.judge == nil { return try finish(rule.rule, in: context) }
        if let position {
            let items = try Self.items(of: rule, after: position, in: context)
            for item in items where item.isRecorded && rule.scope.contains(item.resource) {
                if rule.rule.owner == .function {
                    try RuleFunction.invoke(
                        rule.rule, with: ItemChange(item, after: nil, in: context), hasLeft: false, in: context)
                } else {
                    try RuleEngine.judge(
                        RuleSubject(item, in: context), rule,
                        ordering: rule.isTriggeredByChanges ? item.captured : started, invoked: started, in: context)
                }
            }
            next.position =
                items.count < Self.itemsAtATime ? nil : items.last.map { ($0.resource.type, $0.resource.id) }
            // Functions take back themselves what they have said.
            isDone = next.position == nil && rule.rule.owner == .function
        }
        if !isDone, next.position == nil {
            let old = try StoredResult.list(
                of: rule.rule.name, invokedBefore: started, limit: Self.itemsAtATime, in: context)
            for result in old {
                try ComplianceChange.take(
                    .notApplicable, of: rule.rule, on: result.type, result.id,
                    ordering: max(result.ordering, started), invoked: started, in: context)
            }
            isDone = old.count < Self.itemsAtATime
        }
        guard !isDone else { return try finish(rule.rule, in: context) }
        try context.schedule(
            Self.jobKind, subject: rule.rule.name, due: context.now,
            detail: .object([
                "started": started.json, "type": next.position.map { .string($0.type) },
                "id": next.position.map { .string($0.id) },
            ]))
    }

    /// Of a rule about some types only their items are read.
    private static func items(of rule: ActiveRule, after position: (type: String, id: String), in context: ReadContext)
        throws -> [StoredItem]
    {
        guard let types = rule.scope.types?.sorted() else {
            return try StoredItem.current(after: position.type, position.id, limit: itemsAtATime, in: context)
        }
        var items: [StoredItem] = []
        for type in types where type >= position.type && items.count < itemsAtATime {
            items += try StoredItem.current(
                type, after: type == position.type ? position.id : "", limit: itemsAtATime - items.count, in: context)
        }
        return items
    }

    private func finish(_ rule: StoredRule, in context: WriteContext) throws {
        guard var current = try StoredRule.find(rule.name, in: context), current.state == .evaluating else { return }
        current.state = .active
        try current.save(in: context)
    }
}
