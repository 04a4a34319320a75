import JSON
import Kernel
import Model
import SQLite

/// How an endpoint agrees to a subscription, and how it gets it back when somebody ended it.
enum Confirmation {
    private static let validDays = 2
    /// What nobody confirms for so long is forgotten.
    private static let pendingDays = 3
    static let jobKind = "sns.pending"

    enum Kind: String {
        case subscription = "SubscriptionConfirmation"
        case unsubscription = "UnsubscribeConfirmation"
    }

    /// Sends a token to the endpoint; all that were sent stay valid for their own time.
    static func ask(_ subscription: StoredSubscription, _ kind: Kind = .subscription, in context: WriteContext) throws {
        let token = "2336412f37" + (0..<5).map { _ in context.random.uuid().filter { $0 != "-" } }.joined()
        try context.database.run("DELETE FROM sns_token WHERE expires <= ?", context.now.milliseconds)
        try context.database.run(
            "INSERT INTO sns_token (token, subscription, expires) VALUES (?, ?, ?)", token, subscription.arn,
            context.now.adding(seconds: validDays * 86_400).milliseconds)
        if kind == .subscription {
            try context.schedule(
                jobKind, subject: subscription.arn, due: context.now.adding(seconds: pendingDays * 86_400), detail: [:])
        }
        let topic = subscription.topic
        let url =
            "\(context.caller.endpoint)/?Action=ConfirmSubscription&TopicArn=\(topic)&Token=\(token)"
        let text =
            kind == .subscription
            ? "You have chosen to subscribe to the topic \(topic).\nTo confirm the subscription, visit the SubscribeURL "
                + "included in this message."
            : "You have chosen to deactivate subscription \(subscription.arn).\nTo cancel this operation and restore the "
                + "subscription, visit the SubscribeURL included in this message."
        let messageID = context.random.uuid()
        let content = JSON.object([
            "type": .string(kind.rawValue), "messageId": .string(messageID), "message": .string(text),
            "token": .string(token), "subscribeURL": .string(url), "timestamp": .number(context.now.milliseconds),
            "endpoint": .string(context.caller.endpoint),
            "signatureVersion": .string(
                try StoredTopic.find(topic, in: context)?.text("SignatureVersion") ?? "1"),
        ])
        let publication = try context.publish(from: topic, messageID: messageID, content: content)
        // Confirmations are tried as often as messages, but never go to a dead-letter queue (recorded behaviour).
        try context.deliver(
            FanOut.delivery(subscription, publication, topicPolicy: nil, deadLetterQueue: nil, in: context), content)
    }

    /// Forgets a subscription that is still pending.
    @Sendable static func expire(_ job: Job, in context: WriteContext) throws {
        guard let subscription = try StoredSubscription.find(job.subject, in: context), subscription.state == .pending
        else { return }
        try subscription.delete(in: context)
        try context.record(.deleted, context.subscriptionARN(subscription), operation: "Unsubscribe")
    }

    /// The subscription that a token belongs to.
    static func subscription(_ token: String, in context: ReadContext) throws -> StoredSubscription {
        let arn = try context.database.first(
            "SELECT subscription FROM sns_token WHERE token = ? AND expires > ?", token, context.now.milliseconds
        ) { $0.text(0) }
        guard let arn else {
            // Pairs of hexadecimal digits could be a token (recorded behaviour).
            let isWellFormed =
                !token.isEmpty && token.utf8.count.isMultiple(of: 2)
                && token.utf8.allSatisfy {
                    UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 | 0x20
                }
            throw isWellFormed
                ? AWSError.invalidParameter("Token")
                : AWSError("InvalidParameterException", "Invalid token")
        }
        guard let subscription = try StoredSubscription.find(arn, in: context) else {
            throw AWSError.subscriptionNotFound
        }
        return subscription
    }
}

extension SNS {
    @Sendable static func confirmSubscription(_ input: ConfirmSubscriptionInput, in context: WriteContext) throws
        -> ConfirmSubscriptionResponse
    {
        context.access("sns:ConfirmSubscription", on: input.topicArn)
        guard let arn = ARN(input.topicArn), arn.service == "sns" else { throw AWSError.invalidParameter("Topic") }
        var subscription = try Confirmation.subscription(input.token, in: context)
        // The topic need not be the subscription's, but must be of the Region; a link comes without a signature, and so
        // without a Region of its own (recorded behaviour).
        guard arn.region == (context.caller.isAnonymous ? subscription.topic.region : context.region) else {
            throw AWSError.invalidParameter("Topic")
        }
        let authenticates = input.authenticateOnUnsubscribe?.lowercased() == "true"
        if subscription.state == .confirmed {
            guard !authenticates || !subscription.isAuthenticated else {
                throw AWSError.authorization("ConfirmSubscription", on: input.topicArn, by: context)
            }
            return ConfirmSubscriptionResponse(subscriptionArn: subscription.arn)
        }
        subscription.state = .confirmed
        subscription.isAuthenticated = authenticates && !context.caller.isAnonymous
        try subscription.save(in: context)
        try context.record(
            .changed, context.subscriptionARN(subscription), operation: "ConfirmSubscription")
        return ConfirmSubscriptionResponse(subscriptionArn: subscription.arn)
    }

    @Sendable static func unsubscribe(_ input: UnsubscribeInput, in context: WriteContext) throws {
        _ = try arn(input.subscriptionArn, "SubscriptionArn")
        context.access("sns:Unsubscribe", on: input.subscriptionArn)
        guard let (topic, id) = StoredSubscription.split(input.subscriptionArn), isUUID(id) else {
            throw AWSError.invalidParameter("SubscriptionId")
        }
        guard var subscription = try StoredSubscription.find(input.subscriptionArn, in: context) else {
            // Of others' topics, nobody learns what is there.
            guard topic.account == context.account || context.caller.isAnonymous else {
                throw AWSError.authorization("Unsubscribe", on: input.subscriptionArn, by: context)
            }
            return
        }
        if context.caller.isAnonymous {
            guard !subscription.isAuthenticated else {
                throw AWSError.authorization("Unsubscribe", on: input.subscriptionArn, by: context)
            }
        } else {
            guard [subscription.owner, topic.account].contains(context.account) else {
                throw AWSError.authorization("Unsubscribe", on: input.subscriptionArn, by: context)
            }
        }
        let isOwners = !context.caller.isAnonymous && subscription.owner == context.account
        if isOwners {
            try subscription.delete(in: context)
        } else {
            // Ended by others: its owner sees it as deleted and can bring it back.
            subscription.state = .deleted
            try subscription.save(in: context)
            try Confirmation.ask(subscription, .unsubscription, in: context)
        }
        try context.record(.deleted, context.subscriptionARN(subscription), operation: "Unsubscribe")
    }

    private static func isUUID(_ text: String) -> Bool {
        let lengths = text.split(separator: "-", omittingEmptySubsequences: false).map(\.utf8.count)
        return lengths == [8, 4, 4, 4, 12] && text.utf8.allSatisfy { isNameByte($0) }
    }
}
