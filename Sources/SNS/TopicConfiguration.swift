import JSON
import Kernel
import Model

/// What a topic is set to: as GetTopicAttributes shows it, and as AWS Config records it.
enum TopicConfiguration {
    private static let type = "AWS::SNS::Topic"

    static func attributes(of topic: StoredTopic, in context: ReadContext) throws -> [(key: String, value: String)] {
        let counts = try StoredSubscription.counts(of: topic.arn, in: context)
        var attributes: [(key: String, value: String)] = [
            ("Policy", topic.effectivePolicy), ("Owner", topic.arn.account),
            ("SubscriptionsPending", String(counts["pending"] ?? 0)), ("TopicArn", topic.arn.description),
            ("EffectiveDeliveryPolicy", DeliveryPolicy.effectiveTopicText(topic.text("DeliveryPolicy"))),
            ("SubscriptionsConfirmed", String(counts["confirmed"] ?? 0)),
            ("DisplayName", topic.text("DisplayName") ?? ""),
            ("SubscriptionsDeleted", String(counts["deleted"] ?? 0)),
        ]
        if topic.isFIFO {
            attributes.append(("FifoTopic", "true"))
            attributes.append(("ContentBasedDeduplication", topic.text("ContentBasedDeduplication") ?? "false"))
        }
        for attribute in topic.attributes where !["DisplayName", "ContentBasedDeduplication"].contains(attribute.name) {
            attributes.append((attribute.name, attribute.value.string ?? ""))
        }
        return attributes
    }

    // MARK: For AWS Config

    /// Source: AWS's schema of the type. All values are texts, the policies too.
    static let source = ConfigurationSource(types: [type], observe: observe, list: list)

    @Sendable private static func observe(_ arn: ARN, _ context: ReadContext) throws -> ResourceObservation? {
        guard !arn.resource.contains("/") else { return nil }
        // A subscription is counted in its topic.
        let isSubscription = arn.resource.contains(":")
        let arn = isSubscription ? StoredSubscription.split(arn.description)?.topic ?? arn : arn
        guard let topic = try StoredTopic.find(arn, in: context) else { return .gone(type: type, id: arn.description) }
        let attributes = try attributes(of: topic, in: context).map { ($0.key, JSON.string($0.value)) }
        return .present(
            ConfiguredResource(
                type: type, id: arn.description, name: topic.name, arn: arn.description,
                availabilityZone: "Not Applicable", configuration: .object(JSONObject(attributes)),
                tags: try context.tags(of: arn)))
    }

    @Sendable private static func list(_ type: String, _ after: ARN?, _ limit: Int, _ context: ReadContext) throws
        -> [ARN]
    {
        var topics: [ARN] = []
        try context.database.query(
            "SELECT name FROM sns_topic WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
            context.account, context.region, after?.resource ?? "", limit
        ) { topics.append(context.arn($0.text(0))) }
        return topics
    }
}
