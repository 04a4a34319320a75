import Kernel
import SQLite

/// A message group of a FIFO queue. It can be received from when its oldest message can; then come those behind it, as far
/// as they are visible without a gap.
enum MessageGroup {
    /// Notes which message is the group's oldest now.
    static func refresh(_ group: String, of queue: Queue, in context: WriteContext) throws {
        let head = try context.database.first(
            "SELECT sequence, visible FROM sqs_message WHERE queue = ? AND message_group = ? ORDER BY sequence LIMIT 1",
            queue.number, group
        ) { (sequence: $0.int64(0), visible: $0.int64(1)) }
        if let head {
            try context.database.run(
                """
                INSERT INTO sqs_group (queue, message_group, head, visible) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET head = excluded.head, visible = excluded.visible
                """, queue.number, group, head.sequence, head.visible)
        } else {
            try context.database.run(
                "DELETE FROM sqs_group WHERE queue = ? AND message_group = ?", queue.number, group)
        }
    }

    /// Messages that can be received now: group by group, and in their order within it.
    static func available(in queue: Queue, limit: Int, in context: WriteContext) throws -> [QueueMessage] {
        var groups: [String] = []
        try context.database.query(
            "SELECT message_group FROM sqs_group WHERE queue = ? AND visible <= ? ORDER BY visible, head LIMIT ?",
            queue.number, context.now.milliseconds, limit
        ) { groups.append($0.text(0)) }
        var messages: [QueueMessage] = []
        for group in groups where messages.count < limit {
            var isOpen = true
            try context.database.query(
                """
                SELECT sequence, sent, message_id, body, attributes, system_attributes, sender, message_group,
                    deduplication_id, receives, first_received, visible
                FROM sqs_message WHERE queue = ? AND message_group = ? ORDER BY sequence LIMIT ?
                """, queue.number, group, limit - messages.count
            ) { row in
                isOpen = isOpen && row.int64(11) <= context.now.milliseconds
                if isOpen { messages.append(try QueueMessage(row)) }
            }
        }
        return messages
    }

    /// A FIFO queue's delay counts for the messages that it holds already, too.
    static func delayChanged(by seconds: Int, _ queue: Queue, in context: WriteContext) throws {
        try context.database.run(
            "UPDATE sqs_message SET visible = visible + ? WHERE queue = ? AND receipt IS NULL", seconds * 1000,
            queue.number)
        try context.database.run(
            """
            UPDATE sqs_group SET visible = (SELECT visible FROM sqs_message WHERE sequence = sqs_group.head)
            WHERE queue = ?
            """, queue.number)
        context.signal(queue.signal)
    }
}
