import JSON
import Kernel
import Model
import SQLite

extension SQS {
    private static let nameLimit = 80

    @Sendable static func createQueue(_ input: CreateQueueRequest, in context: WriteContext) throws
        -> CreateQueueResult
    {
        let attributes = input.attributes ?? MapView([])
        let address = QueueAddress(account: context.account, region: context.region, name: input.queueName)
        context.access("sqs:CreateQueue", on: address.arn.description)
        let isFIFO = try checkName(input.queueName, attributes["FifoQueue"])
        if let queue = try Queue.find(address, in: context) {
            try checkSame(queue, attributes, in: context)
            return CreateQueueResult(queueUrl: address.url(for: context.caller))
        }
        try checkDeleted(address, in: context)
        var settings = QueueSettings()
        try settings.apply(attributes, to: address, isFIFO: isFIFO, in: context)
        let queue = Queue(
            address: address, number: try Queue.nextNumber(in: context), isFIFO: isFIFO, created: context.now,
            modified: context.now, settings: settings)
        try queue.save(in: context)
        try context.record(.created, queue.arn, operation: "CreateQueue")
        if let tags = input.tags { try setTags(tags, on: queue, in: context) }
        try noteEncryption(queue, in: context)
        return CreateQueueResult(queueUrl: address.url(for: context.caller))
    }

    /// A name is free a minute after its queue was deleted; here only where the server is told so, since tests make their
    /// queues anew all the time.
    private static func checkDeleted(_ address: QueueAddress, in context: WriteContext) throws {
        guard context.holdsDeletedNames else { return }
        let isHeld = try context.database.first(
            "SELECT 1 FROM sqs_deleted_queue WHERE account = ? AND region = ? AND name = ? AND deleted > ?",
            address.account, address.region, address.name, context.now.adding(seconds: -60).milliseconds
        ) { _ in true }
        guard isHeld != true else {
            throw AWSError(
                "QueueDeletedRecently",
                "You must wait 60 seconds after deleting a queue before you can create another with the same name.")
        }
    }

    /// - Returns: whether the queue is to be a FIFO queue.
    private static func checkName(_ name: String, _ fifo: String?) throws -> Bool {
        let isFIFO = try fifo.map { try QueueSettings.bool($0, "FifoQueue") } ?? false
        guard isFIFO || fifo == nil else { throw AWSError.unknownAttribute("FifoQueue") }
        let base = name.hasSuffix(".fifo") ? name.dropLast(5) : name[...]
        let isGood = !base.isEmpty && name.utf8.count <= nameLimit && base.utf8.allSatisfy(isNameByte)
        if isFIFO, !isGood || !name.hasSuffix(".fifo") {
            throw AWSError.invalidParameter(
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with "
                    + ".fifo suffix and be 1 to 80 in length.")
        }
        guard isGood, isFIFO || !name.hasSuffix(".fifo") else {
            throw AWSError.invalidParameter(
                "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
        }
        return isFIFO
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// A queue that exists is made again only with what it has, in whatever spelling; what is not given does not matter.
    private static func checkSame(_ queue: Queue, _ attributes: MapView<String>, in context: ReadContext) throws {
        func values(_ queue: Queue) -> [String: String] {
            Dictionary(uniqueKeysWithValues: queue.attributes.map { ($0.name, $0.value) })
        }
        var wanted = queue
        try wanted.settings.apply(attributes, to: queue.address, isFIFO: queue.isFIFO, in: context)
        let (present, given) = (values(queue), values(wanted))
        for (name, _) in attributes.entries where !isSame(present[name], given[name]) {
            throw AWSError(
                "QueueNameExists",
                "A queue already exists with the same name and a different value for attribute \(name)")
        }
    }

    private static func isSame(_ one: String?, _ other: String?) -> Bool {
        if one == other { return true }
        guard let one, let other, let policy = try? JSON(parsing: one), policy.object != nil else { return false }
        return policy == (try? JSON(parsing: other))
    }

    @Sendable static func deleteQueue(_ input: DeleteQueueRequest, in context: WriteContext) throws {
        let queue = try queue(input.queueUrl, for: "DeleteQueue", in: context)
        context.forget(queue.address.cacheKey)
        try context.database.run(
            "DELETE FROM sqs_move_task WHERE account = ? AND region = ? AND source = ?", queue.address.account,
            queue.address.region, queue.arn.description)
        try context.database.run(
            "DELETE FROM sqs_queue WHERE account = ? AND region = ? AND name = ?", queue.address.account,
            queue.address.region, queue.address.name)
        if context.holdsDeletedNames {
            try context.database.run(
                "INSERT OR REPLACE INTO sqs_deleted_queue (account, region, name, deleted) VALUES (?, ?, ?, ?)",
                queue.address.account, queue.address.region, queue.address.name, context.now.milliseconds)
        }
        try AbandonedMessages.schedule(queue, in: context)
        try context.removeTags(of: queue.arn)
        try context.record(.deleted, queue.arn, operation: "DeleteQueue")
        context.signalAll(queue.signal)
    }

    @Sendable static func getQueueUrl(_ input: GetQueueUrlRequest, in context: ReadContext) throws -> GetQueueUrlResult
    {
        let address = QueueAddress(
            account: input.queueOwnerAWSAccountId ?? context.account, region: context.region, name: input.queueName)
        let queue = try queue(address, for: "GetQueueUrl", in: context)
        return GetQueueUrlResult(queueUrl: queue.address.url(for: context.caller))
    }

    @Sendable static func listQueues(_ input: ListQueuesRequest, in context: ReadContext) throws -> ListQueuesResult {
        context.access("sqs:ListQueues", on: context.arn("*").description)
        let limit = try pageSize(input.maxResults, token: input.nextToken)
        let start = try position(input.nextToken, "ListQueues", in: context)
        let prefix = input.queueNamePrefix ?? ""
        var names: [String] = []
        try context.database.query(
            """
            SELECT name FROM sqs_queue WHERE account = ? AND region = ? AND name > ? AND substr(name, 1, length(?4)) = ?4
            ORDER BY name LIMIT ?
            """, context.account, context.region, start, prefix, limit + 1
        ) { names.append($0.text(0)) }
        let page = names.prefix(limit)
        let urls = page.map {
            QueueAddress(account: context.account, region: context.region, name: $0).url(for: context.caller)
        }
        let more = names.count > limit && input.maxResults != nil
        return ListQueuesResult(
            queueUrls: urls.isEmpty ? nil : urls,
            nextToken: more ? context.token(for: page.last ?? "", purpose: "ListQueues") : nil)
    }

    @Sendable static func listDeadLetterSourceQueues(
        _ input: ListDeadLetterSourceQueuesRequest, in context: ReadContext
    ) throws -> ListDeadLetterSourceQueuesResult {
        let queue = try queue(input.queueUrl, for: "ListDeadLetterSourceQueues", in: context)
        let limit = try pageSize(input.maxResults, token: input.nextToken)
        let start = try position(input.nextToken, "ListDeadLetterSourceQueues", in: context)
        let sources = try queue.sources(in: context).filter { $0.name > start }
        let page = sources.prefix(limit)
        let more = sources.count > limit && input.maxResults != nil
        return ListDeadLetterSourceQueuesResult(
            queueUrls: page.map { $0.url(for: context.caller) },
            nextToken: more
                ? context.token(for: page.last?.name ?? "", purpose: "ListDeadLetterSourceQueues") : nil)
    }

    private static func pageSize(_ maximum: Int?, token: String?) throws -> Int {
        guard let maximum else {
            guard token == nil else {
                throw AWSError.invalidParameter(
                    "MaxResults is a mandatory parameter when you provide a value for NextToken.")
            }
            return 1000
        }
        guard (1...1000).contains(maximum) else {
            throw AWSError.invalidParameter("MaxResults", "\(maximum)", "Must be an integer from 1 to 1000.")
        }
        return maximum
    }

    private static func position(_ token: String?, _ purpose: String, in context: ReadContext) throws -> String {
        guard let token else { return "" }
        guard let position = context.position(in: token, purpose: purpose) else {
            throw AWSError.invalidParameter("NextToken", token, "Invalid or expired next token.")
        }
        return position
    }

    @Sendable static func getQueueAttributes(
        _ input: GetQueueAttributesRequest, in context: ReadContext
    ) throws -> GetQueueAttributesResult {
        let queue = try queue(input.queueUrl, for: "GetQueueAttributes", in: context)
        // By their text: a name that AWS does not know is an error and must not be passed over.
        let asked = (input.json["AttributeNames"]?.array ?? []).compactMap(\.string)
        for name in asked where name != "All" && QueueAttributeName(rawValue: name) == nil {
            throw AWSError.unknownAttribute(name)
        }
        guard !asked.isEmpty else { return GetQueueAttributesResult() }
        let counts = try MessageCounts(queue, in: context)
        let all = queue.attributes + counts.attributes
        let shown = asked.contains("All") ? all : all.filter { asked.contains($0.name) }
        guard !shown.isEmpty else { return GetQueueAttributesResult() }
        return GetQueueAttributesResult(attributes: MapView(shown.map { ($0.name, $0.value) }))
    }

    @Sendable static func setQueueAttributes(
        _ input: SetQueueAttributesRequest, in context: WriteContext
    ) throws {
        var queue = try queue(input.queueUrl, for: "SetQueueAttributes", in: context)
        guard !input.attributes.entries.isEmpty else { throw AWSError.missingParameter("Attribute.Name") }
        let before = queue.settings
        try queue.settings.apply(input.attributes, to: queue.address, isFIFO: queue.isFIFO, in: context)
        queue.modified = context.now
        try queue.save(in: context)
        let laterSeconds = queue.settings.delaySeconds - before.delaySeconds
        if queue.isFIFO, laterSeconds != 0 || queue.settings.retentionSeconds != before.retentionSeconds {
            if laterSeconds != 0 { try MessageGroup.delayChanged(by: laterSeconds, queue, in: context) }
            try MessageGroup.refreshAll(of: queue, in: context)
        }
        try context.record(
            .changed, queue.arn, operation: "SetQueueAttributes",
            detail: .object(["attributes": .array(input.attributes.entries.map { .string($0.key) })]))
        try noteEncryption(queue, in: context)
    }

    @Sendable static func purgeQueue(_ input: PurgeQueueRequest, in context: WriteContext) throws {
        let queue = try queue(input.queueUrl, for: "PurgeQueue", in: context)
        let address = queue.address
        context.forget(address.cacheKey)
        let purged = try context.database.run(
            """
            UPDATE sqs_queue SET purged = ?1, number = ?2 WHERE account = ?3 AND region = ?4 AND name = ?5
            AND (purged IS NULL OR purged <= ?1 - 60000)
            """, context.now.milliseconds, try Queue.nextNumber(in: context), address.account, address.region,
            address.name)
        guard purged > 0 else {
            throw AWSError(
                "PurgeQueueInProgress",
                "Only one PurgeQueue operation on \(address.name) is allowed every 60 seconds.", status: 403)
        }
        try AbandonedMessages.schedule(queue, in: context)
        try context.record(.changed, queue.arn, operation: "PurgeQueue")
        context.signalAll(queue.signal)
    }

    private static func noteEncryption(_ queue: Queue, in context: WriteContext) throws {
        guard let key = queue.settings.kmsKey else { return }
        try context.notEnforced(
            queue.arn.description, reason: "messages are not encrypted with the KMS key \(key): KMS is not served")
    }
}

/// How many messages a queue holds.
struct MessageCounts {
    var available = 0
    var inFlight = 0
    var delayed = 0

    init(_ queue: Queue, in context: ReadContext) throws {
        let now = context.now.milliseconds
        let oldest = now - Int64(queue.settings.retentionSeconds) * 1000
        available =
            try context.database.first(
                "SELECT count(*) FROM sqs_message WHERE queue = ? AND visible <= ? AND sent > ?", queue.number, now,
                oldest
            ) { $0.int(0) } ?? 0
        try context.database.query(
            """
            SELECT count(receipt), count(*) - count(receipt) FROM sqs_message
            WHERE queue = ? AND visible > ? AND sent > ?
            """, queue.number, now, oldest
        ) { row in
            inFlight = row.int(0)
            delayed = row.int(1)
        }
    }

    var attributes: [(name: String, value: String)] {
        [
            ("ApproximateNumberOfMessages", String(available)),
            ("ApproximateNumberOfMessagesNotVisible", String(inFlight)),
            ("ApproximateNumberOfMessagesDelayed", String(delayed)),
        ]
    }
}
