import JSON
import Model
import SQLite

/// What happened, in order, with its causes. Bounded: the oldest rows go first.
public enum Journal {
    /// How many rows are kept.
    public static let countLimit: Int64 = 100_000
    /// How long they are kept, by the clock of the store.
    public static let daysLimit = 90
    /// So many rows are written between two prunings, each of which removes about as many.
    private static let pruningInterval: Int64 = 1024

    public struct Entry: Sendable {
        public let sequence: Int64
        public let time: Timestamp
        public let request: String
        public let cause: Int64?
        public let account: String
        public let region: String
        public let service: String
        public let kind: String
        public let subject: String
        public let principal: String
        public let detail: JSON

        init(
            sequence: Int64, time: Timestamp, request: String, cause: Int64?, account: String, region: String,
            service: String, kind: String, subject: String, principal: String, detail: JSON
        ) {
            self.sequence = sequence
            self.time = time
            self.request = request
            self.cause = cause
            self.account = account
            self.region = region
            self.service = service
            self.kind = kind
            self.subject = subject
            self.principal = principal
            self.detail = detail
        }

        /// Reads the columns in the order of the table.
        init(_ row: Row) throws {
            self.init(
                sequence: row.int64(0), time: Timestamp(milliseconds: row.int64(1)), request: row.text(2),
                cause: row.optionalInt64(3), account: row.text(4), region: row.text(5), service: row.text(6),
                kind: row.text(7), subject: row.text(8), principal: row.text(9), detail: try JSON(parsing: row.text(10))
            )
        }

        public var json: JSON {
            .object([
                "sequence": .number(sequence), "time": .string(time.iso8601()), "requestId": .string(request),
                "cause": cause.map(JSON.number) ?? .null, "account": .string(account), "region": .string(region),
                "service": .string(service), "kind": .string(kind), "subject": .string(subject),
                "principal": .string(principal), "detail": detail,
            ])
        }
    }

    static func append(_ entry: Entry, to database: Connection) throws -> Int64 {
        try database.run(
            """
            INSERT INTO journal (time, request, cause, account, region, service, kind, subject, principal, detail)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            entry.time.milliseconds, entry.request, entry.cause, entry.account, entry.region, entry.service, entry.kind,
            entry.subject, entry.principal, entry.detail.description)
        let sequence = database.lastInsertRowID
        if sequence % pruningInterval == 0 {
            try prune(now: entry.time, last: sequence, database)
        }
        return sequence
    }

    private static func prune(now: Timestamp, last: Int64, _ database: Connection) throws {
        let oldest = now.adding(seconds: -daysLimit * 86_400).milliseconds
        // Rows are in the order of time, so the first young one ends the old ones.
        let firstYoung = try database.first(
            "SELECT sequence FROM journal WHERE time >= ? ORDER BY sequence LIMIT 1", oldest
        ) { $0.int64(0) }
        try database.run("DELETE FROM journal WHERE sequence <= ?", max(last - countLimit, (firstYoung ?? last) - 1))
    }

    /// The events that were put on buses, newest first.
    ///
    /// - Parameters:
    ///   - text: what the event's JSON must hold somewhere, such as its id.
    ///   - bus: the ARN of the bus.
    public static func events(
        holding text: String? = nil, on bus: String? = nil, since: Timestamp? = nil, limit: Int,
        in context: ReadContext
    ) throws -> [Entry] {
        var entries: [Entry] = []
        try context.database.query(
            """
            SELECT sequence, time, request, cause, account, region, service, kind, subject, principal, detail
            FROM journal WHERE kind = 'event' AND (?1 IS NULL OR instr(detail, ?1)) AND (?2 IS NULL OR subject = ?2)
                AND time >= ?3
            ORDER BY sequence DESC LIMIT ?4
            """, text, bus, since?.milliseconds ?? 0, limit
        ) { entries.append(try Entry($0)) }
        return entries
    }

    /// Rows after a sequence number, oldest first, of one kind or of all.
    public static func entries(after sequence: Int64, kind: String?, limit: Int, in database: Connection) throws
        -> [Entry]
    {
        var entries: [Entry] = []
        try database.query(
            """
            SELECT sequence, time, request, cause, account, region, service, kind, subject, principal, detail
            FROM journal WHERE sequence > ?1 AND (?2 IS NULL OR kind = ?2) ORDER BY sequence LIMIT ?3
            """, sequence, kind, limit
        ) { row in
            entries.append(try Entry(row))
        }
        return entries
    }
}
