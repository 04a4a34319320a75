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

    private typealias Counts = [String: [String: Count]]

    /// What one lane has counted, by service and operation. Lanes do not wait for each other.
    private final class Tally: Sendable {
        let counts = Mutex(Counts())
    }

    private struct State {
        var notServed: [Call: Int] = [:]
        var access: [String: Set<String>] = [:]
    }

    /// Names come from clients, so there is an end to how many are remembered.
    private static let nameLimit = 1000
    private static let resourceLimit = 10_000

    /// Whether permissions that requests need are remembered too.
    public let recordsAccess: Bool
    private let state = Mutex(State())
    private let tallies: [Tally]

    public init(lanes: Int, recordsAccess: Bool) {
        self.recordsAccess = recordsAccess
        tallies = (0..<lanes).map { _ in Tally() }
    }

    public func record(service: String, operation: String, error: String?, lane: Int) {
        tallies[lane].counts.withLock { counts in
            counts[service, default: [:]][operation, default: Count()].calls += 1
            if let error { counts[service]?[operation]?.errors[error, default: 0] += 1 }
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

    public var counts: [Call: Count] {
        var total: [Call: Count] = [:]
        for tally in tallies {
            for (service, operations) in tally.counts.withLock({ $0 }) {
                for (operation, count) in operations {
                    let call = Call(service: service, operation: operation)
                    total[call, default: Count()].calls += count.calls
                    total[call, default: Count()].errors.merge(count.errors, uniquingKeysWith: +)
                }
            }
        }
        return total
    }
    public var notServed: [Call: Int] { state.withLock { $0.notServed } }
    /// Resources by the action that was needed on them.
    public var access: [String: Set<String>] { state.withLock { $0.access } }
}
