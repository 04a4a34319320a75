import JSON
import Kernel
import Model
import SQLite

/// What a pipe has received while its batching window is open.
struct BatchBuffer {
    private let pipe: String
    private let context: WriteContext

    init(_ pipe: String, _ context: WriteContext) {
        self.pipe = pipe
        self.context = context
    }

    func count() throws -> Int {
        try context.database.first(
            "SELECT count(*) FROM pipes_record WHERE account = ? AND region = ? AND pipe = ?", context.account,
            context.region, pipe
        ) { $0.int(0) } ?? 0
    }

    /// A message that became visible before its window closed takes the place that it had, with its new receipt.
    func add(_ record: PipeRecord) throws {
        try context.database.run(
            """
            INSERT INTO pipes_record (account, region, pipe, message_id, received, record)
            VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(received), 0) + 1 FROM pipes_record
                WHERE account = ?1 AND region = ?2 AND pipe = ?3), ?5)
            ON CONFLICT (account, region, pipe, message_id) DO UPDATE SET record = excluded.record
            """, context.account, context.region, pipe, record.messageID, record.event.description)
    }

    /// Those that came first.
    func take(_ limit: Int) throws -> [PipeRecord] {
        var records: [PipeRecord] = []
        try context.database.query(
            """
            SELECT record FROM pipes_record WHERE account = ? AND region = ? AND pipe = ? ORDER BY received LIMIT ?
            """, context.account, context.region, pipe, limit
        ) { records.append(PipeRecord(event: try JSON(parsing: $0.text(0)))) }
        for record in records {
            try context.database.run(
                "DELETE FROM pipes_record WHERE account = ? AND region = ? AND pipe = ? AND message_id = ?",
                context.account, context.region, pipe, record.messageID)
        }
        return records
    }

    func empty() throws {
        try context.database.run(
            "DELETE FROM pipes_record WHERE account = ? AND region = ? AND pipe = ?", context.account, context.region,
            pipe)
    }
}
