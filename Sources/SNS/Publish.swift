import JSON
import Kernel
import Model

extension SNS {
    @Sendable static func publish(_ input: PublishInput, in context: WriteContext) throws -> PublishResponse {
        if let number = input.phoneNumber, input.topicArn == nil, input.targetArn == nil {
            return PublishResponse(messageId: try Outbox.text(input.json, to: number, in: context))
        }
        guard let target = input.topicArn ?? input.targetArn else {
            throw AWSError.invalidParameter("TopicArn or TargetArn Reason: no value for required parameter")
        }
        let member = input.topicArn == nil ? "TargetArn" : "TopicArn"
        if let arn = ARN(target), arn.service == "sns", arn.resource.hasPrefix("endpoint/") {
            return PublishResponse(messageId: try Outbox.push(input.json, to: arn, in: context))
        }
        // An empty message is refused before the topic is looked at.
        guard !input.message.isEmpty else { throw AWSError.invalidParameter("Empty message") }
        let topic = try topic(target, member: member, for: "Publish", in: context)
        let published = try publish(try PublishedMessage(input.json, topic: topic), to: topic, in: context)
        return PublishResponse(messageId: published.messageID, sequenceNumber: published.sequenceNumber)
    }

    @Sendable static func publishBatch(_ input: PublishBatchInput, in context: WriteContext) throws
        -> PublishBatchResponse
    {
        let entries = input.publishBatchRequestEntries
        try checkIDs(entries.map(\.id))
        let topic = try topic(input.topicArn, for: "Publish", in: context)
        let byteCount = entries.reduce(0) {
            $0 + $1.message.utf8.count + MessageAttributes.byteCount($1.json["MessageAttributes"]?.object)
        }
        guard byteCount <= PublishedMessage.byteLimit else {
            throw AWSError(
                "BatchRequestTooLongException",
                "The length of all the messages put together is more than the limit.")
        }
        let (messages, failed) = try checked(entries, topic)
        var successful: [PublishBatchResultEntry] = []
        for (id, message) in messages {
            let published = try publish(message, to: topic, in: context)
            successful.append(
                PublishBatchResultEntry(
                    id: id, messageId: published.messageID, sequenceNumber: published.sequenceNumber))
        }
        return PublishBatchResponse(successful: successful, failed: failed)
    }

    /// A wrong entry fails them all, but for the subject, and the texts of protocols, in a message to a standard topic
    /// (recorded behaviour).
    private static func checked(_ entries: [PublishBatchRequestEntry], _ topic: StoredTopic) throws
        -> (messages: [(id: String, message: PublishedMessage)], failed: [BatchResultErrorEntry])
    {
        var messages: [(id: String, message: PublishedMessage)] = []
        var failed: [BatchResultErrorEntry] = []
        let ofOneEntry = topic.isFIFO ? [] : PublishedMessage.structureErrors + [PublishedMessage.subjectError]
        for entry in entries {
            do {
                messages.append((entry.id, try PublishedMessage(entry.json, topic: topic)))
            } catch let error as AWSError where ofOneEntry.contains(error) {
                failed.append(
                    BatchResultErrorEntry(
                        id: entry.id, code: "InvalidParameter", message: error.message, senderFault: true))
            }
        }
        return (messages, failed)
    }

    private static func checkIDs(_ ids: [String]) throws {
        guard !ids.isEmpty else {
            throw AWSError("EmptyBatchRequestException", "The batch request doesn't contain any entries.")
        }
        guard ids.count <= 10 else {
            throw AWSError(
                "TooManyEntriesInBatchRequestException", "The batch request contains more entries than permissible.")
        }
        for id in ids {
            guard id.utf8.count <= 80 else {
                throw AWSError(
                    "InvalidBatchEntryIdException", "The Id of a batch entry in the batch request is too long: \(id)")
            }
            guard !id.isEmpty, id.utf8.allSatisfy(isNameByte) else {
                throw AWSError(
                    "InvalidBatchEntryIdException",
                    "The Id of a batch entry in the batch request contains an impermissible character: \(id)")
            }
        }
        guard Set(ids).count == ids.count else {
            throw AWSError(
                "BatchEntryIdsNotDistinctException",
                "Two or more batch entries in the request have the same Id.")
        }
    }

    /// Keeps the message and delivers it to everybody who is to have it.
    static func publish(_ message: PublishedMessage, to topic: StoredTopic, in context: WriteContext) throws
        -> (messageID: String, sequenceNumber: String?)
    {
        if let key = topic.text("KmsMasterKeyId") {
            throw AWSError("KMSNotFoundException", "The request was rejected because the key \(key) can't be found.")
        }
        if let id = message.deduplicationID,
            let earlier = try Deduplication.find(id, group: message.group ?? "", on: topic, in: context)
        {
            return (earlier.messageID, StoredTopic.sequenceNumber(earlier.sequence))
        }
        let messageID = context.random.uuid()
        let sequence = topic.isFIFO ? try topic.nextSequence(in: context) : nil
        if let id = message.deduplicationID, let sequence {
            try Deduplication.remember(
                id, group: message.group ?? "", messageID: messageID, sequence: sequence, on: topic, in: context)
        }
        let message = try DataProtection.admitted(message, to: topic)
        let content = message.content(messageID: messageID, topic: topic, sequence: sequence, in: context)
        let released = try DataProtection.released(content, from: topic)
        try context.noteCause(
            "published", topic.arn.description,
            detail: .object(["operation": "Publish", "messageId": .string(messageID)]))
        let publication = try context.publish(from: topic.arn, messageID: messageID, content: released)
        if topic.isFIFO, topic.text("ArchivePolicy") != nil {
            try Archive.keep(content, sequence: sequence ?? 0, of: topic, in: context)
        }
        if released[DataProtection.heldBack] == nil { try FanOut.begin(publication, released, topic, in: context) }
        return (messageID, sequence.map(StoredTopic.sequenceNumber))
    }
}
