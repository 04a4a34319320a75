import JSON
import Kernel
import Model
import SQLite

/// A partner's event source as one customer's account has it: its row.
///
/// Source: the user guide's page "Receiving events from a SaaS partner with Amazon EventBridge".
struct StoredEventSource: Sendable {
    let name: String
    let region: String
    /// The customer's account.
    let account: String
    /// The partner's account.
    let partner: String
    let created: Timestamp
    /// When it is gone unless a bus is joined to it.
    var expires: Timestamp?
    var state: EventSourceState

    private static let pendingSeconds = 14 * 86_400
    static let expiryKind = "events.source-expiry"

    /// It belongs to no account.
    static func arn(_ name: String, region: String) -> ARN {
        ARN(service: "events", region: region, account: "", resource: "event-source/\(name)")
    }

    var arn: ARN { Self.arn(name, region: region) }

    /// `aws.partner/example.com` of `aws.partner/example.com/orders/new`.
    var createdBy: String { name.split(separator: "/").prefix(2).joined(separator: "/") }

    /// The bus that gets its events, once the customer has made it.
    var bus: ARN { StoredBus.arn(name, account: account, region: region) }

    // MARK: Life

    /// From now on it waits for a bus, and not for ever.
    mutating func wait(in context: WriteContext) throws {
        state = .pending
        let due = context.now.adding(seconds: Self.pendingSeconds)
        expires = due
        try save(in: context)
        try context.schedule(Self.expiryKind, subject: jobSubject, due: due, detail: [:])
    }

    mutating func activate(in context: WriteContext) throws {
        state = .active
        expires = nil
        try save(in: context)
        try context.unschedule(Self.expiryKind, subject: jobSubject)
    }

    /// The partner has taken it away; the customer still sees that.
    mutating func withdraw(in context: WriteContext) throws {
        state = .deleted
        expires = nil
        try save(in: context)
        try context.unschedule(Self.expiryKind, subject: jobSubject)
    }

    /// The customer's account is named, since the job is the partner's where the partner made the source.
    private var jobSubject: String { "\(account)/\(name)" }

    @Sendable static func expire(_ job: Job, in context: WriteContext) throws {
        let parts = job.subject.split(separator: "/", maxSplits: 1).map(String.init)
        guard let account = parts.first, let name = parts.last,
            let source = try find(name, of: account, in: context), source.state == .pending,
            let expires = source.expires, expires <= context.now
        else { return }
        try source.delete(in: context)
        try context.record(.deleted, source.arn, operation: "ExpireEventSource")
    }

    // MARK: Rows

    static func find(_ name: String, of account: String, in context: ReadContext) throws -> StoredEventSource? {
        try context.database.first(
            """
            SELECT name, account, partner, created, expires, state FROM events_source
            WHERE account = ? AND region = ? AND name = ?
            """, account, context.region, name
        ) { StoredEventSource($0, region: context.region) }
    }

    /// The customer's own.
    static func required(_ name: String, in context: ReadContext) throws -> StoredEventSource {
        guard let source = try find(name, of: context.account, in: context) else {
            throw AWSError.eventSourceNotFound(name)
        }
        return source
    }

    /// The customer's own whose names come after one.
    static func list(prefix: String, after name: String, limit: Int, in context: ReadContext) throws
        -> [StoredEventSource]
    {
        var sources: [StoredEventSource] = []
        try context.database.query(
            """
            SELECT name, account, partner, created, expires, state FROM events_source
            WHERE account = ?1 AND region = ?2 AND name > ?3 AND substr(name, 1, length(?4)) = ?4
            ORDER BY name LIMIT ?5
            """, context.account, context.region, name, prefix, limit
        ) { sources.append(StoredEventSource($0, region: context.region)) }
        return sources
    }

    /// What the caller has made for customers under a name, in the order of their accounts.
    static func made(_ name: String, after account: String = "", limit: Int = .max, in context: ReadContext) throws
        -> [StoredEventSource]
    {
        var sources: [StoredEventSource] = []
        try context.database.query(
            """
            SELECT name, account, partner, created, expires, state FROM events_source
            WHERE partner = ? AND region = ? AND name = ? AND account > ? AND state <> 'DELETED'
            ORDER BY account LIMIT ?
            """, context.account, context.region, name, account, limit
        ) { sources.append(StoredEventSource($0, region: context.region)) }
        return sources
    }

    /// The names under which the caller has made sources.
    static func madeNames(prefix: String, after name: String, limit: Int, in context: ReadContext) throws -> [String] {
        var names: [String] = []
        try context.database.query(
            """
            SELECT DISTINCT name FROM events_source
            WHERE partner = ?1 AND region = ?2 AND name > ?3 AND substr(name, 1, length(?4)) = ?4
                AND state <> 'DELETED'
            ORDER BY name LIMIT ?5
            """, context.account, context.region, name, prefix, limit
        ) { names.append($0.text(0)) }
        return names
    }

    /// Whether another partner has taken the name.
    static func isTaken(_ name: String, in context: ReadContext) throws -> Bool {
        try context.database.first(
            "SELECT 1 FROM events_source WHERE region = ? AND name = ? AND partner <> ? AND state <> 'DELETED'",
            context.region, name, context.account
        ) { _ in true } ?? false
    }

    private init(_ row: Row, region: String) {
        name = row.text(0)
        account = row.text(1)
        partner = row.text(2)
        created = Timestamp(milliseconds: row.int64(3))
        expires = row.optionalInt64(4).map { Timestamp(milliseconds: $0) }
        state = EventSourceState(rawValue: row.text(5)) ?? .deleted
        self.region = region
    }

    /// One that a partner makes.
    init(_ name: String, for account: String, in context: ReadContext) {
        self.name = name
        self.account = account
        region = context.region
        partner = context.account
        created = context.now
        state = .pending
    }

    private func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO events_source (account, region, name, partner, created, expires, state)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, account, region, name, partner, created.milliseconds, expires?.milliseconds, state.rawValue)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM events_source WHERE account = ? AND region = ? AND name = ?", account, region, name)
    }
}

extension AWSError {
    static func eventSourceNotFound(_ name: String) -> AWSError { notFound("Event source \(name) does not exist.") }

    static func eventSourceState(_ name: String) -> AWSError {
        AWSError("InvalidStateException", "Event source \(name) is not in a valid state for this operation.")
    }
}
