import EventPattern
import JSON
import Kernel
import Model
import Synchronization

/// From one message to the subscriptions that are to have it. A few hundred are done in the call itself; the rest follow as
/// due work, so that a topic with thousands of subscriptions holds nobody up.
enum FanOut {
    static let jobKind = "sns.fan-out"
    private static let subscriptionsInTheCall = 256
    private static let subscriptionsAtATime = 64
    private static let explainedLimit = 1000

    static func begin(_ publication: Int64, _ content: JSON, _ topic: StoredTopic, in context: WriteContext) throws {
        try deliver(publication, content, topic, after: "", limit: subscriptionsInTheCall, in: context)
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let publication = Int64(job.subject), let arn = job.detail["topic"]?.string.flatMap({ ARN($0) }),
            let topic = try StoredTopic.find(arn, in: context),
            let content = try context.publication(publication)
        else { return }
        context.continue(from: job.detail["cause"]?.int.map(Int64.init))
        try deliver(
            publication, content, topic, after: job.detail["after"]?.string ?? "", limit: subscriptionsAtATime,
            in: context)
    }

    private static func deliver(
        _ publication: Int64, _ content: JSON, _ topic: StoredTopic, after id: String, limit: Int,
        in context: WriteContext
    ) throws {
        let subscriptions = try StoredSubscription.list(of: topic.arn, after: id, limit: limit, in: context)
        let message = Filterable(content)
        for subscription in subscriptions
        where subscription.state == .confirmed && Filter(subscription).matches(message) {
            try send(publication, content, to: subscription, topic, in: context)
        }
        guard subscriptions.count == limit, let last = subscriptions.last else { return }
        try context.schedule(
            jobKind, subject: String(publication), due: context.now,
            detail: .object([
                "topic": .string(topic.arn.description), "after": .string(last.id),
                "cause": context.cause.map(JSON.number) ?? .null,
            ]))
    }

    /// Why each subscription of a topic was to have a message or not.
    @Sendable static func explain(_ topic: ARN, _ content: JSON, _ time: Timestamp, _ context: ReadContext) throws
        -> [DeliveryVerdict]
    {
        let message = Filterable(content)
        return try StoredSubscription.list(of: topic, after: "", limit: explainedLimit, in: context).map { now in
            let then = try now.asOf(time, in: context)
            func verdict(_ text: String, _ failures: [JSON] = []) -> DeliveryVerdict {
                DeliveryVerdict(
                    source: now.arn, endpoint: SNS.masked(now.endpoint), text: text, failures: failures)
            }
            if now.created > time { return verdict("The subscription was made after the message was published.") }
            if let reason = content[DataProtection.heldBack]?.string { return verdict(reason) }
            switch then.state {
            case .pending: return verdict("The subscription was not confirmed when the message was published.")
            case .deleted: return verdict("The subscription had been ended when the message was published.")
            case .confirmed: break
            }
            let explanation = Filter(then).explain(message)
            return verdict(explanation.text, explanation.failures.map(\.json))
        }
    }

    static func send(
        _ publication: Int64, _ content: JSON, to subscription: StoredSubscription, _ topic: StoredTopic,
        in context: WriteContext
    ) throws {
        let delivery = delivery(
            subscription, publication, topicPolicy: topic.text("DeliveryPolicy"),
            deadLetterQueue: subscription.deadLetterQueue, in: context)
        try context.deliver(delivery, content)
    }

    static func delivery(
        _ subscription: StoredSubscription, _ publication: Int64, topicPolicy: String?, deadLetterQueue: String?,
        in context: WriteContext
    ) -> Delivery {
        let http = DeliveryPolicy(topic: topicPolicy, subscription: subscription.text("DeliveryPolicy"))
        let policy: RetryPolicy =
            switch subscription.messageProtocol {
            case "http", "https": http.retry
            case "sqs", "lambda", "firehose": .awsManaged
            default: .customerFacing
            }
        return Delivery(
            publication: publication, origin: subscription.topic, source: subscription.arn,
            destination: Outbox.destination(of: subscription),
            detail: .object([
                "protocol": .string(subscription.messageProtocol), "raw": .bool(subscription.isRaw),
                "contentType": .string(http.contentType),
            ]), policy: policy, deadLetterQueue: deadLetterQueue, in: context)
    }
}

/// What filter policies look at; its body is read when the first one asks for it.
final class Filterable {
    let attributes: JSON
    private let content: JSON
    private var bodies: [String: JSON?] = [:]

    init(_ content: JSON) {
        self.content = content
        attributes = MessageAttributes.event(content["attributes"]?.object)
    }

    /// The body for a protocol as a JSON object; nil where it is none.
    func body(for messageProtocol: String) -> JSON? {
        let text = PublishedMessage.text(of: content, for: messageProtocol)
        if let known = bodies[text] { return known }
        let json = try? JSON(parsing: text)
        let body = json?.object == nil ? nil : json
        bodies[text] = body
        return body
    }
}

/// The filter policy of a subscription.
struct Filter {
    let subscription: StoredSubscription

    /// Compiled policies by scope and text; there are few in use at a time.
    private static let compiled = Mutex<[String: Pattern]>([:])
    private static let compiledLimit = 10_000

    init(_ subscription: StoredSubscription) { self.subscription = subscription }

    private var scope: FilterPolicyScope {
        subscription.text("FilterPolicyScope").flatMap(FilterPolicyScope.init) ?? .messageAttributes
    }

    private var pattern: Pattern? {
        guard let text = subscription.text("FilterPolicy") else { return nil }
        let key = "\(scope.rawValue) \(text)"
        if let known = Self.compiled.withLock({ $0[key] }) { return known }
        // It was checked when it was set.
        guard let pattern = try? Pattern(text, dialect: .filterPolicy(scope)) else { return nil }
        Self.compiled.withLock { compiled in
            if compiled.count >= Self.compiledLimit { compiled = [:] }
            compiled[key] = pattern
        }
        return pattern
    }

    func matches(_ message: Filterable) -> Bool {
        guard let pattern else { return true }
        guard scope == .messageBody else { return pattern.matches(message.attributes) }
        return message.body(for: subscription.messageProtocol).map { pattern.matches($0) } ?? false
    }

    /// For people: why the message passes or not.
    func explain(_ message: Filterable) -> Explanation {
        guard let pattern else {
            return Explanation(matches: true, text: "The subscription has no filter policy.")
        }
        guard scope == .messageBody else { return pattern.explain(message.attributes) }
        guard let body = message.body(for: subscription.messageProtocol) else {
            return Explanation(
                matches: false,
                text: "The filter policy is about the message's body, and the body is not a JSON object.")
        }
        return pattern.explain(body)
    }
}
