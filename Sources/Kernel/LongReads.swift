import Dispatch
import SQLite
import Synchronization

/// Reads that may take long: beside the lanes, so that nobody else waits for them, a few at a time, each on a thread and a
/// connection of its own.
final class LongReads: Sendable {
    /// What came of one.
    enum Outcome<Value> {
        case done(Result<Value, any Error>)
        case tookTooLong
    }

    /// How long one may take, from when its turn comes.
    private let limit: DispatchTimeInterval
    private let queue = DispatchQueue(label: "windtunnel.long-reads", attributes: .concurrent)
    private let state: Mutex<State>

    private struct State {
        var waiting: [@Sendable (Connection) -> Void] = []
        /// The connections that nobody reads on; who comes while there is none waits for a turn.
        var free: [Confined<Connection>]
    }

    init(limit: DispatchTimeInterval, connections: [Confined<Connection>]) {
        self.limit = limit
        state = Mutex(State(free: connections))
    }

    /// Runs `body` on one snapshot; `done` is called on the thread that ran it.
    ///
    /// - Returns: what ends it where nobody wants the answer any more; `done` is not called then.
    func run<Value>(
        _ body: @escaping @Sendable (Connection) throws -> Value, done: @escaping @Sendable (Outcome<Value>) -> Void
    ) -> @Sendable () -> Void {
        let isUnwanted = Flag()
        let free = state.withLock { [limit] state in
            state.waiting.append { connection in
                guard !isUnwanted.isSet else { return }
                let end = DispatchTime.now() + limit
                let outcome = Result {
                    try connection.interrupting(when: { isUnwanted.isSet || DispatchTime.now() > end }) {
                        try connection.snapshot(body)
                    }
                }
                guard !isUnwanted.isSet else { return }
                if case .failure(let error as SQLiteError) = outcome, error.isInterruption { return done(.tookTooLong) }
                done(.done(outcome))
            }
            return state.free.popLast()
        }
        if let free { queue.async { self.work(on: free) } }
        return { isUnwanted.set() }
    }

    private func work(on connection: Confined<Connection>) {
        while let read = next(connection) { read(connection.value) }
    }

    private func next(_ connection: Confined<Connection>) -> (@Sendable (Connection) -> Void)? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free.append(connection)
            return nil
        }
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }
}

extension Connection {
    /// Reads from one snapshot.
    func snapshot<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        try run("BEGIN")
        defer { _ = try? run("COMMIT") }
        return try body(self)
    }
}
