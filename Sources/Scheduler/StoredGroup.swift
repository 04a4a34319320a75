import Kernel
import Model
import SQLite

/// A schedule group: its row.
struct StoredGroup {
    let name: String
    var state: ScheduleGroupState
    let created: Timestamp
    var modified: Timestamp

    /// Every account has this group and cannot change it.
    static let defaultName = "default"

    static func arn(_ name: String, in context: ReadContext) -> ARN { context.arn("schedule-group/\(name)") }

    /// As old as the service, since nobody made it.
    private static let byDefault: StoredGroup = {
        let launch = Timestamp(milliseconds: 1_668_038_400_000)
        return StoredGroup(name: defaultName, state: .active, created: launch, modified: launch)
    }()

    static func find(_ name: String, in context: ReadContext) throws -> StoredGroup? {
        if name == defaultName { return byDefault }
        return try context.database.first(
            """
            SELECT name, state, created, modified FROM scheduler_group WHERE account = ? AND region = ? AND name = ?
            """, context.account, context.region, name
        ) { StoredGroup($0) }
    }

    /// - Returns: the groups behind a name, by name.
    static func list(prefix: String, after name: String, limit: Int, in context: ReadContext) throws -> [StoredGroup] {
        var groups = try listMade(prefix: prefix, after: name, limit: limit, in: context)
        guard defaultName > name, defaultName.hasPrefix(prefix) else { return groups }
        groups.append(byDefault)
        return Array(groups.sorted { $0.name < $1.name }.prefix(limit))
    }

    /// - Returns: the groups that somebody made behind a name, by name.
    static func listMade(prefix: String = "", after name: String, limit: Int, in context: ReadContext) throws
        -> [StoredGroup]
    {
        var groups: [StoredGroup] = []
        try context.database.query(
            """
            SELECT name, state, created, modified FROM scheduler_group
            WHERE account = ?1 AND region = ?2 AND name > ?3 AND substr(name, 1, length(?4)) = ?4
            ORDER BY name LIMIT ?5
            """, context.account, context.region, name, prefix, limit
        ) { groups.append(StoredGroup($0)) }
        return groups
    }

    static func count(in context: ReadContext) throws -> Int {
        try context.database.first(
            "SELECT count(*) FROM scheduler_group WHERE account = ? AND region = ?", context.account, context.region
        ) { $0.int(0) } ?? 0
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO scheduler_group (account, region, name, state, created, modified)
            VALUES (?, ?, ?, ?, ?, ?)
            """, context.account, context.region, name, state.rawValue, created.milliseconds, modified.milliseconds)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM scheduler_group WHERE account = ? AND region = ? AND name = ?", context.account,
            context.region, name)
        try context.removeTags(of: Self.arn(name, in: context))
    }
}

extension StoredGroup {
    fileprivate init(_ row: Row) {
        self.init(
            name: row.text(0), state: ScheduleGroupState(rawValue: row.text(1)) ?? .active,
            created: Timestamp(milliseconds: row.int64(2)), modified: Timestamp(milliseconds: row.int64(3)))
    }
}
