import JSON
import Kernel
import Model
import SQLite

/// Messages to people and their devices: they go nowhere, but can be read, and their links work.
public enum Outbox {
    /// Where a subscription's messages go: an ARN, or the URL of a web server. What goes to people has an ARN of our own.
    static func destination(of subscription: StoredSubscription) -> String {
        let kind: String? =
            switch subscription.messageProtocol {
            case "email", "email-json": "email"
            case "sms": "sms"
            default: nil
            }
        guard let kind else { return subscription.endpoint }
        let topic = subscription.topic
        return ARN(
            service: "sns", region: topic.region, account: topic.account,
            resource: "outbox/\(kind)/\(subscription.endpoint)"
        ).description
    }

    /// Takes a delivery for a person or a device.
    static func accept(_ item: DeliveryItem, _ arn: ARN, _ sender: Sender, _ context: WriteContext) throws
        -> String
    {
        if arn.resource.hasPrefix("endpoint/") {
            guard let endpoint = try StoredEndpoint.find(arn, in: context) else {
                throw DeliveryFailure("NotFound", "Endpoint does not exist: \(arn)")
            }
            guard endpoint.isEnabled else { throw DeliveryFailure("EndpointDisabled", "Endpoint is disabled") }
            try put("push", arn.description, try JSON(parsing: item.body), arn, in: context)
            return "kept for the device"
        }
        let parts = arn.resource.split(separator: "/", maxSplits: 2).map(String.init)
        guard parts.count == 3, parts[0] == "outbox" else {
            throw DeliveryFailure("NO_RESOURCE", "\(arn) takes no messages.")
        }
        let mail = (try? JSON(parsing: item.body))?.object.map(JSON.object)
        let message = mail ?? .object(["text": .string(item.body)])
        if parts[1] == "sms", try PhoneNumbers.isOptedOut(parts[2], arn.account, arn.region, in: context) {
            throw DeliveryFailure("OptedOut", "\(parts[2]) has opted out of text messages.")
        }
        try put(parts[1], parts[2], message, arn, in: context)
        return "kept in the outbox for \(parts[2])"
    }

    /// What is kept of a message to a phone or a device.
    ///
    /// - Parameter name: `sms`, or the platform of the device.
    static func letter(_ content: JSON, for name: String, topic: String?, subscription: String?) -> JSON {
        .object([
            "messageId": content["messageId"] ?? .null,
            "text": .string(PublishedMessage.text(of: content, for: name)), "attributes": content["attributes"] ?? [:],
            "subject": content["subject"] ?? .null, "structure": content["structure"] == nil ? .null : "json",
            "topic": topic.map(JSON.string) ?? .null, "subscription": subscription.map(JSON.string) ?? .null,
        ])
    }

    private static func put(
        _ kind: String, _ recipient: String, _ message: JSON, _ arn: ARN, in context: WriteContext
    ) throws {
        try context.database.run(
            "INSERT INTO sns_outbox (account, region, kind, recipient, time, message) VALUES (?, ?, ?, ?, ?, ?)",
            arn.account, arn.region, kind, recipient, context.now.milliseconds, message.description)
        try context.database.run(
            "DELETE FROM sns_outbox WHERE number <= ?", context.database.lastInsertRowID - countLimit)
    }

    /// How many messages are kept.
    private static let countLimit: Int64 = 10_000

    /// A message of the outbox, for whoever reads it.
    public struct Message: Sendable {
        public let number: Int64
        public let recipient: String
        public let time: Timestamp
        public let message: JSON
    }

    /// The messages of a kind, `email`, `sms` or `push`, oldest first.
    public static func list(_ kind: String, in context: ReadContext) throws -> [Message] {
        var messages: [Message] = []
        try context.database.query(
            """
            SELECT number, recipient, time, message FROM sns_outbox WHERE account = ? AND region = ? AND kind = ?
            ORDER BY number
            """, context.account, context.region, kind
        ) { row in
            messages.append(
                Message(
                    number: row.int64(0), recipient: row.text(1), time: Timestamp(milliseconds: row.int64(2)),
                    message: try JSON(parsing: row.text(3))))
        }
        return messages
    }

    // MARK: Publishing to one person or device

    /// - Returns: the message's id.
    static func text(_ input: JSON, to number: String, in context: WriteContext) throws -> String {
        context.access("sns:Publish", on: "*")
        guard Endpoints.isPhoneNumber(number), number.hasPrefix("+") else {
            throw AWSError.invalidParameter("PhoneNumber Reason: \(number) is not valid to publish to")
        }
        let message = try PublishedMessage(input, topic: nil)
        let content = message.content(messageID: context.random.uuid(), topic: nil, sequence: nil, in: context)
        guard PublishedMessage.text(of: content, for: "sms").count <= PhoneNumbers.characterLimit else {
            throw AWSError.invalidParameter("Message too long")
        }
        // Who publishes does not learn of it: the message is accepted, and goes nowhere.
        let isUnwanted = try PhoneNumbers.isOptedOut(number, context.account, context.region, in: context)
        if !isUnwanted {
            let letter = letter(content, for: "sms", topic: nil, subscription: nil)
            try put("sms", number, letter, context.arn("outbox/sms/\(number)"), in: context)
        }
        return try noted(content, number, dropped: isUnwanted ? "the number has opted out" : nil, in: context)
    }

    /// - Returns: the message's id.
    static func push(_ input: JSON, to arn: ARN, in context: WriteContext) throws -> String {
        context.access("sns:Publish", on: arn.description)
        let parts = arn.resource.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 4, parts[3].utf8.count != 36 {
            throw AWSError.invalidParameter(
                "TargetArn Reason: ARN specifies an invalid endpointId: UUID must be encoded in exactly 36 characters.")
        }
        guard arn.account == context.account, arn.region == context.region,
            let endpoint = try StoredEndpoint.find(arn, in: context)
        else {
            throw AWSError.invalidParameter("TargetArn Reason: No endpoint found for the target arn specified")
        }
        guard endpoint.isEnabled else { throw AWSError("EndpointDisabledException", "Endpoint is disabled") }
        let message = try PublishedMessage(input, topic: nil, platform: endpoint.platform)
        let content = message.content(messageID: context.random.uuid(), topic: nil, sequence: nil, in: context)
        let letter = letter(content, for: endpoint.platform, topic: nil, subscription: nil)
        try put("push", arn.description, letter, arn, in: context)
        return try noted(content, arn.description, in: context)
    }

    private static func noted(_ content: JSON, _ recipient: String, dropped: String? = nil, in context: WriteContext)
        throws -> String
    {
        let messageID = content["messageId"]?.string ?? ""
        var detail = JSONObject([("operation", "Publish"), ("messageId", .string(messageID))])
        if let dropped { detail["dropped"] = .string(dropped) }
        try context.note("published", recipient, detail: .object(detail))
        return messageID
    }
}
