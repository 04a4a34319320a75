import JSON
import Kernel
import Model
import SQLite

/// A receive from a FIFO queue that may be repeated: for five minutes, the same attempt id gives the same messages, as long
/// as none of them was deleted, received anew or given another time-out.
enum ReceiveAttempt {
    private static let windowSeconds = 300

    static func remember(_ id: String, _ received: [ReceivedMessage], of queue: Queue, in context: WriteContext) throws
    {
        let messages = received.map {
            JSON.array([.number($0.message.sequence), .number($0.receipt), .number($0.moment.milliseconds)])
        }
        try context.database.run(
            "DELETE FROM sqs_receive_attempt WHERE queue = ? AND expires <= ?", queue.number, context.now.milliseconds)
        try context.database.run(
            "INSERT OR REPLACE INTO sqs_receive_attempt (queue, attempt_id, expires, messages) VALUES (?, ?, ?, ?)",
            queue.number, id, context.now.adding(seconds: windowSeconds).milliseconds,
            JSON.array(messages).description)
    }

    /// The messages of the first attempt with their receipt handles, their time-out begun anew; nil when it cannot be
    /// repeated.
    static func find(_ id: String, of queue: Queue, _ request: ReceiveRequest, in context: WriteContext) throws
        -> [ReceivedMessage]?
    {
        let text = try context.database.first(
            "SELECT messages FROM sqs_receive_attempt WHERE queue = ? AND attempt_id = ? AND expires > ?", queue.number,
            id, context.now.milliseconds
        ) { $0.text(0) }
        guard let text, let messages = try JSON(parsing: text).array else { return nil }
        var received: [ReceivedMessage] = []
        for parts in messages.map({ ($0.array ?? []).compactMap(\.int) }) {
            guard parts.count == 3 else { return nil }
            let (sequence, receipt) = (parts[0], parts[1])
            let isHeld = try context.database.first(
                "SELECT 1 FROM sqs_message WHERE sequence = ? AND queue = ? AND receipt = ? AND visible > ?", sequence,
                queue.number, receipt, context.now.milliseconds
            ) { _ in true }
            guard isHeld == true, let message = try QueueMessage.find(Int64(sequence), in: queue, context) else {
                return nil
            }
            received.append(
                ReceivedMessage(
                    message: message, receipt: Int64(receipt), moment: Timestamp(milliseconds: Int64(parts[2]))))
        }
        for one in received {
            try Visibility.set(one.message, seconds: request.visibilitySeconds, of: queue, in: context)
        }
        return received
    }
}
