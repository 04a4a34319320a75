import Kernel
import Model
import SQLite

/// When received messages can be received again.
enum Visibility {
    static let limitSeconds = 43_200

    /// Counts from now; a message whose group was waiting for it may let others be received.
    static func set(_ message: QueueMessage, seconds: Int, of queue: Queue, in context: WriteContext) throws {
        try context.database.run(
            "UPDATE sqs_message SET visible = ? WHERE sequence = ?",
            context.now.adding(seconds: seconds).milliseconds, message.sequence)
        if queue.isFIFO, let group = message.group { try MessageGroup.refresh(group, of: queue, in: context) }
        context.signal(queue.signal)
    }
}

extension SQS {
    @Sendable static func changeMessageVisibility(_ input: ChangeMessageVisibilityRequest, in context: WriteContext)
        throws
    {
        let queue = try queue(input.queueUrl, for: "ChangeMessageVisibility", in: context)
        try changeVisibility(input.receiptHandle, input.visibilityTimeout, queue, in: context)
    }

    @Sendable static func changeMessageVisibilityBatch(
        _ input: ChangeMessageVisibilityBatchRequest, in context: WriteContext
    ) throws -> ChangeMessageVisibilityBatchResult {
        let queue = try queue(input.queueUrl, for: "ChangeMessageVisibility", in: context)
        try Batch.check(input.entries.map(\.id), entryType: "ChangeMessageVisibilityBatchRequestEntry")
        var successful: [ChangeMessageVisibilityBatchResultEntry] = []
        let failed = try Batch.perform(input.entries, id: \.id) { entry in
            try changeVisibility(entry.receiptHandle, entry.visibilityTimeout ?? 0, queue, in: context)
            successful.append(ChangeMessageVisibilityBatchResultEntry(id: entry.id))
        }
        return ChangeMessageVisibilityBatchResult(successful: successful, failed: failed)
    }

    private static func changeVisibility(_ text: String, _ seconds: Int, _ queue: Queue, in context: WriteContext)
        throws
    {
        guard (0...Visibility.limitSeconds).contains(seconds) else {
            throw AWSError.invalidParameter(
                "VisibilityTimeout", "\(seconds)", "VisibilityTimeout must be an integer between 0 and 43200.")
        }
        let handle = try ReceiptHandle(text, of: queue, in: context)
        let state = try context.database.first(
            "SELECT receipt, visible FROM sqs_message WHERE sequence = ? AND queue = ?",
            handle.sequence, queue.number
        ) { (receipt: $0.optionalInt64(0), visible: $0.int64(1)) }
        guard let state, let message = try QueueMessage.find(handle.sequence, in: queue, context),
            !queue.isFIFO || state.receipt == handle.receipt
        else {
            throw AWSError.invalidParameter(
                "ReceiptHandle", text, "Message does not exist or is not available for visibility timeout change.")
        }
        if state.visible <= context.now.milliseconds, queue.isFIFO || state.receipt != handle.receipt {
            throw AWSError("MessageNotInflight", "The message referred to isn't in flight.")
        }
        // The twelve hours count from the receive.
        if state.receipt == handle.receipt, state.visible > context.now.milliseconds,
            context.now.milliseconds - handle.received.milliseconds + Int64(seconds) * 1000 > Int64(
                Visibility.limitSeconds) * 1000
        {
            throw AWSError.invalidParameter(
                "VisibilityTimeout", "\(seconds)",
                "Total VisibilityTimeout for the message is beyond the limit [\(Visibility.limitSeconds) seconds].")
        }
        // A handle whose time-out passed is taken without effect while nobody else holds the message.
        guard state.visible > context.now.milliseconds || seconds > 0 else { return }
        try Visibility.set(message, seconds: seconds, of: queue, in: context)
    }
}
