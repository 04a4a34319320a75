import JSON
import Kernel
import Model

/// Looking into a queue without receiving, at the address that LocalStack has for it.
extension SQS {
    private static let shownLimit = 1000

    @Sendable static func showMessages(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        let queue = try shownQueue(request, in: context)
        var messages: [JSON] = []
        try context.database.query(
            """
            SELECT sequence, sent, message_id, body, attributes, system_attributes, sender, message_group,
                deduplication_id, receives, first_received
            FROM sqs_message WHERE queue = ? ORDER BY sequence LIMIT ?
            """, queue.number, shownLimit
        ) { row in
            let message = try QueueMessage(row)
            guard !message.isExpired(in: queue, at: context.now) else { return }
            messages.append(
                ReceiveRequest.everything.json(
                    ReceivedMessage(message: message, receipt: 0), queue, handle: "SQS/BACKDOOR/ACCESS"))
        }
        return .output(.object(["Messages": .array(messages)]), operation: "ReceiveMessage")
    }

    @Sendable static func dropMessages(_ request: PageRequest, in context: WriteContext) throws -> PageAnswer {
        let queue = try shownQueue(request, in: context)
        context.forget(queue.address.cacheKey)
        try context.database.run(
            "UPDATE sqs_queue SET number = ? WHERE account = ? AND region = ? AND name = ?",
            try Queue.nextNumber(in: context), queue.address.account, queue.address.region, queue.address.name)
        try AbandonedMessages.schedule(queue, in: context)
        try context.record(.changed, queue.arn, operation: "PurgeQueue")
        return .json([:])
    }

    private static func shownQueue(_ request: PageRequest, in context: ReadContext) throws -> Queue {
        guard let url = request.query["QueueUrl"] else { throw AWSError.missingParameter("QueueUrl") }
        guard let queue = try Queue.find(QueueAddress(url: url, caller: context.caller), in: context) else {
            throw AWSError.queueDoesNotExist
        }
        return queue
    }
}
