import SQLite
import Synchronization

/// Rows that the writer reads for nearly every request, such as the queue that messages go to. Who changes one forgets it
/// in the same transaction; it is read anew then.
final class WriterCache: Sendable {
    private static let countLimit = 10_000
    private let values = Mutex<[String: any Sendable]>([:])

    func value(_ key: String) -> (any Sendable)? { values.withLock { $0[key] } }

    func keep(_ value: any Sendable, _ key: String) {
        values.withLock { values in
            if values.count >= Self.countLimit { values = [:] }
            values[key] = value
        }
    }

    func forget(_ key: String) { values.withLock { $0[key] = nil } }

    /// A commit that failed took back what had been read.
    func forgetAll() { values.withLock { $0 = [:] } }
}

extension WriteContext {
    /// What `read` gives, from an earlier transaction where nothing has changed since.
    public func cached<Value: Sendable>(_ key: String, read: () throws -> Value?) throws -> Value? {
        if let known = kernel.cache.value(key) as? Value { return known }
        guard let value = try read() else { return nil }
        // What this transaction has changed may yet be undone.
        if !effects.changed.contains(key) { kernel.cache.keep(value, key) }
        return value
    }

    /// Called by whoever changes what `cached` keeps under the key.
    public func forget(_ key: String) {
        effects.changed.insert(key)
        kernel.cache.forget(key)
    }

    /// Called by whoever changes a part of what `cached` keeps under the key, where the value itself sees to that: it stays
    /// as it is, and none that this transaction reads is kept.
    public func markChanged(_ key: String) { effects.changed.insert(key) }

    /// Whether this transaction has changed it, which may yet be undone.
    public func hasChanged(_ key: String) -> Bool { effects.changed.contains(key) }

    /// Whether a request waits for this signal.
    public func isAwaited(_ key: String) -> Bool { kernel.waiters.isAwaited(key) }
}
