import JSON
import Kernel
import Model
import Synchronization

extension SQS {
    @Sendable static func receiveMessage(_ input: ReceiveMessageRequest, in context: WriteContext) throws
        -> Answer<ReceiveMessageResult>
    {
        let queue = try queue(input.queueUrl, for: "ReceiveMessage", in: context)
        let request = try ReceiveRequest(input, queue)
        if let attempt = request.attemptID, queue.isFIFO,
            let again = try ReceiveAttempt.find(attempt, of: queue, request, in: context)
        {
            return .done(request.output(again, queue, in: context))
        }
        let received = try request.receive(from: queue, in: context)
        guard !received.isEmpty else {
            guard request.waitSeconds > 0 else { return .done(ReceiveMessageResult()) }
            let wait = Wait(
                key: queue.signal, seconds: request.waitSeconds, next: try nextVisible(queue, in: context))
            return .wait(wait, otherwise: ReceiveMessageResult())
        }
        if let attempt = request.attemptID, queue.isFIFO {
            try ReceiveAttempt.remember(attempt, received, of: queue, in: context)
        }
        try context.note(.received, queue, received.map(\.message.messageID), operation: "ReceiveMessage")
        // Others may be waiting for what became visible with these.
        if context.isAwaited(queue.signal), let next = try nextVisible(queue, in: context), next <= context.now {
            context.signal(queue.signal)
        }
        return .done(request.output(received, queue, in: context))
    }

    /// When there is something to receive, as far as it is known now.
    private static func nextVisible(_ queue: Queue, in context: ReadContext) throws -> Timestamp? {
        let next =
            queue.isFIFO
            ? try context.database.first(
                "SELECT visible FROM sqs_group WHERE queue = ? ORDER BY visible LIMIT 1", queue.number
            ) { $0.int64(0) }
            : try context.database.first(
                "SELECT visible FROM sqs_message WHERE queue = ? ORDER BY visible LIMIT 1", queue.number
            ) { $0.int64(0) }
        return next.map { Timestamp(milliseconds: $0) }
    }
}

/// A message together with the receipt that this receive gave it.
struct ReceivedMessage {
    let message: QueueMessage
    let receipt: Int64
    /// When it gave it.
    let moment: Timestamp
}

/// What ReceiveMessage asks for.
struct ReceiveRequest {
    private let limit: Int
    let visibilitySeconds: Int
    let waitSeconds: Int
    let attemptID: String?
    private let systemAttributes: Set<String>
    private let attributes: [String]

    private static let inFlightLimit = 120_000
    private static let inFlightLimitFIFO = 120_000

    init(_ input: ReceiveMessageRequest, _ queue: Queue) throws {
        limit = input.maxNumberOfMessages ?? 1
        guard (1...10).contains(limit) else {
            throw AWSError.invalidParameter(
                "MaxNumberOfMessages", "\(limit)", "Must be between 1 and 10, if provided.")
        }
        waitSeconds = input.waitTimeSeconds ?? queue.settings.waitSeconds
        guard (0...20).contains(waitSeconds) else {
            throw AWSError.invalidParameter(
                "WaitTimeSeconds", "\(waitSeconds)", "Must be >= 0 and <= 20, if provided.")
        }
        visibilitySeconds = input.visibilityTimeout ?? queue.settings.visibilitySeconds
        guard (0...43_200).contains(visibilitySeconds) else {
            throw AWSError.invalidParameter(
                "VisibilityTimeout", "\(visibilitySeconds)", "Must be >= 0 and <= 43200, if provided.")
        }
        attemptID = input.receiveRequestAttemptId
        if let attemptID, queue.isFIFO { try OutgoingMessage.check(attemptID, "ReceiveRequestAttemptId") }
        // By their texts: a name that AWS does not know is an error and must not be passed over.
        let names = ["AttributeNames", "MessageSystemAttributeNames"].flatMap {
            (input.json[$0]?.array ?? []).compactMap(\.string)
        }
        for name in names
        where MessageSystemAttributeName(rawValue: name) == nil && QueueAttributeName(rawValue: name) == nil {
            throw AWSError.unknownAttribute(name)
        }
        systemAttributes = Set(names)
        attributes = (input.json["MessageAttributeNames"]?.array ?? []).compactMap(\.string)
    }

    /// Shows all of a message.
    static let everything = ReceiveRequest()

    private init() {
        limit = 10
        visibilitySeconds = 0
        waitSeconds = 0
        attemptID = nil
        systemAttributes = ["All"]
        attributes = ["All"]
    }

    /// Takes messages out of sight; those that were received too often go to the dead-letter queue, old ones vanish.
    func receive(from queue: Queue, in context: WriteContext) throws -> [ReceivedMessage] {
        try checkInFlight(queue, in: context)
        var received: [ReceivedMessage] = []
        while received.count < limit {
            let wanted = limit - received.count
            let found =
                queue.isFIFO
                ? try MessageGroup.available(in: queue, limit: wanted, in: context)
                : try FairQueue.available(in: queue, limit: wanted, in: context)
            var groups: Set<String> = []
            for message in found {
                if message.isExpired(in: queue, at: context.now) {
                    try message.delete(from: queue, in: context)
                } else if let redrive = queue.settings.redrive, message.receives >= redrive.maximumReceives,
                    try DeadLetters.move(message, from: queue, redrive, in: context)
                {
                    continue
                } else {
                    received.append(try take(message, in: context))
                    if let group = message.group { groups.insert(group) }
                }
            }
            if queue.isFIFO {
                for group in groups { try MessageGroup.refresh(group, of: queue, in: context) }
            }
            // Fewer than wanted: there are no more, and what is received with no time-out must not come twice.
            if found.count < wanted || visibilitySeconds == 0 && !received.isEmpty { break }
        }
        return received
    }

    /// How many messages a queue may still give before those in flight must be counted again.
    private final class Room: Sendable {
        private let left: Mutex<Int>

        init(_ left: Int) { self.left = Mutex(left) }

        /// False where there is none left.
        func take(_ count: Int) -> Bool {
            left.withLock { left in
                left -= count
                return left >= 0
            }
        }
    }

    /// Counts the messages in flight, as seldom as it can be done: a hundred thousand take milliseconds.
    private func checkInFlight(_ queue: Queue, in context: WriteContext) throws {
        let key = "sqs room \(queue.number)"
        func counted() throws -> Room? {
            let inFlight = try context.database.first(
                "SELECT count(*) FROM sqs_message WHERE queue = ? AND visible > ? AND receipt IS NOT NULL",
                queue.number, context.now.milliseconds
            ) { $0.int(0) }
            return Room((queue.isFIFO ? Self.inFlightLimitFIFO : Self.inFlightLimit) - (inFlight ?? 0))
        }
        if try context.cached(key, read: counted)?.take(limit) == true { return }
        context.forget(key)
        guard try counted()?.take(1) == true else {
            throw AWSError("OverLimit", "Too many messages in flight for this queue.", status: 403)
        }
    }

    private func take(_ message: QueueMessage, in context: WriteContext) throws -> ReceivedMessage {
        var message = message
        message.receives += 1
        message.firstReceived = message.firstReceived ?? context.now
        let receipt = Int64(bitPattern: context.random.next() >> 1)
        try context.database.run(
            "UPDATE sqs_message SET visible = ?, receives = ?, first_received = ?, receipt = ? WHERE sequence = ?",
            context.now.adding(seconds: visibilitySeconds).milliseconds, message.receives,
            message.firstReceived?.milliseconds, receipt, message.sequence)
        return ReceivedMessage(message: message, receipt: receipt, moment: context.now)
    }

    // MARK: Output

    func output(_ received: [ReceivedMessage], _ queue: Queue, in context: ReadContext) -> ReceiveMessageResult {
        ReceiveMessageResult(
            messages: received.map { received in
                let handle = ReceiptHandle(
                    queue: queue.number, sequence: received.message.sequence, receipt: received.receipt,
                    received: received.moment)
                return Message(json: json(received, queue, handle: handle.text(of: queue, in: context)))
            })
    }

    func json(_ received: ReceivedMessage, _ queue: Queue, handle: String) -> JSON {
        let message = received.message
        var json = JSONObject([
            ("MessageId", .string(message.messageID)), ("ReceiptHandle", .string(handle)),
            ("MD5OfBody", .string(Digest.md5(message.body))), ("Body", .string(message.body)),
        ])
        let system = systemAttributes(of: message, queue)
        if !system.isEmpty { json["Attributes"] = .object(system) }
        if let picked = message.attributes?.picked(by: attributes) {
            json["MD5OfMessageAttributes"] = .string(picked.md5)
            json["MessageAttributes"] = .object(picked.json)
        }
        return .object(json)
    }

    private func systemAttributes(of message: QueueMessage, _ queue: Queue) -> JSONObject {
        guard !systemAttributes.isEmpty else { return JSONObject() }
        var all = JSONObject([
            ("SenderId", .string(message.sender)), ("SentTimestamp", .string(String(message.sent.milliseconds))),
            ("ApproximateReceiveCount", .string(String(message.receives))),
            (
                "ApproximateFirstReceiveTimestamp",
                .string(String(message.firstReceived?.milliseconds ?? message.sent.milliseconds))
            ),
        ])
        if queue.isFIFO { all["SequenceNumber"] = .string(message.sequenceNumber) }
        if let id = message.deduplicationID { all["MessageDeduplicationId"] = .string(id) }
        if let group = message.group { all["MessageGroupId"] = .string(group) }
        for attribute in message.systemAttributes { all[attribute.name] = attribute.value }
        guard !systemAttributes.contains("All") else { return all }
        return JSONObject(all.filter { systemAttributes.contains($0.name) }.map { ($0.name, $0.value) })
    }
}
