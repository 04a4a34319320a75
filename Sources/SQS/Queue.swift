import JSON
import Kernel
import Model
import SQLite

/// A queue: its row.
struct Queue: Sendable {
    let address: QueueAddress
    let arn: ARN
    /// What its messages hang on.
    let number: Int64
    let isFIFO: Bool
    let created: Timestamp
    var modified: Timestamp
    var settings: QueueSettings

    /// What a waiting receive waits for.
    let signal: String

    static func find(_ address: QueueAddress, in context: ReadContext) throws -> Queue? {
        guard let context = context as? WriteContext else { return try read(address, in: context) }
        return try context.cached(address.cacheKey) { try read(address, in: context) }
    }

    private static func read(_ address: QueueAddress, in context: ReadContext) throws -> Queue? {
        try context.database.first(
            """
            SELECT number, is_fifo, created, modified, delay_seconds, maximum_message_bytes, retention_seconds,
                wait_seconds, visibility_seconds, policy, redrive_policy, dead_letter_queue, maximum_receives,
                redrive_allow_policy, kms_key, kms_reuse_seconds, managed_encryption, content_based_deduplication,
                deduplication_scope, throughput_limit
            FROM sqs_queue WHERE account = ? AND region = ? AND name = ?
            """, address.account, address.region, address.name
        ) { row in
            var settings = QueueSettings()
            settings.delaySeconds = row.int(4)
            settings.maximumMessageBytes = row.int(5)
            settings.retentionSeconds = row.int(6)
            settings.waitSeconds = row.int(7)
            settings.visibilitySeconds = row.int(8)
            settings.policy = row.optionalText(9)
            if let text = row.optionalText(10) {
                settings.redrive = RedrivePolicy(
                    text: text, deadLetterQueue: row.text(11), maximumReceives: row.int(12))
            }
            settings.redriveAllowPolicy = row.optionalText(13)
            settings.kmsKey = row.optionalText(14)
            settings.kmsReuseSeconds = row.optionalInt(15)
            settings.managedEncryption = row.bool(16)
            settings.contentBasedDeduplication = row.bool(17)
            settings.deduplicationScope = row.text(18)
            settings.throughputLimit = row.text(19)
            return Queue(
                address: address, number: row.int64(0), isFIFO: row.bool(1),
                created: Timestamp(milliseconds: row.int64(2)), modified: Timestamp(milliseconds: row.int64(3)),
                settings: settings)
        }
    }

    init(
        address: QueueAddress, number: Int64, isFIFO: Bool, created: Timestamp, modified: Timestamp,
        settings: QueueSettings
    ) {
        self.address = address
        arn = address.arn
        self.number = number
        signal = "sqs \(number)"
        self.isFIFO = isFIFO
        self.created = created
        self.modified = modified
        self.settings = settings
    }

    /// Writes the row, new or changed.
    func save(in context: WriteContext) throws {
        context.forget(address.cacheKey)
        try context.database.run(
            """
            INSERT INTO sqs_queue (account, region, name, number, is_fifo, created, modified, delay_seconds,
                maximum_message_bytes, retention_seconds, wait_seconds, visibility_seconds, policy, redrive_policy,
                dead_letter_queue, maximum_receives, redrive_allow_policy, kms_key, kms_reuse_seconds,
                managed_encryption, content_based_deduplication, deduplication_scope, throughput_limit)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET modified = excluded.modified, delay_seconds = excluded.delay_seconds,
                maximum_message_bytes = excluded.maximum_message_bytes, retention_seconds = excluded.retention_seconds,
                wait_seconds = excluded.wait_seconds, visibility_seconds = excluded.visibility_seconds,
                policy = excluded.policy, redrive_policy = excluded.redrive_policy,
                dead_letter_queue = excluded.dead_letter_queue, maximum_receives = excluded.maximum_receives,
                redrive_allow_policy = excluded.redrive_allow_policy, kms_key = excluded.kms_key,
                kms_reuse_seconds = excluded.kms_reuse_seconds, managed_encryption = excluded.managed_encryption,
                content_based_deduplication = excluded.content_based_deduplication,
                deduplication_scope = excluded.deduplication_scope, throughput_limit = excluded.throughput_limit
            """,
            address.account, address.region, address.name, number, isFIFO, created.milliseconds, modified.milliseconds,
            settings.delaySeconds, settings.maximumMessageBytes, settings.retentionSeconds, settings.waitSeconds,
            settings.visibilitySeconds, settings.policy, settings.redrive?.text, settings.redrive?.deadLetterQueue,
            settings.redrive?.maximumReceives, settings.redriveAllowPolicy, settings.kmsKey, settings.kmsReuseSeconds,
            settings.managedEncryption, settings.contentBasedDeduplication, settings.deduplicationScope,
            settings.throughputLimit)
    }

    /// A number that no queue had before.
    static func nextNumber(in context: WriteContext) throws -> Int64 {
        try context.database.first("UPDATE sqs_number SET last = last + 1 RETURNING last") { $0.int64(0) } ?? 0
    }

    /// Calls `each` with the name and the account of the queues that have this one as their dead-letter queue.
    func sources(in context: ReadContext) throws -> [QueueAddress] {
        var sources: [QueueAddress] = []
        try context.database.query(
            "SELECT account, region, name FROM sqs_queue WHERE dead_letter_queue = ? ORDER BY account, region, name",
            arn.description
        ) { sources.append(QueueAddress(account: $0.text(0), region: $0.text(1), name: $0.text(2))) }
        return sources
    }
}

extension SQS {
    /// What no policy gives to others.
    private static let ownersOnly: Set<String> = [
        "AddPermission", "CancelMessageMoveTask", "CreateQueue", "DeleteQueue", "ListMessageMoveTasks", "ListQueues",
        "ListQueueTags", "RemovePermission", "SetQueueAttributes", "StartMessageMoveTask", "TagQueue", "UntagQueue",
    ]

    /// The queue that a request means, if the caller may do this with it.
    static func queue(_ url: String, for action: String, in context: ReadContext) throws -> Queue {
        guard !url.isEmpty else { throw AWSError.missingParameter("QueueUrl") }
        // A URL of another form is that of no queue (recorded behaviour).
        guard let address = try? QueueAddress(url: url, caller: context.caller) else {
            throw AWSError.queueDoesNotExist
        }
        // AWS's endpoint of one Region takes no queue URL of another.
        guard address.region == context.region || context.caller.isAnonymous || !url.contains(".amazonaws.com/") else {
            throw AWSError.invalidAddress(url)
        }
        return try queue(address, for: action, in: context)
    }

    static func queue(_ address: QueueAddress, for action: String, in context: ReadContext) throws -> Queue {
        context.access("sqs:\(action)", on: address.arn.description)
        let queue = try Queue.find(address, in: context)
        if address.account != context.account {
            let request = PolicyRequest(
                principal: .principal(context.principal), action: "sqs:\(action)", resource: address.arn.description,
                conditions: ["aws:SourceAccount": [context.account]])
            let verdict = queue?.settings.policy.flatMap { PolicyDocument($0)?.verdict(on: request) }
            guard verdict?.isAllowed == true, !ownersOnly.contains(action) else {
                throw AWSError.accessDenied(action, address, context)
            }
        }
        guard let queue else { throw AWSError.queueDoesNotExist }
        return queue
    }
}

extension AWSError {
    static func accessDenied(_ action: String, _ address: QueueAddress, _ context: ReadContext) -> AWSError {
        AWSError(
            "AccessDeniedException",
            "User: \(context.principal.arn) is not authorized to perform: sqs:\(action.lowercased()) on resource: "
                + "\(address.arn) because no resource-based policy allows the sqs:\(action.lowercased()) action",
            status: 403, inQuery: .init(code: "AccessDenied"))
    }
}
