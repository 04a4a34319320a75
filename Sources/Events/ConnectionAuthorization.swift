import JSON
import Kernel
import Model

/// How a connection gets its OAuth tokens: each is asked for after a commit, and what comes back is kept in a transaction of
/// its own. Deliveries that need one wait for it.
enum ConnectionAuthorization {
    static let callKind = "events.token"
    static let jobKind = "events.token"
    /// After so long nobody is going to answer any more: the server was stopped in between.
    private static let patienceSeconds = 60

    /// Asks for a token.
    static func begin(_ connection: inout StoredConnection, in context: WriteContext) throws {
        guard let client = connection.secret?.oauth else { return }
        connection.tokenRequested = context.now
        try connection.save(in: context)
        let subject = connection.arn.description
        context.call(callKind, subject: subject, detail: String(connection.version), client.tokenRequest)
        try context.schedule(
            jobKind, subject: subject, due: context.now.adding(seconds: patienceSeconds), detail: [:])
    }

    /// Asks again where an answer never came.
    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let arn = ARN(job.subject), var connection = try StoredConnection.find(arn, in: context),
            connection.tokenRequested != nil
        else { return }
        try begin(&connection, in: context)
    }

    /// Keeps what the authorization endpoint answered.
    @Sendable static func finish(_ call: WebCall, _ result: WebResult, in context: WriteContext) throws {
        guard let arn = ARN(call.subject), var connection = try StoredConnection.find(arn, in: context),
            connection.tokenRequested != nil, String(connection.version) == call.detail
        else { return }
        let before = connection.state
        let wasAuthorizing = before == .authorizing
        connection.tokenRequested = nil
        try context.unschedule(jobKind, subject: call.subject)
        var failure: DeliveryFailure?
        switch TokenAnswer(result) {
        case .token(let text, let lifetime):
            connection.token = OAuthToken(text, lifetimeSeconds: lifetime, now: context.now)
            connection.state = .authorized
            connection.stateReason = nil
            connection.authorized = context.now
            if wasAuthorizing { connection.modified = context.now }
        case .unavailable(let reason, let retryAfter) where !wasAuthorizing:
            // The connection was good before and may be so again: only the deliveries that wait have failed.
            failure = Self.failure(reason, retryAfter, now: context.now)
        case .refused(let reason), .unavailable(let reason, _):
            connection.token = nil
            connection.state = .deauthorized
            connection.stateReason = reason
            connection.modified = context.now
        }
        try connection.save(in: context)
        let detail: JSON = .object([
            "state": .string(connection.state.rawValue),
            "reason": (connection.stateReason ?? failure?.message).map(JSON.string),
        ])
        if wasAuthorizing || connection.state != .authorized {
            try context.record(.changed, arn, operation: "AuthorizeConnection", detail: detail)
            try connection.tellState(after: before, in: context)
        } else {
            try context.note("token", arn.description, detail: detail)
        }
        try resumeDeliveries(with: connection, failure: failure, in: context)
    }

    /// Fetches another token, since this one is not accepted any more.
    static func renew(_ connection: StoredConnection, in context: WriteContext) throws {
        guard connection.state == .authorized, connection.tokenRequested == nil else { return }
        var connection = connection
        connection.token = nil
        try begin(&connection, in: context)
    }

    /// Goes on with what waits for the connection.
    static func resumeDeliveries(
        with connection: StoredConnection, failure: DeliveryFailure? = nil, in context: WriteContext
    ) throws {
        for destination in try StoredApiDestination.list(with: connection.arn, in: context) {
            try context.resumeDeliveries(to: destination.arn, failure: failure)
        }
    }

    private static func failure(_ reason: String, _ retryAfter: String?, now: Timestamp) -> DeliveryFailure {
        var failure = DeliveryFailure("ERROR_FROM_TARGET", reason, isRetryable: true)
        if case .seconds(let seconds) = retryAfter.flatMap({ RetryAfter($0, now: now) }) {
            failure.leastDelaySeconds = seconds
        }
        return failure
    }
}
