import Kernel
import SQLite

/// A message group of a FIFO queue. It can be received from when its oldest message can, or is too old and vanishes; then
/// come those behind it, as far as they are visible without a gap.
enum MessageGroup {
    /// Notes which message is the group's oldest now.
    static func refresh(_ group: String, of queue: Queue, in context: WriteContext) throws {
        let head = try context.database.first(
            """
            SELECT sequence, min(visible, sent + ?) FROM sqs_message WHERE queue = ? AND message_group = ?
            ORDER BY sequence LIMIT 1
            """, queue.settings.retentionSeconds * 1000, queue.number, group
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
                guard isOpen else { return }
                let message = try QueueMessage(row)
                isOpen =
                    row.int64(11) <= context.now.milliseconds || message.isExpired(in: queue, at: context.now)
                if isOpen { messages.append(message) }
            }
        }
        return messages
    }

    /// A FIFO queue's delay counts for the messages that it holds already, too.
    static func delayChanged(by seconds: Int, _ queue: Queue, in context: WriteContext) throws {
        try context.database.run(
            "UPDATE sqs_message SET visible = visible + ? WHERE queue = ? AND receipt IS NULL", seconds * 1000,
            queue.number)
    }

    /// To be called when the queue's delay or retention was changed.
    static func refreshAll(of queue: Queue, in context: WriteContext) throws {
        try context.database.run(
            """
            UPDATE sqs_group
            SET visible = (SELECT min(visible, sent + ?) FROM sqs_message WHERE sequence = sqs_group.head)
            WHERE queue = ?
            """, queue.settings.retentionSeconds * 1000, queue.number)
        context.signal(queue.signal)
    }
}
