import JSON
import Kernel
import Model
import SQLite

/// A subscription: its row.
struct StoredSubscription {
    enum State: String { case pending, confirmed, deleted }

    let topic: ARN
    let id: String
    /// The account that subscribed.
    let owner: String
    let principal: String
    let messageProtocol: String
    let endpoint: String
    var state: State
    var isAuthenticated: Bool
    let created: Timestamp
    /// Those that were given.
    var attributes: JSONObject

    var arn: String { "\(topic):\(id)" }

    func text(_ name: String) -> String? { attributes[name]?.string }

    var isRaw: Bool { text("RawMessageDelivery") == "true" }

    var deadLetterQueue: String? {
        text("RedrivePolicy").flatMap { try? JSON(parsing: $0) }?["deadLetterTargetArn"]?.string
    }

    // MARK: Rows

    static func find(_ text: String, in context: ReadContext) throws -> StoredSubscription? {
        guard let (topic, id) = split(text) else { return nil }
        return try context.database.first(
            """
            SELECT topic, id, owner, principal, protocol, endpoint, state, is_authenticated, created, attributes
            FROM sns_subscription WHERE account = ? AND region = ? AND topic = ? AND id = ?
            """, topic.account, topic.region, topic.resource, id
        ) { try StoredSubscription($0, topic: topic) }
    }

    /// `arn:aws:sns:us-east-1:123456789012:orders:UUID` is the topic's ARN and an id.
    static func split(_ text: String) -> (topic: ARN, id: String)? {
        guard let colon = text.lastIndex(of: ":"), let topic = ARN(String(text[..<colon])), topic.service == "sns"
        else {
            return nil
        }
        return (topic, String(text[text.index(after: colon)...]))
    }

    /// Those of a topic whose ids come after one, in the order of ids.
    static func list(of topic: ARN, after id: String, limit: Int, in context: ReadContext) throws
        -> [StoredSubscription]
    {
        var list: [StoredSubscription] = []
        try context.database.query(
            """
            SELECT topic, id, owner, principal, protocol, endpoint, state, is_authenticated, created, attributes
            FROM sns_subscription WHERE account = ? AND region = ? AND topic = ? AND id > ? ORDER BY id LIMIT ?
            """, topic.account, topic.region, topic.resource, id, limit
        ) { list.append(try StoredSubscription($0, topic: topic)) }
        return list
    }

    static func find(
        on topic: ARN, messageProtocol: String, endpoint: String, owner: String, in context: ReadContext
    ) throws -> StoredSubscription? {
        try context.database.first(
            """
            SELECT topic, id, owner, principal, protocol, endpoint, state, is_authenticated, created, attributes
            FROM sns_subscription
            WHERE account = ? AND region = ? AND topic = ? AND protocol = ? AND endpoint = ? AND owner = ?
            """, topic.account, topic.region, topic.resource, messageProtocol, endpoint, owner
        ) { try StoredSubscription($0, topic: topic) }
    }

    static func counts(of topic: ARN, in context: ReadContext) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        try context.database.query(
            """
            SELECT state, count(*) FROM sns_subscription WHERE account = ? AND region = ? AND topic = ? GROUP BY state
            """, topic.account, topic.region, topic.resource
        ) { counts[$0.text(0)] = $0.int(1) }
        return counts
    }

    /// Reads the columns in the order of `find`.
    init(_ row: Row, topic: ARN) throws {
        self.topic = topic
        id = row.text(1)
        owner = row.text(2)
        principal = row.text(3)
        messageProtocol = row.text(4)
        endpoint = row.text(5)
        state = State(rawValue: row.text(6)) ?? .deleted
        isAuthenticated = row.bool(7)
        created = Timestamp(milliseconds: row.int64(8))
        attributes = try JSON(parsing: row.text(9)).object ?? JSONObject()
    }

    init(
        topic: ARN, id: String, owner: String, principal: String, messageProtocol: String, endpoint: String,
        state: State, created: Timestamp, attributes: JSONObject
    ) {
        self.topic = topic
        self.id = id
        self.owner = owner
        self.principal = principal
        self.messageProtocol = messageProtocol
        self.endpoint = endpoint
        self.state = state
        isAuthenticated = false
        self.created = created
        self.attributes = attributes
    }

    /// Writes the row, new or changed; what it was is kept for explanations.
    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO sns_subscription_version (subscription, until, state, attributes)
            SELECT ?, ?, state, attributes FROM sns_subscription
            WHERE account = ? AND region = ? AND topic = ? AND id = ?
            """, arn, context.now.milliseconds, topic.account, topic.region, topic.resource, id)
        try context.database.run(
            """
            INSERT INTO sns_subscription (account, region, topic, id, owner, principal, protocol, endpoint, state,
                is_authenticated, created, attributes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (account, region, topic, id) DO UPDATE SET state = excluded.state,
                is_authenticated = excluded.is_authenticated, attributes = excluded.attributes
            """, topic.account, topic.region, topic.resource, id, owner, principal, messageProtocol, endpoint,
            state.rawValue, isAuthenticated, created.milliseconds, JSON.object(attributes).description)
    }

    /// Its tokens stay, and are answered with its absence, until they expire.
    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM sns_subscription WHERE account = ? AND region = ? AND topic = ? AND id = ?", topic.account,
            topic.region, topic.resource, id)
        try context.database.run("DELETE FROM sns_subscription_version WHERE subscription = ?", arn)
    }

    /// As it was at a moment, for explanations.
    func asOf(_ moment: Timestamp, in context: ReadContext) throws -> StoredSubscription {
        let earlier = try context.database.first(
            """
            SELECT state, attributes FROM sns_subscription_version WHERE subscription = ? AND until > ? ORDER BY until LIMIT 1
            """, arn, moment.milliseconds
        ) { (state: $0.text(0), attributes: try JSON(parsing: $0.text(1)).object) }
        guard let earlier else { return self }
        var subscription = self
        subscription.state = State(rawValue: earlier.state) ?? state
        subscription.attributes = earlier.attributes ?? attributes
        return subscription
    }
}
