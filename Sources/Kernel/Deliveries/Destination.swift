import JSON
import Model

/// What is handed over: the message as a queue, a function or a web server gets it.
public struct DeliveryItem: Sendable {
    public var body: String
    /// Of a message to a topic.
    public var subject: String?
    /// Message attributes as SendMessage takes them.
    public var attributes = JSONObject()
    public var messageGroup: String?
    public var deduplicationID: String?
    /// The header of AWS X-Ray.
    public var traceHeader: String?
    /// What a resource of the same service is to know: how an event came here.
    public var passage: JSON?
    /// Of an HTTP request, in their order.
    public var headers: [(name: String, value: String)] = []
    /// The whole HTTP request, where it is more than a POST of the body to the destination.
    public var web: WebRequest?
    /// Method and URL for people, without secrets.
    public var shown: String?

    public init(body: String) { self.body = body }
}

/// Why a destination did not take an item.
public struct DeliveryFailure: Error, Sendable {
    /// AWS's word for it, such as `AWS.SimpleQueueService.NonExistentQueue`.
    public let code: String
    public let message: String
    /// Whether another attempt may succeed; what is missing or forbidden stays so.
    public let isRetryable: Bool
    /// Which bound of the retry policy was reached, where the last attempt could have been followed by another.
    public internal(set) var exhausted: RetryPolicy.Bound?
    /// What could not be handed over, where that is not what was published.
    public var attempted: String?
    /// How long the destination asked to be left alone.
    public var leastDelaySeconds = 0.0

    public init(_ code: String, _ message: String, isRetryable: Bool = false) {
        self.code = code
        self.message = message
        self.isRetryable = isRetryable
    }

    /// What an HTTP status says of an attempt.
    public static func answered(_ status: Int, isRetryable: Bool) -> DeliveryFailure {
        DeliveryFailure("HTTP_\(status)", "The endpoint answered \(status)", isRetryable: isRetryable)
    }
}

/// How a service takes what is delivered to its resources, found by their ARN.
public struct Destination: Sendable {
    /// Puts the item where it belongs, within the transaction; answers in a word what became of it.
    ///
    /// Throws `DeliveryFailure`.
    public let accept: @Sendable (DeliveryItem, ARN, Sender, WriteContext) throws -> String
    /// How others deliver to those of its resources that stand for something outside; nil where it has none.
    let web: WebDestination?
    /// Services that are not served and whose resources are kept here, by their names in ARNs.
    let others: [String]

    public init(
        others: [String] = [], web: WebDestination? = nil,
        accept: @escaping @Sendable (DeliveryItem, ARN, Sender, WriteContext) throws -> String
    ) {
        self.web = web
        self.others = others
        self.accept = accept
    }
}

/// Who delivers: a service on behalf of one of its resources.
public struct Sender: Sendable {
    /// `sns.amazonaws.com`.
    public let service: String
    /// The ARN of the topic, rule or queue.
    public let source: String
    public let account: String

    public init(service: String, source: String, account: String) {
        self.service = service
        self.source = source
        self.account = account
    }
}

/// How a service that delivers makes the item of one of its deliveries, at the first attempt and at every later one.
public struct DeliveryOwner: Sendable {
    public let item: @Sendable (Delivery, _ publication: JSON, ReadContext) throws -> DeliveryItem
    /// What the dead-letter queue gets.
    public let deadLetter:
        @Sendable (Delivery, DeliveryFailure, _ publication: JSON, ReadContext) throws -> DeliveryItem
    /// The ARN that the policies of destinations know as `aws:SourceArn`.
    public let sourceARN: @Sendable (Delivery) -> String
    /// What the answer to an HTTP request means: nil where the item has arrived. May take out of the answer what nobody is
    /// to see.
    public let judge: @Sendable (Delivery, inout WebAnswer, WriteContext) throws -> DeliveryFailure?
    /// Whether the item of an HTTP request can be made. If not, what is missing has been asked for, and the delivery waits
    /// until `resumeDeliveries` goes on with it.
    public let prepare: @Sendable (Delivery, WriteContext) throws -> Bool
    /// The HTTP request for people, without secrets.
    public let shownRequest: @Sendable (Delivery, _ publication: JSON, ReadContext) throws -> JSON?

    /// Hands an item to a destination, of a service that does so in a role, by operations; the others go by `Destination`.
    ///
    /// Answers in a word what became of it, or nil where it is to go by `Destination` after all; throws `DeliveryFailure`.
    public let perform: (@Sendable (DeliveryItem, _ destination: String, Delivery, WriteContext) throws -> String?)?

    /// What becomes of an item that did not arrive and has no dead-letter queue, as a participle.
    public let drop: String

    public static let dropped = "dropped: there is no dead-letter queue"

    /// Told when a delivery has ended that had not when `deliver` returned, with the answer to its latest request.
    public let ended: (@Sendable (Delivery, WebAnswer?, WriteContext) throws -> Void)?

    /// How the story of a delivery begins, of a service that does not publish to topics.
    public let beginning: (@Sendable (Delivery, _ messageID: String) -> [String])?

    /// Who might have got what was published to a resource at a time, as things were then.
    public let explain: @Sendable (ARN, _ publication: JSON, Timestamp, ReadContext) throws -> [DeliveryVerdict]

    public init(
        item: @escaping @Sendable (Delivery, JSON, ReadContext) throws -> DeliveryItem,
        deadLetter: @escaping @Sendable (Delivery, DeliveryFailure, JSON, ReadContext) throws -> DeliveryItem,
        sourceARN: @escaping @Sendable (Delivery) -> String,
        judge: @escaping @Sendable (Delivery, inout WebAnswer, WriteContext) throws -> DeliveryFailure?,
        prepare: @escaping @Sendable (Delivery, WriteContext) throws -> Bool = { _, _ in true },
        shownRequest: @escaping @Sendable (Delivery, JSON, ReadContext) throws -> JSON? = { _, _, _ in nil },
        perform: (@Sendable (DeliveryItem, String, Delivery, WriteContext) throws -> String?)? = nil,
        drop: String = DeliveryOwner.dropped,
        ended: (@Sendable (Delivery, WebAnswer?, WriteContext) throws -> Void)? = nil,
        beginning: (@Sendable (Delivery, String) -> [String])? = nil,
        explain: @escaping @Sendable (ARN, JSON, Timestamp, ReadContext) throws -> [DeliveryVerdict]
    ) {
        self.explain = explain
        self.judge = judge
        self.prepare = prepare
        self.shownRequest = shownRequest
        self.perform = perform
        self.drop = drop
        self.ended = ended
        self.beginning = beginning
        self.item = item
        self.deadLetter = deadLetter
        self.sourceARN = sourceARN
    }
}
