import JSON
import Kernel
import Model
import SQLite

/// A target of a rule: its row.
struct StoredTarget: Sendable {
    let id: String
    let arn: String
    /// What `arn` says.
    let resource: ARN?
    /// As PutTargets got it.
    let json: JSON

    init(_ json: JSON) {
        self.json = json
        id = json["Id"]?.string ?? ""
        arn = json["Arn"]?.string ?? ""
        resource = ARN(arn)
    }

    /// In the order in which they were put.
    static func list(of rule: StoredRule, in context: ReadContext) throws -> [StoredTarget] {
        var targets: [StoredTarget] = []
        try context.database.query(
            """
            SELECT target FROM events_target WHERE account = ? AND region = ? AND bus = ? AND rule = ? ORDER BY number
            """, rule.bus.account, rule.bus.region, StoredBus.name(of: rule.bus), rule.name
        ) { targets.append(StoredTarget(try JSON(parsing: $0.text(0)))) }
        return targets
    }

    /// The names of the rules of a bus that have a target, those after one.
    static func rules(with arn: String, on bus: ARN, after name: String, limit: Int, in context: ReadContext) throws
        -> [String]
    {
        var names: [String] = []
        try context.database.query(
            """
            SELECT DISTINCT rule FROM events_target
            WHERE account = ? AND region = ? AND bus = ? AND arn = ? AND rule > ? ORDER BY rule LIMIT ?
            """, bus.account, bus.region, StoredBus.name(of: bus), arn, name, limit
        ) { names.append($0.text(0)) }
        return names
    }

    func save(to rule: StoredRule, in context: WriteContext) throws {
        try BusRules.willChange(rule.name, on: rule.bus, in: context)
        try context.database.run(
            """
            INSERT INTO events_target (account, region, bus, rule, id, arn, target) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (account, region, bus, rule, id) DO UPDATE SET arn = excluded.arn, target = excluded.target
            """, rule.bus.account, rule.bus.region, StoredBus.name(of: rule.bus), rule.name, id, arn, json.description)
    }

    static func delete(_ id: String, from rule: StoredRule, in context: WriteContext) throws {
        try BusRules.willChange(rule.name, on: rule.bus, in: context)
        try context.database.run(
            "DELETE FROM events_target WHERE account = ? AND region = ? AND bus = ? AND rule = ? AND id = ?",
            rule.bus.account, rule.bus.region, StoredBus.name(of: rule.bus), rule.name, id)
    }
}
