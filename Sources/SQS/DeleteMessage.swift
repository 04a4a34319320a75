import Kernel
import Model
import SQLite

extension SQS {
    @Sendable static func deleteMessage(_ input: DeleteMessageRequest, in context: WriteContext) throws {
        let queue = try queue(input.queueUrl, for: "DeleteMessage", in: context)
        if let id = try delete(input.receiptHandle, from: queue, in: context) {
            try context.note(.deleted, queue, [id], operation: "DeleteMessage")
        }
    }

    @Sendable static func deleteMessageBatch(_ input: DeleteMessageBatchRequest, in context: WriteContext) throws
        -> DeleteMessageBatchResult
    {
        let queue = try queue(input.queueUrl, for: "DeleteMessage", in: context)
        try Batch.check(input.entries.map(\.id), entryType: "DeleteMessageBatchRequestEntry")
        var successful: [DeleteMessageBatchResultEntry] = []
        var deleted: [String] = []
        let failed = try Batch.perform(input.entries, id: \.id) { entry in
            if let id = try delete(entry.receiptHandle, from: queue, in: context) { deleted.append(id) }
            successful.append(DeleteMessageBatchResultEntry(id: entry.id))
        }
        if !deleted.isEmpty { try context.note(.deleted, queue, deleted, operation: "DeleteMessageBatch") }
        return DeleteMessageBatchResult(successful: successful, failed: failed)
    }

    /// - Returns: the id of the message; nil when it was gone already, which is no error.
    private static func delete(_ text: String, from queue: Queue, in context: WriteContext) throws -> String? {
        let handle = try ReceiptHandle(text, of: queue, in: context)
        guard queue.isFIFO else {
            // Two statements: RETURNING makes a table of its own for each run.
            let id = try context.database.first(
                "SELECT message_id FROM sqs_message WHERE sequence = ? AND queue = ?", handle.sequence, queue.number
            ) { $0.text(0) }
            if id != nil {
                try context.database.run("DELETE FROM sqs_message WHERE sequence = ?", handle.sequence)
            }
            return id
        }
        guard let message = try QueueMessage.find(handle.sequence, in: queue, context) else { return nil }
        let isHeld = try context.database.first(
            "SELECT 1 FROM sqs_message WHERE sequence = ? AND receipt = ? AND visible > ?", handle.sequence,
            handle.receipt, context.now.milliseconds
        ) { _ in true }
        guard isHeld == true else {
            throw AWSError.invalidParameter("ReceiptHandle", text, "The receipt handle has expired.")
        }
        try message.delete(from: queue, in: context)
        context.signal(queue.signal)
        return message.messageID
    }
}
