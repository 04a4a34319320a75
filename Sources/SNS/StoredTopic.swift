import JSON
import Kernel
import Model
import SQLite

/// A topic: its row.
struct StoredTopic {
    let arn: ARN
    let isFIFO: Bool
    let created: Timestamp
    /// Those that were given.
    var attributes: JSONObject
    /// Nil is AWS's default.
    var policy: String?
    var dataProtection: String?

    var name: String { arn.resource }

    static func find(_ arn: ARN, in context: ReadContext) throws -> StoredTopic? {
        try context.database.first(
            """
            SELECT is_fifo, created, attributes, policy, data_protection FROM sns_topic
            WHERE account = ? AND region = ? AND name = ?
            """, arn.account, arn.region, arn.resource
        ) { row in
            StoredTopic(
                arn: arn, isFIFO: row.bool(0), created: Timestamp(milliseconds: row.int64(1)),
                attributes: try JSON(parsing: row.text(2)).object ?? JSONObject(), policy: row.optionalText(3),
                dataProtection: row.optionalText(4))
        }
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT INTO sns_topic (account, region, name, is_fifo, created, attributes, policy, data_protection, sequence)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
            ON CONFLICT DO UPDATE SET attributes = excluded.attributes, policy = excluded.policy,
                data_protection = excluded.data_protection
            """, arn.account, arn.region, name, isFIFO, created.milliseconds, JSON.object(attributes).description,
            policy, dataProtection)
    }

    /// The number of a FIFO topic's next message.
    func nextSequence(in context: WriteContext) throws -> Int64 {
        try context.database.first(
            """
            UPDATE sns_topic SET sequence = sequence + 1 WHERE account = ? AND region = ? AND name = ? RETURNING sequence
            """, arn.account, arn.region, name
        ) { $0.int64(0) } ?? 0
    }

    /// As a FIFO topic shows it: 20 digits.
    static func sequenceNumber(_ sequence: Int64) -> String {
        let digits = String(sequence * 1000)
        return "1" + String(repeating: "0", count: max(0, 19 - digits.count)) + digits
    }

    func text(_ name: String) -> String? { attributes[name]?.string }

    /// Whether both have the same attributes, given or by default.
    func isSame(as other: StoredTopic) -> Bool {
        func value(_ name: String, of topic: StoredTopic) -> String {
            topic.text(name) ?? (name == "ContentBasedDeduplication" ? "false" : "")
        }
        let names = Set(attributes.map(\.name) + other.attributes.map(\.name))
        return names.allSatisfy { value($0, of: self) == value($0, of: other) }
            && effectivePolicy == other.effectivePolicy && dataProtection == other.dataProtection
    }

    var deduplicatesByContent: Bool { text("ContentBasedDeduplication") == "true" }

    // MARK: Policy

    private static let ownerActions = JSON.array(
        [
            "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe",
            "ListSubscriptionsByTopic", "Publish",
        ].map { .string("SNS:\($0)") }
    ).description

    /// The policy that is in force: AWS's default lets the owner's account do everything. It is put together as text, since
    /// AWS Config asks for it at every change; nothing in an ARN needs an escape.
    var effectivePolicy: String {
        policy
            ?? #"{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","#
            + #""Effect":"Allow","Principal":{"AWS":"*"},"Action":\#(Self.ownerActions),"Resource":"\#(arn)","#
            + #""Condition":{"StringEquals":{"AWS:SourceOwner":"\#(arn.account)"}}}]}"#
    }
}

extension SNS {
    /// The topic that a request means, if the caller may do this with it.
    static func topic(_ text: String, member: String = "TopicArn", for action: String, in context: ReadContext) throws
        -> StoredTopic
    {
        let arn = try arn(text, member)
        guard arn.region == context.region, !arn.resource.contains(":") else {
            throw AWSError.invalidParameter(member)
        }
        context.access("sns:\(action)", on: text)
        let topic = try StoredTopic.find(arn, in: context)
        if arn.account != context.account {
            let request = PolicyRequest(
                principal: .principal(context.principal), action: "SNS:\(action)", resource: text,
                conditions: ["AWS:SourceOwner": [context.account], "aws:SourceAccount": [context.account]])
            let verdict = topic?.policy.flatMap { PolicyDocument($0)?.verdict(on: request) }
            guard verdict?.isAllowed == true else {
                throw AWSError.authorization(action, on: text, by: context)
            }
        }
        guard let topic else { throw AWSError.topicNotFound }
        return topic
    }
}
