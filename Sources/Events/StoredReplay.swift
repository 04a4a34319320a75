import JSON
import Kernel
import Model
import SQLite

/// A replay of an archive's events: its row.
struct StoredReplay: Sendable {
    let bus: ARN
    let name: String
    var description: String?
    /// The number of the archive, which a namesake has not.
    let archive: Int64
    let archiveName: String
    /// The ARNs of the rules that may match; all where there are none.
    var filters: [String] = []
    let start: Timestamp
    let end: Timestamp
    var state: ReplayState
    var stateReason: String?
    let started: Timestamp
    var ended: Timestamp?
    /// The archived event that was looked at last.
    var cursor: (time: Int64, number: Int64)?

    static func arn(_ name: String, in context: ReadContext) -> ARN { context.arn("replay/\(name)") }

    var arn: ARN { ARN(service: "events", region: bus.region, account: bus.account, resource: "replay/\(name)") }

    var archiveARN: ARN {
        ARN(service: "events", region: bus.region, account: bus.account, resource: "archive/\(archiveName)")
    }

    /// Whether a rule may match its events.
    func goes(to rule: StoredRule) -> Bool { filters.isEmpty || filters.contains(rule.arn.description) }

    var isActive: Bool { state == .starting || state == .running }

    /// The archive is read minute by minute, and the last minute is what is shown, whether or not an event of it was
    /// within the bounds (recorded behaviour).
    var lastReplayed: Timestamp? { cursor.map { Timestamp(milliseconds: $0.time).wholeMinutes } }

    // MARK: Rows

    static func find(_ name: String, account: String, region: String, in context: ReadContext) throws -> StoredReplay? {
        try context.database.first(
            """
            SELECT name, description, archive, archive_name, bus, filters, start, end, state, state_reason, started,
                ended, cursor_time, cursor_number
            FROM events_replay WHERE account = ? AND region = ? AND name = ?
            """, account, region, name
        ) { try StoredReplay($0, account: account, region: region) }
    }

    static func find(_ name: String, in context: ReadContext) throws -> StoredReplay? {
        try find(name, account: context.account, region: context.region, in: context)
    }

    static func required(_ name: String, in context: ReadContext) throws -> StoredReplay {
        guard let replay = try find(name, in: context) else {
            throw AWSError.notFound("Replay \(name) does not exist.")
        }
        return replay
    }

    static func list(_ page: FilteredList, in context: ReadContext) throws -> [StoredReplay] {
        var (prefix, archive, state): (String, String?, String?) = ("", nil, nil)
        switch page.filter {
        case .none: break
        case .prefix(let text): prefix = text
        case .source(let text): archive = ARN(text).map { String($0.resource.dropFirst("archive/".count)) } ?? ""
        case .state(let text): state = text
        }
        var replays: [StoredReplay] = []
        try context.database.query(
            """
            SELECT name, description, archive, archive_name, bus, filters, start, end, state, state_reason, started,
                ended, cursor_time, cursor_number
            FROM events_replay
            WHERE account = ?1 AND region = ?2 AND name > ?3 AND substr(name, 1, length(?4)) = ?4
                AND (?5 IS NULL OR archive_name = ?5) AND (?6 IS NULL OR state = ?6)
            ORDER BY name LIMIT ?7
            """, context.account, context.region, page.start, prefix, archive, state, page.limit + 1
        ) { replays.append(try StoredReplay($0, account: context.account, region: context.region)) }
        return replays
    }

    static func activeCount(in context: ReadContext) throws -> Int {
        try context.database.first(
            """
            SELECT count(*) FROM events_replay WHERE account = ? AND region = ? AND state IN ('STARTING', 'RUNNING')
            """, context.account, context.region
        ) { $0.int(0) } ?? 0
    }

    private init(_ row: Row, account: String, region: String) throws {
        name = row.text(0)
        description = row.optionalText(1)
        archive = row.int64(2)
        archiveName = row.text(3)
        bus = StoredBus.arn(row.text(4), account: account, region: region)
        filters = try JSON(parsing: row.text(5)).array?.compactMap(\.string) ?? []
        start = Timestamp(milliseconds: row.int64(6))
        end = Timestamp(milliseconds: row.int64(7))
        state = ReplayState(rawValue: row.text(8)) ?? .failed
        stateReason = row.optionalText(9)
        started = Timestamp(milliseconds: row.int64(10))
        ended = row.optionalInt64(11).map { Timestamp(milliseconds: $0) }
        if let time = row.optionalInt64(12) { cursor = (time, row.int64(13)) }
    }

    init(
        name: String, of archive: StoredArchive, from start: Timestamp, to end: Timestamp, filters: [String],
        description: String?, started: Timestamp
    ) {
        bus = archive.bus
        self.name = name
        self.archive = archive.number
        archiveName = archive.name
        self.start = start
        self.end = end
        self.filters = filters
        self.description = description
        self.started = started
        state = .starting
    }

    /// Writes the row, new or changed.
    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO events_replay (account, region, name, description, archive, archive_name, bus,
                filters, start, end, state, state_reason, started, ended, cursor_time, cursor_number)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, bus.account, bus.region, name, description, archive, archiveName, StoredBus.name(of: bus),
            JSON.array(filters.map(JSON.string)).description, start.milliseconds, end.milliseconds, state.rawValue,
            stateReason, started.milliseconds, ended?.milliseconds, cursor?.time, cursor?.number)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM events_replay WHERE account = ? AND region = ? AND name = ?", bus.account, bus.region, name)
    }
}
