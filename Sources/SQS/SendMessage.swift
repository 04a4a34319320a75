import JSON
import Kernel
import Model

extension SQS {
    @Sendable static func sendMessage(_ input: SendMessageRequest, in context: WriteContext) throws
        -> SendMessageResult
    {
        let queue = try queue(input.queueUrl, for: "SendMessage", in: context)
        let message = try OutgoingMessage(input.json, to: queue, in: context)
        guard message.byteCount <= queue.settings.maximumMessageBytes else {
            throw AWSError.invalidParameter(
                "One or more parameters are invalid. Reason: Message must be shorter than "
                    + "\(queue.settings.maximumMessageBytes) bytes.")
        }
        let sent = try message.send(to: queue, in: context)
        try context.note(.sent, queue, [sent.messageID], operation: "SendMessage")
        return SendMessageResult(
            mD5OfMessageBody: Digest.md5(message.body), mD5OfMessageAttributes: message.attributes?.md5,
            mD5OfMessageSystemAttributes: message.systemAttributesMD5, messageId: sent.messageID,
            sequenceNumber: sent.sequenceNumber)
    }

    @Sendable static func sendMessageBatch(_ input: SendMessageBatchRequest, in context: WriteContext) throws
        -> SendMessageBatchResult
    {
        let queue = try queue(input.queueUrl, for: "SendMessage", in: context)
        try Batch.check(input.entries.map(\.id), entryType: "SendMessageBatchRequestEntry")
        try checkGroups(input.entries, queue)
        let byteCount = input.entries.reduce(0) { $0 + OutgoingMessage.byteCount($1.json) }
        guard byteCount <= Batch.byteLimit else {
            throw AWSError(
                "BatchRequestTooLong",
                "Batch requests cannot be longer than \(Batch.byteLimit) bytes. You have sent \(byteCount) bytes.")
        }
        var successful: [SendMessageBatchResultEntry] = []
        let failed = try Batch.perform(input.entries, id: \.id) { entry in
            // Not called as in SendMessage.
            guard !entry.messageBody.isEmpty else {
                throw AWSError("EmptyValue", AWSError.missingParameter("MessageBody").message ?? "")
            }
            let message = try OutgoingMessage(entry.json, to: queue, in: context)
            guard message.byteCount <= queue.settings.maximumMessageBytes else {
                throw AWSError.invalidParameter(
                    "One or more parameters cannot be validated. Reason: Message must be shorter than "
                        + "\(queue.settings.maximumMessageBytes) bytes.")
            }
            let sent = try message.send(to: queue, in: context)
            successful.append(
                SendMessageBatchResultEntry(
                    id: entry.id, messageId: sent.messageID, mD5OfMessageBody: Digest.md5(message.body),
                    mD5OfMessageAttributes: message.attributes?.md5,
                    mD5OfMessageSystemAttributes: message.systemAttributesMD5, sequenceNumber: sent.sequenceNumber))
        }
        if !successful.isEmpty {
            try context.note(.sent, queue, successful.map(\.messageId), operation: "SendMessageBatch")
        }
        return SendMessageBatchResult(successful: successful, failed: failed)
    }

    /// What a FIFO queue must know of every entry fails the whole batch, and by other names than in SendMessage.
    private static func checkGroups(_ entries: [SendMessageBatchRequestEntry], _ queue: Queue) throws {
        guard queue.isFIFO else { return }
        for entry in entries {
            guard entry.messageGroupId != nil else {
                throw AWSError.invalidParameter("The request must contain the parameter MessageGroupId.")
            }
            guard entry.messageDeduplicationId != nil || queue.settings.contentBasedDeduplication else {
                throw OutgoingMessage.noDeduplicationID
            }
        }
    }
}

/// A message as it was given to be sent, checked against the rules of its queue.
struct OutgoingMessage {
    let body: String
    let attributes: MessageAttributes?
    let systemAttributes: JSONObject
    /// In what was sent; only `AWSTraceHeader` can be.
    let systemAttributesMD5: String?
    let group: String?
    let deduplicationID: String?
    /// Nil takes the queue's.
    let delaySeconds: Int?

    static let noDeduplicationID = AWSError.invalidParameter(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly")

    /// - Parameter input: of SendMessage or of an entry of SendMessageBatch, which have the same members.
    init(_ input: JSON, to queue: Queue, in context: ReadContext) throws {
        body = input["MessageBody"]?.string ?? ""
        guard !body.isEmpty else { throw AWSError.missingParameter("MessageBody") }
        guard MessageText.isAllowed(body) else { throw MessageText.invalid }
        attributes = try MessageAttributes(input["MessageAttributes"])
        (systemAttributes, systemAttributesMD5) = try Self.systemAttributes(
            input["MessageSystemAttributes"], traceHeader: context.caller.traceHeader)
        group = try Self.identifier("MessageGroupId", input)
        let givenID = try Self.identifier("MessageDeduplicationId", input)
        delaySeconds = try Self.delay(input["DelaySeconds"]?.int, queue)
        guard queue.isFIFO else {
            if let givenID { throw Self.notForThisType("MessageDeduplicationId", givenID) }
            deduplicationID = nil
            return
        }
        guard group != nil else { throw AWSError.missingParameter("MessageGroupId") }
        guard givenID != nil || queue.settings.contentBasedDeduplication else { throw Self.noDeduplicationID }
        deduplicationID = givenID ?? Digest.sha256(body)
    }

    /// The trace of a request without one of its own is in its HTTP header.
    private static func systemAttributes(_ sent: JSON?, traceHeader: String?) throws -> (JSONObject, md5: String?) {
        guard let object = sent?.object, !object.isEmpty else {
            guard let traceHeader, !traceHeader.isEmpty else { return (JSONObject(), nil) }
            return (JSONObject([("AWSTraceHeader", .string(traceHeader))]), nil)
        }
        for attribute in object {
            guard attribute.name == "AWSTraceHeader" else {
                throw AWSError.invalidParameter(
                    "Message system attribute name '\(attribute.name)' is invalid. You must use only the following supported "
                        + "names: AWSTraceHeader.")
            }
        }
        guard let header = object["AWSTraceHeader"], header["DataType"] == "String",
            let text = header["StringValue"]?.string, !text.isEmpty
        else {
            throw AWSError.invalidParameter("The value of message system attribute 'AWSTraceHeader' is invalid.")
        }
        return (JSONObject([("AWSTraceHeader", .string(text))]), MessageAttributes(stored: object).md5)
    }

    private static func identifier(_ name: String, _ input: JSON) throws -> String? {
        guard let text = input[name]?.string else { return nil }
        try check(text, name)
        return text
    }

    /// The rule of all ids that clients choose.
    static func check(_ id: String, _ name: String) throws {
        guard (1...128).contains(id.utf8.count), id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw AWSError.invalidParameter(
                name, id, "\(name) can only include alphanumeric and punctuation characters. 1 to 128 in length.")
        }
    }

    private static func delay(_ seconds: Int?, _ queue: Queue) throws -> Int? {
        guard let seconds else { return nil }
        if queue.isFIFO {
            guard seconds == 0 else { throw notForThisType("DelaySeconds", String(seconds)) }
            return nil
        }
        guard (0...900).contains(seconds) else {
            throw AWSError.invalidParameter("DelaySeconds", "\(seconds)", "DelaySeconds must be >= 0 and <= 900.")
        }
        return seconds
    }

    private static func notForThisType(_ name: String, _ value: String) -> AWSError {
        .invalidParameter(
            name, value, "The request include parameter that is not valid for this queue type.")
    }

    // MARK: Size

    var byteCount: Int { body.utf8.count + (attributes?.byteCount ?? 0) }

    /// Before anything is checked.
    static func byteCount(_ input: JSON) -> Int {
        (input["MessageBody"]?.string?.utf8.count ?? 0)
            + MessageAttributes(stored: input["MessageAttributes"]?.object ?? JSONObject()).byteCount
    }

    // MARK: Sending

    struct Sent {
        let messageID: String
        /// Of FIFO queues.
        let sequenceNumber: String?
    }

    /// Puts the message into the queue, unless the queue has it already.
    func send(to queue: Queue, in context: WriteContext) throws -> Sent {
        if let deduplicationID,
            let earlier = try Deduplication.find(deduplicationID, group: group ?? "", in: queue, context)
        {
            return earlier
        }
        let messageID = context.random.uuid()
        let message = QueueMessage(
            sent: context.now, messageID: messageID, body: body, attributes: attributes?.received,
            systemAttributes: systemAttributes, sender: context.principal.userID, group: group,
            deduplicationID: deduplicationID)
        let delay = delaySeconds ?? queue.settings.delaySeconds
        let sequence = try message.insert(into: queue, visible: context.now.adding(seconds: delay), in: context)
        guard let deduplicationID else { return Sent(messageID: messageID, sequenceNumber: nil) }
        try Deduplication.remember(
            deduplicationID, group: group ?? "", messageID: messageID, sequence: sequence, in: queue, context)
        return Sent(messageID: messageID, sequenceNumber: QueueMessage.sequenceNumber(sequence))
    }
}

extension WriteContext {
    enum MessageChange: String {
        case sent = "messageSent"
        case received = "messageReceived"
        case deleted = "messageDeleted"
        case moved = "messageMoved"
    }

    /// Writes what happened to messages of a queue into the journal.
    func note(_ change: MessageChange, _ queue: Queue, _ messageIDs: [String], operation: String) throws {
        try note(
            change.rawValue, queue.arn.description,
            detail: .object([
                "operation": .string(operation), "messageIds": .array(messageIDs.map(JSON.string)),
            ]))
    }
}
