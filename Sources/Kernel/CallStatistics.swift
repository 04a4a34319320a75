import Synchronization

/// What was called how often, for the health page and the report of a run.
public final class CallStatistics: Sendable {
    public struct Call: Hashable, Sendable {
        public let service: String
        public let operation: String
    }

    public struct Count: Sendable {
        public var calls = 0
        public var errors: [String: Int] = [:]
    }

    private struct State {
        var counts: [Call: Count] = [:]
        var notServed: [Call: Int] = [:]
        var access: [String: Set<String>] = [:]
    }

    /// Names come from clients, so there is an end to how many are remembered.
    private static let nameLimit = 1000
    private static let resourceLimit = 10_000

    /// Whether permissions that requests need are remembered too.
    public let recordsAccess: Bool
    private let state = Mutex(State())

    public init(recordsAccess: Bool) { self.recordsAccess = recordsAccess }

    public func record(service: String, operation: String, error: String?) {
        let call = Call(service: service, operation: operation)
        state.withLock { state in
            state.counts[call, default: Count()].calls += 1
            if let error { state.counts[call, default: Count()].errors[error, default: 0] += 1 }
        }
    }

    public func record(notServed operation: String, service: String) {
        let call = Call(service: service, operation: operation)
        state.withLock { state in
            guard state.notServed[call] != nil || state.notServed.count < Self.nameLimit else { return }
            state.notServed[call, default: 0] += 1
        }
    }

    func record(access action: String, resource: String) {
        state.withLock { state in
            guard state.access[action, default: []].count < Self.resourceLimit else { return }
            state.access[action, default: []].insert(resource)
        }
    }

    public var counts: [Call: Count] { state.withLock { $0.counts } }
    public var notServed: [Call: Int] { state.withLock { $0.notServed } }
    /// Resources by the action that was needed on them.
    public var access: [String: Set<String>] { state.withLock { $0.access } }
}
