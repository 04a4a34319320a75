import JSON
import Kernel
import Model
import SQLite

/// The events that archives keep. Expired ones are not seen any more; they make room when others come.
enum ArchivedEvents {
    static let discardKind = "events.archive-discard"
    /// So many rows at most are deleted at once, lest the writer keep others waiting.
    private static let rowsAtATime = 500
    /// After so many events that come, expired ones make room, at most four times as many.
    private static let expiryInterval: Int64 = 16
    private static let expiredAtATime = 64
    /// What AWS counts for an event besides its source, type, resources and detail (recorded figures).
    private static let overheadBytes = 26

    static func key(_ archive: String, on bus: ARN) -> String { "events archive \(bus) \(archive)" }

    /// Keeps an event that an archive's rule matched.
    static func keep(_ event: RoutedEvent, by rule: StoredRule, in context: WriteContext) throws {
        let (account, region) = (rule.bus.account, rule.bus.region)
        guard let name = ArchiveRule.archive(of: rule) else { return }
        let archive = try context.cached(key(name, on: rule.bus)) {
            try StoredArchive.find(name, account: account, region: region, in: context)
        }
        guard let archive else { return }
        try context.database.run(
            """
            INSERT INTO events_archived (account, region, archive, time, ingested, size, event)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, account, region, archive.number, time(of: event.envelope, context.now).milliseconds,
            context.now.milliseconds, byteCount(event.envelope), event.envelope.description)
        guard context.database.lastInsertRowID % expiryInterval == 0, let oldest = archive.oldest(at: context.now)
        else {
            return
        }
        try context.database.run(
            """
            DELETE FROM events_archived WHERE number IN (
                SELECT number FROM events_archived WHERE account = ? AND region = ? AND archive = ? AND ingested <= ?
                ORDER BY ingested LIMIT ?)
            """, account, region, archive.number, oldest.milliseconds, expiredAtATime)
    }

    private static func time(of envelope: JSON, _ now: Timestamp) -> Timestamp {
        envelope["time"]?.string.flatMap { Timestamp(iso8601: $0) } ?? now
    }

    static func byteCount(_ envelope: JSON) -> Int {
        let texts = [envelope["source"], envelope["detail-type"]] + (envelope["resources"]?.array ?? [])
        return texts.reduce(overheadBytes) { $0 + ($1?.string?.utf8.count ?? 0) }
            + (envelope["detail"]?.description.utf8.count ?? 0)
    }

    static func statistics(of archive: StoredArchive, in context: ReadContext) throws -> (count: Int, bytes: Int) {
        try context.database.first(
            """
            SELECT count(*), ifnull(sum(size), 0) FROM events_archived
            WHERE account = ? AND region = ? AND archive = ? AND ingested > ?
            """, archive.bus.account, archive.bus.region, archive.number,
            archive.oldest(at: context.now)?.milliseconds ?? .min
        ) { ($0.int(0), $0.int(1)) } ?? (0, 0)
    }

    struct Entry {
        let number: Int64
        let time: Timestamp
        let envelope: JSON
    }

    /// Those of a span of time that come after one, in the order of their own times.
    static func list(
        of archive: StoredArchive, from start: Timestamp, to end: Timestamp, after cursor: (time: Int64, number: Int64),
        limit: Int, in context: ReadContext
    ) throws -> [Entry] {
        var entries: [Entry] = []
        try context.database.query(
            """
            SELECT number, time, event FROM events_archived
            WHERE account = ? AND region = ? AND archive = ? AND time >= ? AND time < ? AND (time, number) > (?, ?)
                AND ingested > ?
            ORDER BY time, number LIMIT ?
            """, archive.bus.account, archive.bus.region, archive.number, max(start.milliseconds, cursor.time),
            end.milliseconds, cursor.time, cursor.number, archive.oldest(at: context.now)?.milliseconds ?? .min, limit
        ) { row in
            entries.append(
                Entry(
                    number: row.int64(0), time: Timestamp(milliseconds: row.int64(1)),
                    envelope: try JSON(parsing: row.text(2))))
        }
        return entries
    }

    // MARK: Deletion

    /// Lets go of the events of an archive that is deleted, step by step.
    static func discard(of archive: StoredArchive, in context: WriteContext) throws {
        try context.schedule(discardKind, subject: String(archive.number), due: context.now, detail: [:])
    }

    @Sendable static func runDiscard(_ job: Job, in context: WriteContext) throws {
        let deleted = try context.database.run(
            """
            DELETE FROM events_archived WHERE number IN (
                SELECT number FROM events_archived WHERE account = ? AND region = ? AND archive = ? LIMIT ?)
            """, job.account, job.region, Int64(job.subject) ?? 0, rowsAtATime)
        guard deleted == rowsAtATime else { return }
        try context.schedule(discardKind, subject: job.subject, due: context.now, detail: [:])
    }
}
