import JSON
import Kernel
import Model
import SQLite

/// A rule: its row.
struct StoredRule: Sendable {
    let bus: ARN
    let name: String
    let created: Timestamp
    /// The last row of the journal before it became what it is.
    var since: Int64
    /// What the periods of a rate are counted from.
    var anchor: Timestamp
    var pattern: String?
    var schedule: String?
    var state: RuleState
    var description: String?
    var role: String?
    var managedBy: String?

    /// `rule/NAME` on the default bus, `rule/BUS/NAME` on others.
    var arn: ARN { Self.arn(name, on: bus) }

    static func arn(_ name: String, on bus: ARN) -> ARN {
        let busName = StoredBus.name(of: bus)
        return ARN(
            service: "events", region: bus.region, account: bus.account,
            resource: busName == StoredBus.defaultName ? "rule/\(name)" : "rule/\(busName)/\(name)")
    }

    /// The name of a rule and its bus; nil for what is no rule's ARN.
    static func parts(of arn: ARN) -> (name: String, bus: ARN)? {
        guard arn.service == "events", arn.resource.hasPrefix("rule/") else { return nil }
        let path = arn.resource.dropFirst("rule/".count)
        // A partner's bus has slashes in its name; a rule has none.
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let bus = path.count > name.count ? String(path.dropLast(name.count + 1)) : StoredBus.defaultName
        return (name, StoredBus.arn(bus, account: arn.account, region: arn.region))
    }

    var isEnabled: Bool { state != .disabled }

    // MARK: Rows

    static func find(_ name: String, on bus: ARN, in context: ReadContext) throws -> StoredRule? {
        try context.database.first(
            """
            SELECT name, created, since, anchor, pattern, schedule, state, description, role, managed_by
            FROM events_rule WHERE account = ? AND region = ? AND bus = ? AND name = ?
            """, bus.account, bus.region, StoredBus.name(of: bus), name
        ) { StoredRule($0, bus: bus) }
    }

    static func required(_ name: String, on bus: ARN, in context: ReadContext) throws -> StoredRule {
        guard let rule = try find(name, on: bus, in: context) else {
            throw AWSError.ruleNotFound(name, on: StoredBus.name(of: bus))
        }
        return rule
    }

    /// Those of a bus whose names come after one, in the order of names.
    static func list(
        of bus: ARN, prefix: String = "", after name: String = "", limit: Int = .max, in context: ReadContext
    ) throws -> [StoredRule] {
        var rules: [StoredRule] = []
        try context.database.query(
            """
            SELECT name, created, since, anchor, pattern, schedule, state, description, role, managed_by
            FROM events_rule
            WHERE account = ?1 AND region = ?2 AND bus = ?3 AND name > ?4 AND substr(name, 1, length(?5)) = ?5
            ORDER BY name LIMIT ?6
            """, bus.account, bus.region, StoredBus.name(of: bus), name, prefix, limit
        ) { rules.append(StoredRule($0, bus: bus)) }
        return rules
    }

    static func count(on bus: ARN, in context: ReadContext) throws -> Int {
        try context.database.first(
            "SELECT count(*) FROM events_rule WHERE account = ? AND region = ? AND bus = ?", bus.account, bus.region,
            StoredBus.name(of: bus)
        ) { $0.int(0) } ?? 0
    }

    private init(_ row: Row, bus: ARN) {
        self.init(
            bus: bus, name: row.text(0), created: Timestamp(milliseconds: row.int64(1)),
            since: row.int64(2), anchor: Timestamp(milliseconds: row.int64(3)),
            pattern: row.optionalText(4), schedule: row.optionalText(5),
            state: RuleState(rawValue: row.text(6)) ?? .enabled, description: row.optionalText(7),
            role: row.optionalText(8), managedBy: row.optionalText(9))
    }

    init(
        bus: ARN, name: String, created: Timestamp, since: Int64, anchor: Timestamp, pattern: String?,
        schedule: String?, state: RuleState, description: String? = nil, role: String? = nil, managedBy: String? = nil
    ) {
        self.bus = bus
        self.name = name
        self.created = created
        self.since = since
        self.anchor = anchor
        self.pattern = pattern
        self.schedule = schedule
        self.state = state
        self.description = description
        self.role = role
        self.managedBy = managedBy
    }

    /// Writes the row, new or changed; what it was is kept for explanations.
    func save(in context: WriteContext) throws {
        try BusRules.willChange(name, on: bus, in: context)
        try keepVersion(in: context)
        try context.database.run(
            """
            INSERT OR REPLACE INTO events_rule (account, region, bus, name, created, since, anchor, pattern, schedule,
                state, description, role, managed_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, bus.account, bus.region, StoredBus.name(of: bus), name, created.milliseconds,
            try context.lastJournalRow(), anchor.milliseconds, pattern, schedule, state.rawValue, description, role,
            managedBy)
        try ScheduledRule.arm(self, in: context)
    }

    func delete(in context: WriteContext) throws {
        try BusRules.willChange(name, on: bus, in: context)
        try keepVersion(in: context)
        try context.database.run(
            "DELETE FROM events_rule WHERE account = ? AND region = ? AND bus = ? AND name = ?", bus.account,
            bus.region, StoredBus.name(of: bus), name)
        try context.unschedule(ScheduledRule.jobKind, subject: arn.description)
        try context.removeTags(of: arn)
    }

    private func keepVersion(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR IGNORE INTO events_rule_version
                (account, region, bus, name, until, since, pattern, schedule, state)
            SELECT account, region, bus, name, ?, since, pattern, schedule, state FROM events_rule
            WHERE account = ? AND region = ? AND bus = ? AND name = ?
            """, try context.lastJournalRow(), bus.account, bus.region, StoredBus.name(of: bus), name)
    }

    /// The rules of a bus as they were when a row was written to the journal.
    static func list(of bus: ARN, asOf row: Int64, in context: ReadContext) throws -> [StoredRule] {
        var rules = try list(of: bus, in: context).filter { $0.since < row }
        try context.database.query(
            """
            SELECT name, since, pattern, schedule, state FROM events_rule_version
            WHERE account = ? AND region = ? AND bus = ? AND since < ? AND until >= ?
            """, bus.account, bus.region, StoredBus.name(of: bus), row, row
        ) { version in
            rules.append(
                StoredRule(
                    bus: bus, name: version.text(0), created: context.now, since: version.int64(1),
                    anchor: context.now, pattern: version.optionalText(2), schedule: version.optionalText(3),
                    state: RuleState(rawValue: version.text(4)) ?? .enabled))
        }
        return rules.sorted { $0.name < $1.name }
    }
}
