import JSON
import Kernel
import Model
import SQLite

/// An archive: its row.
struct StoredArchive: Sendable {
    let bus: ARN
    let name: String
    /// 0 until it is saved; a recreated archive has another one.
    private(set) var number: Int64
    /// As `number`, for eyes: it stands behind the archive's ARN in the input of the managed rule's target.
    let incarnation: String
    var description: String?
    var pattern: String?
    /// 0 keeps events for ever.
    var retentionDays: Int
    var kmsKey: String?
    var state: ArchiveState
    var stateReason: String?
    let created: Timestamp

    static let nameLimit = 48

    static func arn(_ name: String, in context: ReadContext) -> ARN { context.arn("archive/\(name)") }

    var arn: ARN { ARN(service: "events", region: bus.region, account: bus.account, resource: "archive/\(name)") }

    /// Events that came before are not there any more.
    func oldest(at now: Timestamp) -> Timestamp? {
        guard retentionDays > 0 else { return nil }
        let (milliseconds, isTooLong) = Int64(retentionDays).multipliedReportingOverflow(by: 86_400_000)
        return isTooLong ? nil : now.adding(milliseconds: -milliseconds)
    }

    // MARK: Rows

    static func find(_ name: String, account: String, region: String, in context: ReadContext) throws -> StoredArchive?
    {
        try context.database.first(
            """
            SELECT number, name, incarnation, bus, description, pattern, retention_days, kms_key, state, state_reason,
                created
            FROM events_archive WHERE account = ? AND region = ? AND name = ?
            """, account, region, name
        ) { StoredArchive($0, account: account, region: region) }
    }

    static func required(_ name: String, in context: ReadContext) throws -> StoredArchive {
        guard let archive = try find(name, account: context.account, region: context.region, in: context) else {
            throw AWSError.notFound("Archive \(name) does not exist.")
        }
        return archive
    }

    /// Whether the archive that a replay began with is still there.
    static func find(number: Int64, in context: ReadContext) throws -> StoredArchive? {
        try context.database.first(
            """
            SELECT number, name, incarnation, bus, description, pattern, retention_days, kms_key, state, state_reason,
                created, account, region
            FROM events_archive WHERE number = ?
            """, number
        ) { StoredArchive($0, account: $0.text(11), region: $0.text(12)) }
    }

    static func list(_ page: FilteredList, in context: ReadContext) throws -> [StoredArchive] {
        var (prefix, bus, state): (String, String?, String?) = ("", nil, nil)
        switch page.filter {
        case .none: break
        case .prefix(let text): prefix = text
        case .source(let text): bus = ARN(text).map(StoredBus.name(of:)) ?? ""
        case .state(let text): state = text
        }
        var archives: [StoredArchive] = []
        try context.database.query(
            """
            SELECT number, name, incarnation, bus, description, pattern, retention_days, kms_key, state, state_reason,
                created
            FROM events_archive
            WHERE account = ?1 AND region = ?2 AND name > ?3 AND substr(name, 1, length(?4)) = ?4
                AND (?5 IS NULL OR bus = ?5) AND (?6 IS NULL OR state = ?6)
            ORDER BY name LIMIT ?7
            """, context.account, context.region, page.start, prefix, bus, state, page.limit + 1
        ) { archives.append(StoredArchive($0, account: context.account, region: context.region)) }
        return archives
    }

    private init(_ row: Row, account: String, region: String) {
        number = row.int64(0)
        name = row.text(1)
        incarnation = row.text(2)
        bus = StoredBus.arn(row.text(3), account: account, region: region)
        description = row.optionalText(4)
        pattern = row.optionalText(5)
        retentionDays = row.int(6)
        kmsKey = row.optionalText(7)
        state = ArchiveState(rawValue: row.text(8)) ?? .enabled
        stateReason = row.optionalText(9)
        created = Timestamp(milliseconds: row.int64(10))
    }

    init(bus: ARN, name: String, incarnation: String, created: Timestamp) {
        self.bus = bus
        self.name = name
        number = 0
        self.incarnation = incarnation
        retentionDays = 0
        state = .enabled
        self.created = created
    }

    /// Writes the row, new or changed.
    mutating func save(in context: WriteContext) throws {
        context.forget(ArchivedEvents.key(name, on: bus))
        try context.database.run(
            """
            INSERT INTO events_archive (account, region, name, incarnation, bus, description, pattern, retention_days,
                kms_key, state, state_reason, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (account, region, name) DO UPDATE SET description = excluded.description,
                pattern = excluded.pattern, retention_days = excluded.retention_days, kms_key = excluded.kms_key,
                state = excluded.state, state_reason = excluded.state_reason
            """, bus.account, bus.region, name, incarnation, StoredBus.name(of: bus), description, pattern,
            retentionDays, kmsKey, state.rawValue, stateReason, created.milliseconds)
        if number == 0 { number = context.database.lastInsertRowID }
    }

    func delete(in context: WriteContext) throws {
        context.forget(ArchivedEvents.key(name, on: bus))
        try context.database.run("DELETE FROM events_archive WHERE number = ?", number)
        try ArchivedEvents.discard(of: self, in: context)
    }
}
