import Synchronization

/// Lets several do something one after the other, in the order in which they came, without a thread that waits.
final class Turns: Sendable {
    /// Calls what it is given when the turn is over.
    typealias Body = @Sendable (_ end: @escaping @Sendable () -> Void) -> Void

    private let state = Mutex<(waiting: [Body], isTaken: Bool)>(([], false))

    func take(_ body: @escaping Body) {
        let mustWait = state.withLock { state in
            if state.isTaken { state.waiting.append(body) }
            defer { state.isTaken = true }
            return state.isTaken
        }
        if !mustWait { body { self.next() } }
    }

    private func next() {
        let body = state.withLock { state -> Body? in
            state.isTaken = !state.waiting.isEmpty
            return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        }
        body? { self.next() }
    }
}
