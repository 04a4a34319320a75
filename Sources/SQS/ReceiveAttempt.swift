import JSON
import Kernel
import SQLite

/// A receive from a FIFO queue that may be repeated: for five minutes, the same attempt id gives the same messages, as long
/// as none of them was deleted, received anew or given another time-out.
enum ReceiveAttempt {
    private static let windowSeconds = 300

    static func remember(_ id: String, _ received: [ReceivedMessage], of queue: Queue, in context: WriteContext) throws
    {
        let pairs = received.map { JSON.array([.number($0.message.sequence), .number($0.receipt)]) }
        try context.database.run(
            "DELETE FROM sqs_receive_attempt WHERE queue = ? AND expires <= ?", queue.number, context.now.milliseconds)
        try context.database.run(
            "INSERT OR REPLACE INTO sqs_receive_attempt (queue, attempt_id, expires, messages) VALUES (?, ?, ?, ?)",
            queue.number, id, context.now.adding(seconds: windowSeconds).milliseconds,
            JSON.array(pairs).description)
    }

    /// The messages of the first attempt, their time-out begun anew; nil when it cannot be repeated.
    static func find(_ id: String, of queue: Queue, _ request: ReceiveRequest, in context: WriteContext) throws
        -> [ReceivedMessage]?
    {
        let text = try context.database.first(
            "SELECT messages FROM sqs_receive_attempt WHERE queue = ? AND attempt_id = ? AND expires > ?", queue.number,
            id, context.now.milliseconds
        ) { $0.text(0) }
        guard let text, let pairs = try JSON(parsing: text).array else { return nil }
        var received: [ReceivedMessage] = []
        for pair in pairs {
            guard let sequence = pair.array?.first?.int, let receipt = pair.array?.last?.int else { return nil }
            let isHeld = try context.database.first(
                "SELECT 1 FROM sqs_message WHERE sequence = ? AND queue = ? AND receipt = ? AND visible > ?", sequence,
                queue.number, receipt, context.now.milliseconds
            ) { _ in true }
            guard isHeld == true, let message = try QueueMessage.find(Int64(sequence), in: queue, context) else {
                return nil
            }
            received.append(ReceivedMessage(message: message, receipt: Int64(receipt)))
        }
        for one in received {
            try Visibility.set(one.message, seconds: request.visibilitySeconds, of: queue, in: context)
        }
        return received
    }
}
