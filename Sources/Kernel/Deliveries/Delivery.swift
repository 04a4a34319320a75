import JSON
import Model
import SQLite

/// One message on its way to one destination.
public struct Delivery: Sendable {
    public enum State: String, Sendable { case pending, inFlight, delivered, deadLettered, dropped }

    public var number: Int64 = 0
    public let account: String
    public let region: String
    public let service: String
    public let publication: Int64
    /// The ARN of the topic or bus.
    public let origin: String
    /// The ARN of the subscription or rule.
    public let source: String
    /// An ARN, or a URL that begins with `http`.
    public let destination: String
    /// Scheme, name and port of where its requests go; nil for what stays in the process.
    let host: String?
    /// What the owner needs to make the same item again.
    public let detail: JSON
    public let policy: RetryPolicy
    public let deadLetterQueue: String?
    public var state = State.pending
    public var attempts = 0
    public var next: Timestamp?
    public let created: Timestamp
    public var finished: Timestamp?
    public var cause: Int64?
    /// The latest attempts: `{"attempt": 1, "time": …, "outcome": …}`.
    public var log: [JSON] = []

    /// So many attempts are kept with a delivery; the journal has more.
    private static let logLimit = 20

    var isOutgoing: Bool { host != nil }

    /// Whose limit of attempts per second counts: that of the resource to which many may deliver, or else that of the
    /// subscription that has the URL.
    var rateOwner: String { ARN(destination) == nil ? source : destination }

    mutating func note(_ entry: JSON) {
        log.append(entry)
        if log.count > Self.logLimit { log.removeFirst() }
    }

    // MARK: Rows

    mutating func insert(in database: Connection) throws {
        try database.run(
            """
            INSERT INTO delivery (account, region, service, publication, origin, source, destination, host, detail,
                policy, dead_letter_queue, state, attempts, next, created, finished, cause, log)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, account, region, service, publication, origin, source, destination, host, detail.description,
            policy.text, deadLetterQueue, state.rawValue, attempts, next?.milliseconds,
            created.milliseconds, finished?.milliseconds, cause, JSON.array(log).description)
        number = database.lastInsertRowID
    }

    func update(in database: Connection) throws {
        try database.run(
            "UPDATE delivery SET state = ?, attempts = ?, next = ?, finished = ?, log = ? WHERE number = ?",
            state.rawValue, attempts, next?.milliseconds, finished?.milliseconds, JSON.array(log).description, number)
    }

    static func find(_ number: Int64, in database: Connection) throws -> Delivery? {
        var found: Delivery?
        try database.query(
            """
            SELECT number, account, region, service, publication, origin, source, destination, detail, policy,
                dead_letter_queue, state, attempts, next, created, finished, cause, log, host
            FROM delivery WHERE number = ?
            """, number
        ) { found = try Delivery($0) }
        return found
    }

    /// Reads the columns in the order of `find`.
    init(_ row: Row) throws {
        number = row.int64(0)
        account = row.text(1)
        region = row.text(2)
        service = row.text(3)
        publication = row.int64(4)
        origin = row.text(5)
        source = row.text(6)
        destination = row.text(7)
        detail = try JSON(parsing: row.text(8))
        policy = RetryPolicy(json: try JSON(parsing: row.text(9)))
        deadLetterQueue = row.optionalText(10)
        state = State(rawValue: row.text(11)) ?? .dropped
        attempts = row.int(12)
        next = row.optionalInt64(13).map { Timestamp(milliseconds: $0) }
        created = Timestamp(milliseconds: row.int64(14))
        finished = row.optionalInt64(15).map { Timestamp(milliseconds: $0) }
        cause = row.optionalInt64(16)
        log = try JSON(parsing: row.text(17)).array ?? []
        host = row.optionalText(18)
    }

    /// - Parameters:
    ///   - url: where requests go, if the destination is none itself.
    ///   - context: of the call that causes the delivery.
    public init(
        publication: Int64, origin: ARN, source: String, destination: String, url: String? = nil, detail: JSON,
        policy: RetryPolicy, deadLetterQueue: String?, in context: WriteContext
    ) {
        account = origin.account
        region = origin.region
        service = context.service
        self.publication = publication
        self.origin = origin.description
        self.source = source
        self.destination = destination
        host = WebRequest.host(of: url ?? destination)
        self.detail = detail
        self.policy = policy
        self.deadLetterQueue = deadLetterQueue
        created = context.now
        cause = context.cause
    }
}
