/// What a client may take up. Every bound has a default.
public struct Limits: Sendable {
    /// Request line and headers together, in bytes; more is answered 431.
    public var headBytes = 64 * 1024
    /// A body in bytes, also after unpacking; more is answered 413.
    public var bodyBytes = 16 * 1024 * 1024
    /// How long a head that has begun may take, and then its body; longer is answered 408.
    public var receiveSeconds = 10
    /// How long a connection may lie idle between requests; then it is closed.
    public var idleSeconds = 75
    /// How long a client may take nothing of an answer; then it is cut off.
    public var sendSeconds = 30
    /// Connections at a time; fewer where the process may open fewer files. Then the oldest idle one makes room; where
    /// none is idle, a new one is answered 503.
    public var connections = 10_000
    /// Answers that the client has not taken yet, in bytes; with more, nothing further is read from it, and a streamed
    /// answer is cut off.
    public var pendingOutputBytes = 1024 * 1024
    /// Requests of one connection that may wait for their answers; with more, nothing further is read from it.
    public var pipelinedRequests = 256

    public init() {}
}
