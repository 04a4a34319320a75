import JSON
import Kernel
import Model

/// Looking into a queue without receiving, at the address that LocalStack has for it: `/_aws/sqs/messages?QueueUrl=URL` or
/// `/_aws/sqs/messages/REGION/ACCOUNT/NAME`, with `ShowInvisible=true` and `ShowDelayed=true` for those that cannot be
/// received now.
extension SQS {
    private static let shownLimit = 1000

    @Sendable static func showMessages(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        let queue = try shownQueue(request, in: context)
        func isAsked(_ name: String) -> Bool { ["true", "1"].contains(request.query[name]?.lowercased()) }
        let showsInvisible = isAsked("ShowInvisible")
        let held = queue.isFIFO && !showsInvisible ? try heldGroups(queue, in: context) : [:]
        var messages: [JSON] = []
        try context.database.query(
            """
            SELECT sequence, sent, message_id, body, attributes, system_attributes, sender, message_group,
                deduplication_id, receives, first_received, visible > ?1, receipt IS NOT NULL
            FROM sqs_message
            WHERE queue = ?2 AND (visible <= ?1 OR CASE WHEN receipt IS NULL THEN ?3 ELSE ?4 END)
            ORDER BY sequence LIMIT ?5
            """, context.now.milliseconds, queue.number, isAsked("ShowDelayed"), showsInvisible, shownLimit
        ) { row in
            let message = try QueueMessage(row)
            guard !message.isExpired(in: queue, at: context.now) else { return }
            if let group = message.group, let first = held[group], message.sequence > first { return }
            messages.append(shown(message, queue, isHidden: row.bool(11), isInFlight: row.bool(12)))
        }
        return .output(.object(["Messages": .array(messages)]))
    }

    private static func shown(_ message: QueueMessage, _ queue: Queue, isHidden: Bool, isInFlight: Bool) -> JSON {
        let received = ReceivedMessage(message: message, receipt: 0, moment: message.sent)
        let json = ReceiveRequest.everything.json(received, queue, handle: "SQS/BACKDOOR/ACCESS")
        guard var object = json.object, var attributes = object["Attributes"]?.object else { return json }
        attributes["IsVisible"] = .string(String(!(isHidden && isInFlight)))
        attributes["IsDelayed"] = .string(String(isHidden && !isInFlight))
        object["Attributes"] = .object(attributes)
        return .object(object)
    }

    /// Groups of a FIFO queue that wait for a message in flight: those behind it cannot be received either.
    private static func heldGroups(_ queue: Queue, in context: ReadContext) throws -> [String: Int64] {
        var held: [String: Int64] = [:]
        try context.database.query(
            """
            SELECT message_group, min(sequence) FROM sqs_message
            WHERE queue = ? AND min(visible, sent + ?) > ? AND receipt IS NOT NULL AND message_group IS NOT NULL
            GROUP BY message_group
            """, queue.number, queue.settings.retentionSeconds * 1000, context.now.milliseconds
        ) { held[$0.text(0)] = $0.int64(1) }
        return held
    }

    @Sendable static func dropMessages(_ request: PageRequest, in context: WriteContext) throws -> PageAnswer {
        let queue = try shownQueue(request, in: context)
        context.forget(queue.address.cacheKey)
        try context.database.run(
            "UPDATE sqs_queue SET number = ? WHERE account = ? AND region = ? AND name = ?",
            try Queue.nextNumber(in: context), queue.address.account, queue.address.region, queue.address.name)
        try AbandonedMessages.schedule(queue, in: context)
        try context.record(.changed, queue.arn, operation: "PurgeQueue")
        // Those who wait are to wait for the messages that come now.
        context.signalAll(queue.signal)
        return .json([:])
    }

    private static func shownQueue(_ request: PageRequest, in context: ReadContext) throws -> Queue {
        guard let queue = try shownAddress(request, in: context).flatMap({ try Queue.find($0, in: context) }) else {
            throw AWSError.queueDoesNotExist
        }
        return queue
    }

    private static func shownAddress(_ request: PageRequest, in context: ReadContext) throws -> QueueAddress? {
        if let url = request.query["QueueUrl"] { return try QueueAddress(url: url, caller: context.caller) }
        let parts = request.rest.split(separator: "/").map(String.init)
        return parts.count == 3 ? QueueAddress(account: parts[1], region: parts[0], name: parts[2]) : nil
    }
}
