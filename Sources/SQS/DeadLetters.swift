import JSON
import Kernel
import Model
import SQLite

/// The way of a message that was received too often.
///
/// It keeps its id, its times and its counts, and says where it came from; in a FIFO queue its id becomes its deduplication
/// id (recorded behaviour).
enum DeadLetters {
    /// Among a message's system attributes where it is not when the message came into its queue.
    static let sentTimestamp = "SentTimestamp"

    /// - Returns: whether it was moved; it stays where it is when its dead-letter queue is gone, or is the queue itself.
    static func move(_ message: QueueMessage, from queue: Queue, _ redrive: RedrivePolicy, in context: WriteContext)
        throws
        -> Bool
    {
        guard let address = QueueAddress(arn: redrive.deadLetterQueue),
            let target = try Queue.find(address, in: context), target.number != queue.number
        else { return false }
        try message.delete(from: queue, in: context)
        var moved = message
        moved.systemAttributes["DeadLetterQueueSourceArn"] = .string(queue.arn.description)
        if queue.isFIFO {
            moved.deduplicationID = message.messageID
            // Retention begins anew in a FIFO queue, but it still says when it was sent.
            moved.sent = context.now
            if message.systemAttributes[Self.sentTimestamp] == nil {
                moved.systemAttributes[Self.sentTimestamp] = .string(String(message.sent.milliseconds))
            }
        }
        try moved.insert(into: target, visible: context.now, in: context)
        try context.note(
            "messageMoved", queue.arn.description,
            detail: .object([
                "operation": "ReceiveMessage", "messageIds": [.string(message.messageID)],
                "to": .string(target.arn.description),
                "reason": .string(
                    "received \(message.receives) times, and maxReceiveCount is \(redrive.maximumReceives)"),
            ]))
        return true
    }
}
