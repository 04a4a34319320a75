import Dispatch
import Synchronization

/// Runs programs, a few at a time; the others wait for their turn. Each has a thread that waits for it.
public final class Programs: Sendable {
    private struct State {
        var waiting: [(run: ProgramRun, completion: @Sendable (ProgramEnding) -> Void)] = []
        /// By their ids, those that wait too.
        var runs: [String: ProgramRun] = [:]
        var active = 0
    }

    private static let activeLimit = 4

    private let state = Mutex(State())

    public init() {}

    /// - Parameter completion: is called once, on any thread, when the id is free again.
    public func run(_ program: Program, id: String, completion: @escaping @Sendable (ProgramEnding) -> Void) {
        let run = ProgramRun(program)
        state.withLock { state in
            state.runs[id] = run
            state.waiting.append(
                (
                    run,
                    { ending in
                        self.state.withLock { state in
                            if state.runs[id] === run { state.runs[id] = nil }
                        }
                        completion(ending)
                    }
                ))
        }
        startNext()
    }

    public func isRunning(_ id: String) -> Bool { state.withLock { $0.runs[id] != nil } }

    /// Ends a program with all that it has started; one that has ended already is none.
    public func stop(_ id: String) { state.withLock { $0.runs[id] }?.stop(.stopped) }

    public func stopAll() {
        for run in state.withLock({ Array($0.runs.values) }) { run.stop(.stopped) }
    }

    private func startNext() {
        let next = state.withLock { state -> (run: ProgramRun, completion: @Sendable (ProgramEnding) -> Void)? in
            guard state.active < Self.activeLimit, !state.waiting.isEmpty else { return nil }
            state.active += 1
            return state.waiting.removeFirst()
        }
        guard let (run, completion) = next else { return }
        // A queue for itself, whose thread may block.
        DispatchQueue(label: "program").async {
            let ending = run.perform()
            self.state.withLock { $0.active -= 1 }
            completion(ending)
            self.startNext()
        }
    }
}
