import Kernel
import Model
import SQLite

/// How many subscriptions a topic may have, and how many of them may filter.
///
/// Source: https://docs.aws.amazon.com/general/latest/gr/sns.html
enum SubscriptionLimits {
    private static let perFIFOTopic = 100
    private static let filtersPerTopic = 200

    /// Before a subscription is added to a topic.
    static func check(_ topic: StoredTopic, in context: ReadContext) throws {
        guard topic.isFIFO, try count(topic, filtering: false, in: context) >= perFIFOTopic else { return }
        throw AWSError(
            "SubscriptionLimitExceededException",
            "The topic \(topic.arn) has \(perFIFOTopic) subscriptions, which are all that a FIFO topic may have.")
    }

    /// Before a subscription is given its first filter policy.
    static func checkFilters(of topic: StoredTopic, in context: ReadContext) throws {
        guard try count(topic, filtering: true, in: context) >= filtersPerTopic else { return }
        throw AWSError(
            "FilterPolicyLimitExceededException",
            "The topic \(topic.arn) has \(filtersPerTopic) filter policies, which are all that a topic may have.")
    }

    private static func count(_ topic: StoredTopic, filtering: Bool, in context: ReadContext) throws -> Int {
        try context.database.first(
            """
            SELECT count(*) FROM sns_subscription WHERE account = ? AND region = ? AND topic = ?
            AND (?4 = 0 OR attributes LIKE '%"FilterPolicy":%')
            """, topic.arn.account, topic.arn.region, topic.name, filtering
        ) { $0.int(0) } ?? 0
    }
}
