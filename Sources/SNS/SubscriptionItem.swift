import JSON
import Kernel
import Model

/// What the endpoint of a subscription gets.
enum SubscriptionItem {
    /// Made anew for each attempt from what was published.
    @Sendable static func item(_ delivery: Delivery, _ content: JSON, _ context: ReadContext) throws -> DeliveryItem {
        let messageProtocol = delivery.detail["protocol"]?.string ?? ""
        switch messageProtocol {
        case "http", "https": return try webItem(delivery, content, context)
        case "lambda":
            return DeliveryItem(body: try envelope(delivery, content).lambdaEvent(try signer(context)))
        case "firehose":
            let envelope = try envelope(delivery, content)
            return DeliveryItem(body: isRaw(delivery) ? envelope.message + "\n" : envelope.firehoseRecord())
        case "email": return DeliveryItem(body: try envelope(delivery, content).mail().description)
        case "sms": return DeliveryItem(body: letter(delivery, content, for: "sms"))
        case "application":
            let platform = ARN(delivery.destination).flatMap(StoredEndpoint.platform) ?? ""
            return DeliveryItem(body: letter(delivery, content, for: platform))
        default:
            return try queueItem(
                delivery, content, isFIFO: delivery.destination.hasSuffix(".fifo"), isRaw: isRaw(delivery), context)
        }
    }

    /// A dead-letter queue gets what the endpoint would have got; in place of a function's event, the envelope (recorded
    /// behaviour).
    @Sendable static func deadLetter(
        _ delivery: Delivery, _ failure: DeliveryFailure, _ content: JSON, _ context: ReadContext
    ) throws -> DeliveryItem {
        try queueItem(
            delivery, content, isFIFO: delivery.deadLetterQueue?.hasSuffix(".fifo") == true,
            isRaw: isRaw(delivery) && content["attributes"]?.object?.count ?? 0 <= queueAttributeLimit, context)
    }

    /// What made a queue refuse a raw message: its dead-letter queue would as well, and gets the envelope instead.
    private static let queueAttributeLimit = 10

    private static func letter(_ delivery: Delivery, _ content: JSON, for name: String) -> String {
        Outbox.letter(content, for: name, topic: delivery.origin, subscription: delivery.source).description
    }

    private static func isRaw(_ delivery: Delivery) -> Bool { delivery.detail["raw"] == true }

    /// A store that delivers has signed something before: the key is made with the first subscription or message.
    private static func signer(_ context: ReadContext) throws -> MessageSigner {
        if let context = context as? WriteContext { return try MessageSigner(in: context) }
        guard let signer = try MessageSigner(storedIn: context) else {
            throw DeliveryFailure("NO_KEY", "The store has no signing key.", isRetryable: true)
        }
        return signer
    }

    private static func envelope(_ delivery: Delivery, _ content: JSON) throws -> Envelope {
        guard let topic = ARN(delivery.origin) else { throw DeliveryFailure("NO_TOPIC", "The topic's ARN is broken.") }
        let messageProtocol = delivery.detail["protocol"]?.string ?? ""
        return Envelope(
            content: content, topic: topic, subscription: delivery.source,
            message: PublishedMessage.text(of: content, for: messageProtocol))
    }

    private static func queueItem(
        _ delivery: Delivery, _ content: JSON, isFIFO: Bool, isRaw: Bool, _ context: ReadContext
    ) throws -> DeliveryItem {
        let envelope = try envelope(delivery, content)
        let isMessage = content["type"] == nil
        var item: DeliveryItem
        if isRaw, isMessage {
            item = DeliveryItem(body: envelope.message)
            item.attributes = content["attributes"]?.object ?? JSONObject()
        } else {
            item = DeliveryItem(body: try envelope.json(try signer(context)))
        }
        item.traceHeader = content["traceHeader"]?.string
        let isFromFIFO = content["sequence"] != nil
        if isFIFO {
            item.messageGroup = isMessage ? content["group"]?.string : "Subscription"
            item.deduplicationID = isMessage ? content["deduplicationId"]?.string : content["messageId"]?.string
        } else if !isFromFIFO {
            item.messageGroup = content["group"]?.string
        }
        return item
    }

    /// The headers are those of recorded requests.
    private static func webItem(_ delivery: Delivery, _ content: JSON, _ context: ReadContext) throws -> DeliveryItem {
        let envelope = try envelope(delivery, content)
        let type = content["type"]?.string ?? "Notification"
        let isMessage = type == "Notification"
        var item = DeliveryItem(
            body: isRaw(delivery) && isMessage ? envelope.message : try envelope.json(try signer(context)))
        item.headers = [
            ("x-amz-sns-message-type", type),
            ("x-amz-sns-message-id", content["messageId"]?.string ?? ""),
            ("x-amz-sns-topic-arn", delivery.origin),
        ]
        if type != Confirmation.Kind.subscription.rawValue {
            item.headers.append(("x-amz-sns-subscription-arn", delivery.source))
        }
        if isRaw(delivery), isMessage { item.headers.append(("x-amz-sns-rawdelivery", "true")) }
        let contentType = isMessage ? delivery.detail["contentType"]?.string : nil
        item.headers += [
            ("Content-Type", contentType ?? DeliveryPolicy.contentTypeDefault),
            ("Connection", "Keep-Alive"), ("User-Agent", "Amazon Simple Notification Service Agent"),
            ("Accept-Encoding", "gzip,deflate"),
        ]
        return item
    }
}
