/// What a client may take up. Every bound has a default.
public struct Limits: Sendable {
    /// Request line and headers together, in bytes; more is answered 431.
    public var headBytes = 64 * 1024
    /// A body, after decoding; more is answered 413.
    public var bodyBytes = 16 * 1024 * 1024
    /// How long a head or body that has begun may take; then 408.
    public var receiveSeconds = 10
    /// How long a connection may lie idle between requests; then it is closed.
    public var idleSeconds = 75
    /// Connections at a time; fewer where the process may open fewer files. Then the oldest idle one makes room.
    public var connections = 10_000
    /// Answers that the client has not taken yet, in bytes; with more, nothing further is read from it.
    public var pendingOutputBytes = 1024 * 1024

    public init() {}
}
