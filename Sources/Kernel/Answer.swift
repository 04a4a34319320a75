import Model

/// What a handler that may wait gives.
public enum Answer<Output: Sendable>: Sendable {
    case done(Output)
    /// Nothing is there yet; `otherwise` is the answer when nothing comes in time.
    case wait(Wait, otherwise: Output)
}

/// What a request waits for: a signal of this name, or the passing of time. No thread waits with it.
public struct Wait: Sendable {
    /// What `WriteContext.signal` names.
    public let key: String
    /// How long the request waits in all, counted from its first try.
    public let seconds: Int
    /// When it is worth another look though nobody signals, such as the end of a delay.
    public let next: Timestamp?

    public init(key: String, seconds: Int, next: Timestamp?) {
        self.key = key
        self.seconds = seconds
        self.next = next
    }
}
