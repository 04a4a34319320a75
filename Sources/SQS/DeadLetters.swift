import JSON
import Kernel
import Model
import SQLite

/// The way of a message that was received too often.
///
/// It keeps its id, its times and its counts, and says where it came from; in a FIFO queue its deduplication id becomes its
/// message id (recorded behaviour).
enum DeadLetters {
    /// - Returns: whether it was moved; it stays where it is when its dead-letter queue is gone.
    static func move(_ message: QueueMessage, from queue: Queue, _ redrive: RedrivePolicy, in context: WriteContext)
        throws
        -> Bool
    {
        guard let address = QueueAddress(arn: redrive.deadLetterQueue),
            let target = try Queue.find(address, in: context)
        else { return false }
        try message.delete(from: queue, in: context)
        var moved = message
        moved.systemAttributes["DeadLetterQueueSourceArn"] = .string(queue.arn.description)
        if queue.isFIFO {
            if let id = message.deduplicationID { moved.messageID = id }
            // Retention begins anew in a FIFO queue.
            moved.sent = context.now
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
