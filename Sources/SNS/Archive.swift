import JSON
import Kernel
import Model
import SQLite

/// The messages that a FIFO topic keeps, as its archive policy says.
enum Archive {
    static func keep(_ content: JSON, sequence: Int64, of topic: StoredTopic, in context: WriteContext) throws {
        let arn = topic.arn
        try context.database.run(
            "INSERT INTO sns_archive (account, region, topic, sequence, time, content) VALUES (?, ?, ?, ?, ?, ?)",
            arn.account, arn.region, topic.name, sequence, context.now.milliseconds, content.description)
        try context.database.run(
            "DELETE FROM sns_archive WHERE account = ? AND region = ? AND topic = ? AND time < ?", arn.account,
            arn.region,
            topic.name, oldest(topic, context.now).milliseconds)
    }

    static func clear(_ topic: StoredTopic, in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM sns_archive WHERE account = ? AND region = ? AND topic = ?", topic.arn.account,
            topic.arn.region, topic.name)
    }

    private static func oldest(_ topic: StoredTopic, _ now: Timestamp) -> Timestamp {
        let days = topic.text("ArchivePolicy").flatMap { try? JSON(parsing: $0) }?["MessageRetentionPeriod"]
        return now.adding(seconds: -86_400 * (days?.int ?? days?.string.flatMap(Int.init) ?? 0))
    }

    static func beginning(of topic: StoredTopic, in context: ReadContext) throws -> Timestamp? {
        try context.database.first(
            "SELECT min(time) FROM sns_archive WHERE account = ? AND region = ? AND topic = ? AND time >= ?",
            topic.arn.account, topic.arn.region, topic.name, oldest(topic, context.now).milliseconds
        ) { $0.optionalInt64(0).map { Timestamp(milliseconds: $0) } } ?? nil
    }

    static func messages(
        of topic: StoredTopic, after sequence: Int64, from start: Timestamp, to end: Timestamp, limit: Int,
        in context: ReadContext
    ) throws -> [(sequence: Int64, content: JSON)] {
        var messages: [(sequence: Int64, content: JSON)] = []
        try context.database.query(
            """
            SELECT sequence, content FROM sns_archive WHERE account = ? AND region = ? AND topic = ? AND sequence > ?
            AND time >= ? AND time <= ? ORDER BY sequence LIMIT ?
            """, topic.arn.account, topic.arn.region, topic.name, sequence,
            max(start, oldest(topic, context.now)).milliseconds, end.milliseconds, limit
        ) { messages.append(($0.int64(0), try JSON(parsing: $0.text(1)))) }
        return messages
    }
}

/// Delivers a topic's archived messages to one subscription once more.
enum Replay {
    static let jobKind = "sns.replay"
    private static let messagesAtATime = 100

    static func check(_ text: String, _ topic: StoredTopic, _ invalid: (String) -> AWSError) throws {
        let policy = try? JSON(parsing: text)
        guard let policy, policy["PointType"] == "Timestamp", let start = policy["StartingPoint"]?.string,
            Timestamp(iso8601: start) != nil
        else { throw invalid("ReplayPolicy: StartingPoint value is invalid") }
        if let end = policy["EndingPoint"]?.string, Timestamp(iso8601: end) == nil {
            throw invalid("ReplayPolicy: EndingPoint value is invalid")
        }
        guard topic.text("ArchivePolicy") != nil else {
            throw invalid("ReplayPolicy: the topic has no ArchivePolicy")
        }
    }

    static func begin(_ subscription: StoredSubscription, _ topic: StoredTopic, in context: WriteContext) throws {
        try context.schedule(
            jobKind, subject: subscription.arn, due: context.now,
            detail: .object(["after": 0, "until": .number(context.now.milliseconds)]))
    }

    /// As the attribute ReplayStatus says it.
    static func status(of subscription: StoredSubscription, in context: ReadContext) throws -> String {
        let job = try context.database.first(
            "SELECT detail FROM job WHERE kind = ? AND subject = ?", jobKind, subscription.arn
        ) { try JSON(parsing: $0.text(0)) }
        guard let job else { return "Completed" }
        return job["after"]?.int == 0 ? "Pending" : "In progress"
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let subscription = try StoredSubscription.find(job.subject, in: context),
            let policy = subscription.text("ReplayPolicy").flatMap({ try? JSON(parsing: $0) }),
            let topic = try StoredTopic.find(subscription.topic, in: context),
            let start = policy["StartingPoint"]?.string.flatMap({ Timestamp(iso8601: $0) })
        else { return }
        let asked = policy["EndingPoint"]?.string.flatMap { Timestamp(iso8601: $0) }
        let began = Timestamp(milliseconds: Int64(job.detail["until"]?.int ?? 0))
        let messages = try Archive.messages(
            of: topic, after: Int64(job.detail["after"]?.int ?? 0), from: start, to: min(asked ?? began, began),
            limit: messagesAtATime, in: context)
        for (_, archived) in messages {
            let content = try DataProtection.released(archived, from: topic)
            guard content[DataProtection.heldBack] == nil, Filter(subscription).matches(Filterable(content)) else {
                continue
            }
            // A replayed message has its id and a mark, and is not held back as a duplicate.
            var replayed = content.object ?? JSONObject()
            replayed["replayed"] = true
            replayed["deduplicationId"] = .string(
                "\(content["deduplicationId"]?.string?.prefix(60) ?? "")\(context.random.uuid())")
            let json = JSON.object(replayed)
            let publication = try context.publish(
                from: topic.arn, messageID: content["messageId"]?.string ?? "", content: json)
            try FanOut.send(publication, json, to: subscription, topic, in: context)
        }
        guard messages.count == messagesAtATime, let last = messages.last else { return }
        try context.schedule(
            jobKind, subject: job.subject, due: context.now,
            detail: .object(["after": .number(last.sequence), "until": job.detail["until"] ?? 0]))
    }
}
