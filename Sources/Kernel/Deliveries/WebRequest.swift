/// A request over HTTP that goes out once the transaction is committed.
public struct WebRequest: Sendable {
    public var method = "POST"
    /// Begins with `http`.
    public var url: String
    /// In their order.
    public var headers: [(name: String, value: String)] = []
    public var body: String
    /// For the whole exchange, where it is not the client's 15 seconds.
    public var timeoutSeconds: Int?
    /// So much of the answer's body is kept, in bytes.
    public var answerLimit = 1024

    public init(url: String, body: String) {
        self.url = url
        self.body = body
    }

    /// Scheme, name and port of a URL; nil for what is none.
    public static func host(of url: String) -> String? {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else { return nil }
        return url.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
    }
}

/// What a web server answered.
public struct WebAnswer: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    /// The beginning of the body, as text.
    public var body: String
    public let milliseconds: Int

    public init(status: Int, headers: [(name: String, value: String)] = [], body: String = "", milliseconds: Int = 0) {
        self.status = status
        self.headers = headers
        self.body = body
        self.milliseconds = milliseconds
    }

    /// The value of a header, whose name may be written in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// What came of a request.
public enum WebResult: Sendable {
    case answered(WebAnswer)
    /// Why there is no answer, for people.
    case failed(String, isTimeout: Bool)
}

/// A request that a service makes for itself and not for a delivery: its outcome goes to the service's runner of the same
/// kind, in a transaction of its own. Whoever must have the outcome schedules a job too, since a request is lost when the
/// process ends before it does.
public struct WebCall: Sendable {
    public typealias Runner = @Sendable (WebCall, WebResult, WriteContext) throws -> Void

    public let kind: String
    public let subject: String
    /// What the service wants to know again with the outcome.
    public let detail: String
}

extension WriteContext {
    /// Makes a request once the transaction is committed.
    public func call(_ kind: String, subject: String, detail: String = "", _ request: WebRequest) {
        effects.requests.append(
            Outgoing.Request(
                purpose: .call(WebCall(kind: kind, subject: subject, detail: detail), request), account: account,
                region: region, service: service, host: nil))
    }
}
