import Crypto
import Kernel
import Model
import SQLite

/// What FIFO topics remember of the messages that they accepted in the last five minutes.
enum Deduplication {
    private static let windowSeconds = 300

    static func find(_ id: String, group: String, on topic: StoredTopic, in context: ReadContext) throws
        -> (messageID: String, sequence: Int64)?
    {
        try context.database.first(
            """
            SELECT message_id, sequence FROM sns_deduplication WHERE account = ? AND region = ? AND topic = ?
            AND deduplication_id = ? AND message_group IN ('', ?) AND expires > ?
            """, topic.arn.account, topic.arn.region, topic.name, id, isPerGroup(topic) ? group : "",
            context.now.milliseconds
        ) { ($0.text(0), $0.int64(1)) }
    }

    static func remember(
        _ id: String, group: String, messageID: String, sequence: Int64, on topic: StoredTopic, in context: WriteContext
    ) throws {
        try context.database.run("DELETE FROM sns_deduplication WHERE expires <= ?", context.now.milliseconds)
        try context.database.run(
            """
            INSERT OR REPLACE INTO sns_deduplication (account, region, topic, deduplication_id, message_group, message_id,
                sequence, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, topic.arn.account, topic.arn.region, topic.name, id, isPerGroup(topic) ? group : "", messageID,
            sequence,
            context.now.adding(seconds: windowSeconds).milliseconds)
    }

    private static func isPerGroup(_ topic: StoredTopic) -> Bool { topic.text("FifoThroughputScope") == "MessageGroup" }

    /// The id of a message that has none, from its text alone.
    static func hash(_ text: String) -> String {
        Hexadecimal.encode(Array(SHA256.hash(data: Array(text.utf8))))
    }
}
