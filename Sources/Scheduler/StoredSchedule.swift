import JSON
import Kernel
import Model
import SQLite

/// A schedule: its row, and the work that is due for it.
struct StoredSchedule {
    let arn: ARN
    let group: String
    let name: String
    let created: Timestamp
    var modified: Timestamp
    /// When it was enabled with its timing.
    var anchor: Timestamp
    /// The latest of its times that led to an invocation.
    var invoked: Timestamp?
    var settings: ScheduleSettings

    /// What its jobs are found by; no name has a slash.
    var key: String { "\(group)/\(name)" }

    static func arn(_ name: String, group: String, in context: ReadContext) -> ARN {
        context.arn("schedule/\(group)/\(name)")
    }

    static func find(_ name: String, group: String, in context: ReadContext) throws -> StoredSchedule? {
        try context.database.first(
            """
            SELECT group_name, name, created, modified, anchor, invoked, settings FROM scheduler_schedule
            WHERE account = ? AND region = ? AND group_name = ? AND name = ?
            """, context.account, context.region, group, name
        ) { try StoredSchedule($0, in: context) }
    }

    /// - Parameter position: the key of the schedule behind which the list begins.
    /// - Returns: schedules by group and name.
    static func list(_ filter: ScheduleFilter, after position: String, limit: Int, in context: ReadContext) throws
        -> [StoredSchedule]
    {
        let parts = position.split(separator: "/").map(String.init)
        let (group, name) = parts.count == 2 ? (parts[0], parts[1]) : ("", "")
        var schedules: [StoredSchedule] = []
        try context.database.query(
            """
            SELECT group_name, name, created, modified, anchor, invoked, settings FROM scheduler_schedule
            WHERE account = ?1 AND region = ?2 AND (group_name, name) > (?3, ?4)
            AND (?5 IS NULL OR group_name = ?5) AND (?6 IS NULL OR state = ?6)
            AND (?7 IS NULL OR substr(name, 1, length(?7)) = ?7)
            ORDER BY group_name, name LIMIT ?8
            """, context.account, context.region, group, name, filter.group, filter.state?.rawValue,
            filter.namePrefix, limit
        ) { schedules.append(try StoredSchedule($0, in: context)) }
        return schedules
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO scheduler_schedule
                (account, region, group_name, name, state, created, modified, anchor, invoked, settings)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, group, name, (settings.input.state ?? .enabled).rawValue,
            created.milliseconds, modified.milliseconds, anchor.milliseconds, invoked?.milliseconds,
            settings.json.description)
    }

    func delete(in context: WriteContext) throws {
        try unschedule(in: context)
        try context.database.run(
            "DELETE FROM scheduler_schedule WHERE account = ? AND region = ? AND group_name = ? AND name = ?",
            context.account, context.region, group, name)
    }

    // MARK: Work

    /// Begins anew with what is due from now on; a one-time schedule that was invoked at its time has nothing due.
    mutating func start(in context: WriteContext) throws {
        try unschedule(in: context)
        anchor = settings.timing.anchor(enabled: context.now)
        guard settings.isEnabled, let first = settings.timing.first(enabled: context.now) else { return }
        if settings.timing.isOneTime, invoked == first { return }
        try Occurrence.schedule(self, first, in: context)
    }

    private func unschedule(in context: WriteContext) throws {
        try context.unschedule(Occurrence.jobKind, subject: key)
        try context.unschedule(Invocation.jobKind, subject: key)
    }
}

extension StoredSchedule {
    /// Reads the columns in the order of `find`.
    fileprivate init(_ row: Row, in context: ReadContext) throws {
        self.init(
            arn: Self.arn(row.text(1), group: row.text(0), in: context), group: row.text(0), name: row.text(1),
            created: Timestamp(milliseconds: row.int64(2)), modified: Timestamp(milliseconds: row.int64(3)),
            anchor: Timestamp(milliseconds: row.int64(4)),
            invoked: row.optionalInt64(5).map { Timestamp(milliseconds: $0) },
            settings: try ScheduleSettings(stored: try JSON(parsing: row.text(6))))
    }
}

/// Which schedules are listed; nil is all of them.
struct ScheduleFilter {
    var group: String?
    var state: ScheduleState?
    var namePrefix: String?
}
