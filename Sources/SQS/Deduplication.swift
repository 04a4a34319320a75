import Kernel
import SQLite

/// What FIFO queues remember of the messages that they accepted in the last five minutes.
enum Deduplication {
    private static let windowSeconds = 300

    /// The message that was accepted under this id.
    static func find(_ id: String, group: String, in queue: Queue, _ context: ReadContext) throws
        -> OutgoingMessage.Sent?
    {
        // What was accepted while the whole queue was the scope still counts when the scope is the group.
        try context.database.first(
            """
            SELECT message_id, sequence FROM sqs_deduplication
            WHERE queue = ? AND deduplication_id = ? AND message_group IN ('', ?) AND expires > ?
            """, queue.number, id, isPerGroup(queue) ? group : "", context.now.milliseconds
        ) { .init(messageID: $0.text(0), sequenceNumber: QueueMessage.sequenceNumber($0.int64(1))) }
    }

    static func remember(
        _ id: String, group: String, messageID: String, sequence: Int64, in queue: Queue, _ context: WriteContext
    ) throws {
        try context.database.run(
            "DELETE FROM sqs_deduplication WHERE queue = ? AND expires <= ?", queue.number, context.now.milliseconds)
        try context.database.run(
            """
            INSERT OR REPLACE INTO sqs_deduplication
                (queue, deduplication_id, message_group, message_id, sequence, expires)
            VALUES (?, ?, ?, ?, ?, ?)
            """, queue.number, id, isPerGroup(queue) ? group : "", messageID, sequence,
            context.now.adding(seconds: windowSeconds).milliseconds)
    }

    private static func isPerGroup(_ queue: Queue) -> Bool { queue.settings.deduplicationScope == "messageGroup" }
}
