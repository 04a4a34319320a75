import JSON
import Model
import SQLite

/// What is known of a request before any handler sees it; an object, since it is handed from hand to hand.
public final class Caller: Sendable {
    public let account: String
    public let region: String
    public let principal: Principal
    public let requestID: String
    /// `http://127.0.0.1:4566`: the server as the client named it.
    public let endpoint: String
    /// Whether the request has no signature, as one that comes from a link in a mail.
    public let isAnonymous: Bool
    /// The header `X-Amzn-Trace-Id`.
    public let traceHeader: String?

    public init(
        region: String, principal: Principal, requestID: String, endpoint: String = "http://127.0.0.1:4566",
        isAnonymous: Bool = false, traceHeader: String? = nil
    ) {
        self.endpoint = endpoint
        self.isAnonymous = isAnonymous
        self.traceHeader = traceHeader
        account = principal.account
        self.region = region
        self.principal = principal
        self.requestID = requestID
    }
}

/// What a handler that reads may use: who asks, when, and one consistent view of the store.
public class ReadContext {
    public let caller: Caller
    /// Fixed for the transaction.
    public let now: Timestamp
    public let service: String
    public let database: Connection
    let kernel: Kernel

    init(caller: Caller, service: String, database: Connection, kernel: Kernel) {
        self.caller = caller
        self.service = service
        self.database = database
        self.kernel = kernel
        now = kernel.clock.now
    }

    public var account: String { caller.account }
    public var region: String { caller.region }
    public var principal: Principal { caller.principal }
    /// Whether the names of deleted resources are held back for as long as AWS does it.
    public var holdsDeletedNames: Bool { kernel.holdsDeletedNames }
    public var random: Randomness { kernel.random }
    /// Where the state is kept; nil for temporary state.
    public var dataFolder: String? { kernel.dataFolder }

    public func arn(_ resource: String) -> ARN {
        ARN(service: service, region: region, account: account, resource: resource)
    }

    /// The number of the latest row of the journal: what is done now comes after it.
    public func lastJournalRow() throws -> Int64 {
        try database.first("SELECT max(sequence) FROM journal") { $0.optionalInt64(0) ?? 0 } ?? 0
    }

    /// States which permission the request needs on which resource, for the least policy that a run would need.
    public func access(_ action: @autoclosure () -> String, on resource: @autoclosure () -> String) {
        guard kernel.calls.recordsAccess else { return }
        kernel.calls.record(access: action(), resource: resource())
    }

    /// A secret that `WriteContext.keep(secret:as:)` kept.
    public func secret(_ name: String) throws -> [UInt8]? {
        try database.first("SELECT value FROM store_secret WHERE name = ?", name) { $0.blob(0) }
    }

    /// Seals a position in a list into an opaque token that only this store, account and operation take back.
    public func token(for position: String, purpose: String) -> String {
        kernel.pages.token(for: position, purpose: purpose, caller: caller)
    }

    /// A code that only this store gives these bytes, for what is too frequent for a token.
    public func shortCode(_ bytes: [UInt8]) -> UInt64 { kernel.pages.shortCode(bytes) }

    /// The position in a token that `token(for:purpose:)` made; nil when it was altered or belongs to something else.
    public func position(in token: String, purpose: String) -> String? {
        kernel.pages.position(in: token, purpose: purpose, caller: caller)
    }
}

/// What a handler that writes may use. Everything it does commits with the request, or not at all.
public final class WriteContext: ReadContext {
    /// What is to be done once the transaction is committed.
    final class Effects {
        /// What requests may be waiting for.
        var signals: [Waiters.Signal] = []
        var requests: [Outgoing.Request] = []
        /// What must not be taken from the cache or put into it.
        var changed: Set<String> = []
        /// Resources whose configuration may have changed.
        var touched: [Touched] = []
        /// What is to be done before the commit.
        var closing: [(key: String, body: @Sendable (Connection) throws -> Void)] = []
    }

    /// The journal row that led to what is done now.
    public internal(set) var cause: Int64?
    let effects: Effects
    /// How many deliveries led here.
    let hops: Int

    init(caller: Caller, service: String, database: Connection, kernel: Kernel, effects: Effects, hops: Int = 0) {
        self.effects = effects
        self.hops = hops
        super.init(caller: caller, service: service, database: database, kernel: kernel)
    }

    /// The same transaction in the hands of the service that gets a delivery.
    func delegated(to service: Service, _ resource: ARN, by sender: Sender) -> WriteContext {
        let principal = Principal(
            account: resource.account, arn: sender.service, userID: sender.service, sessionKeyID: nil)
        let caller = Caller(
            region: resource.region, principal: principal, requestID: caller.requestID, endpoint: caller.endpoint)
        let context = WriteContext(
            caller: caller, service: service.model.name, database: database, kernel: kernel, effects: effects,
            hops: hops + 1)
        context.cause = cause
        return context
    }

    /// What a delivery does needs no permission of who caused it.
    public override func access(_ action: @autoclosure () -> String, on resource: @autoclosure () -> String) {
        if hops == 0 { super.access(action(), on: resource()) }
    }

    /// Lets one request that waits for `key` look again, once this transaction is committed; jobs that wait for it are due.
    public func signal(_ key: String) { effects.signals.append(.one(key)) }

    /// Lets all requests that wait for `key` look again: what they wait for will not come by this name.
    public func signalAll(_ key: String) { effects.signals.append(.all(key)) }

    /// Does something before the commit, and once where requests share it: of what comes with one key, the last. It is for
    /// notes that each of many changes renews.
    public func beforeCommit(_ key: String, _ body: @escaping @Sendable (Connection) throws -> Void) {
        effects.closing.append((key, body))
    }

    /// What a change did to a resource.
    public enum Change: String, Sendable { case created, changed, deleted }

    /// Writes a change into the journal; what follows in this transaction has it as its cause.
    public func record(_ change: Change, _ resource: ARN, operation: String, detail: JSON = .object([:])) throws {
        var object = detail.object ?? JSONObject()
        object["operation"] = .string(operation)
        cause = try journal(change.rawValue, subject: resource.description, detail: .object(object))
        effects.touched.append(Touched(arn: resource, cause: cause, caller: caller))
    }

    /// Puts an event on the default bus of the caller's account and Region.
    public func emit(_ event: Event) throws {
        let json = event.json(id: random.uuid(), account: account, region: region, time: now)
        let bus = ARN(service: "events", region: region, account: account, resource: "event-bus/default")
        let row = try journal("event", subject: bus.description, detail: json)
        guard let (service, router) = kernel.eventRouter else { return }
        let context = acting(as: service)
        context.cause = row
        try router.route(json, context)
    }

    /// The same transaction in the hands of the service whose delivery it is: a job of the kernel's may have led here.
    func acting(for delivery: Delivery) -> WriteContext {
        kernel.service(named: delivery.service).map(acting(as:)) ?? self
    }

    /// The same transaction in the hands of another service, for the same caller.
    func acting(as service: Service) -> WriteContext {
        let context = WriteContext(
            caller: caller, service: service.model.name, database: database, kernel: kernel, effects: effects,
            hops: hops)
        context.cause = cause
        return context
    }

    /// Says openly that a setting was taken but has no effect here.
    public func notEnforced(_ setting: String, reason: String) throws {
        try journal("notEnforced", subject: setting, detail: .object(["reason": .string(reason)]))
    }

    /// Writes what happened to something that is no resource into the journal; what follows in this transaction has it as
    /// its cause.
    public func noteCause(_ kind: String, _ subject: String, detail: JSON) throws {
        cause = try journal(kind, subject: subject, detail: detail)
    }

    /// Goes on with what an earlier transaction began.
    public func `continue`(from cause: Int64?) { self.cause = cause }

    /// Keeps a secret of the store's, such as a key.
    public func keep(secret: [UInt8], as name: String) throws {
        try database.run("INSERT OR REPLACE INTO store_secret (name, value) VALUES (?, ?)", name, secret)
    }

    /// Writes what happened to something that is no resource, such as a message, into the journal.
    public func note(_ kind: String, _ subject: String, detail: JSON) throws {
        try journal(kind, subject: subject, detail: detail)
    }

    @discardableResult
    private func journal(_ kind: String, subject: String, detail: JSON) throws -> Int64 {
        try Journal.append(
            Journal.Entry(
                sequence: 0, time: now, request: caller.requestID, cause: cause, account: account, region: region,
                service: service, kind: kind, subject: subject, principal: principal.arn, detail: detail),
            to: database)
    }
}

/// An event as a service puts it on the default bus.
public struct Event: Sendable {
    public let source: String
    public let detailType: String
    public let resources: [String]
    public let detail: JSON

    public init(source: String, detailType: String, resources: [String], detail: JSON) {
        self.source = source
        self.detailType = detailType
        self.resources = resources
        self.detail = detail
    }

    /// `detailType` of the events that tell of calls.
    public static let callType = "AWS API Call via CloudTrail"

    /// The envelope that EventBridge delivers.
    public func json(id: String, account: String, region: String, time: Timestamp) -> JSON {
        .object([
            "version": "0", "id": .string(id), "detail-type": .string(detailType), "source": .string(source),
            "account": .string(account), "time": .string(time.iso8601(fraction: false)), "region": .string(region),
            "resources": .array(resources.map(JSON.string)), "detail": detail,
        ])
    }
}
