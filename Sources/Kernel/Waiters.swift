import Dispatch
import Model
import Synchronization

/// The requests that wait for something to come, such as a long poll for a message.
///
/// They are state and no threads. Those that wait for the same thing are woken in the order in which they came, mostly one
/// for each signal: who finds nothing after all waits again. A wait ends by the store's clock or by the system's, whichever
/// comes first, so that a frozen clock keeps no client for ever.
final class Waiters: Sendable {
    struct Waiter: Sendable {
        let key: String
        /// When it gives up.
        let deadline: Timestamp
        /// The same on the system's monotonic clock.
        let realDeadline: DispatchTime
        let next: Timestamp?
        /// What looks again; nil when there is no need any more.
        let retry: @Sendable () -> Store.Work?
    }

    private struct State {
        /// By number, so in the order of arrival.
        var waiters: [UInt64: Waiter] = [:]
        var byKey: [String: [UInt64]] = [:]
        var lastNumber: UInt64 = 0
        var armed: DispatchTime?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "windtunnel.waiters")
    private let clock: Clock
    private let write: @Sendable (Store.Work) -> Void

    /// - Parameter write: runs what looks again because its time has come.
    init(clock: Clock, write: @escaping @Sendable (Store.Work) -> Void) {
        self.clock = clock
        self.write = write
    }

    /// - Returns: a number to remove the waiter by.
    func add(_ waiter: Waiter) -> UInt64 {
        let wake = wakeTime(of: waiter, from: .now())
        return state.withLock { state in
            state.lastNumber += 1
            state.waiters[state.lastNumber] = waiter
            state.byKey[waiter.key, default: []].append(state.lastNumber)
            arm(wake, &state)
            return state.lastNumber
        }
    }

    func remove(_ number: UInt64) {
        state.withLock { _ = take(number, &$0) }
    }

    func isAwaited(_ key: String) -> Bool { state.withLock { $0.byKey[key] != nil } }

    enum Signal: Sendable {
        /// For the one that has waited longest.
        case one(String)
        case all(String)

        var key: String {
            switch self {
            case .one(let key), .all(let key): key
            }
        }
    }

    /// What those that the signal is for do to look again.
    func take(_ signal: Signal) -> [Store.Work] {
        let waiters = state.withLock { state -> [Waiter] in
            switch signal {
            case .one(let key): (state.byKey[key] ?? []).prefix(1).compactMap { take($0, &state) }
            case .all(let key): (state.byKey[key] ?? []).compactMap { take($0, &state) }
            }
        }
        return waiters.compactMap { $0.retry() }
    }

    /// What can be done within the transaction of the signals, and the signals that are left for after its commit: those
    /// for all, who may be many, and those that nobody has heard, since a request may be about to wait.
    func take(for signals: [Signal]) -> (woken: [Store.Work], unheard: [Signal]) {
        guard !signals.isEmpty else { return ([], []) }
        var woken: [Store.Work] = []
        let unheard = signals.filter { signal in
            guard case .one = signal else { return true }
            let found = take(signal)
            woken += found
            return found.isEmpty
        }
        return (woken, unheard)
    }

    /// Lets all look again: time was moved.
    func wakeAll() {
        let waiters = state.withLock { state in
            defer {
                state.waiters = [:]
                state.byKey = [:]
            }
            return state.waiters.sorted { $0.key < $1.key }.map(\.value)
        }
        lookAgain(waiters)
    }

    /// Lets all end with what they have, and those that come with them: the server is about to stop.
    func close() {
        state.withLock { $0.isClosed = true }
        wakeAll()
    }

    var isClosed: Bool { state.withLock(\.isClosed) }

    // MARK: Time

    /// - Parameter now: one moment for all that are compared: a moment later, nothing would ever be due.
    private func wakeTime(of waiter: Waiter, from now: DispatchTime) -> DispatchTime {
        let moments = [waiter.deadline, waiter.next].compactMap { $0 }
        let real = moments.compactMap { clock.realMilliseconds(until: $0) }.min() ?? .max
        return min(waiter.realDeadline, now + .milliseconds(Int(min(real, 86_400_000))))
    }

    private func arm(_ time: DispatchTime, _ state: inout State) {
        if let armed = state.armed, armed <= time { return }
        state.armed = time
        queue.asyncAfter(deadline: time) { self.wakeDue(at: time) }
    }

    private func wakeDue(at time: DispatchTime) {
        let due = state.withLock { state -> [Waiter] in
            // An earlier one was armed since, and has done or will do this.
            guard state.armed == time else { return [] }
            state.armed = nil
            let now = DispatchTime.now()
            var due: [(UInt64, Waiter)] = []
            var earliest: DispatchTime?
            for (number, waiter) in state.waiters {
                let wake = wakeTime(of: waiter, from: now)
                if wake <= now { due.append((number, waiter)) } else { earliest = min(earliest ?? wake, wake) }
            }
            for (number, _) in due { _ = take(number, &state) }
            if let earliest { arm(earliest, &state) }
            return due.sorted { $0.0 < $1.0 }.map(\.1)
        }
        lookAgain(due)
    }

    private func lookAgain(_ waiters: [Waiter]) {
        for waiter in waiters {
            if let work = waiter.retry() { write(work) }
        }
    }

    private func take(_ number: UInt64, _ state: inout State) -> Waiter? {
        guard let waiter = state.waiters.removeValue(forKey: number) else { return nil }
        state.byKey[waiter.key]?.removeAll { $0 == number }
        if state.byKey[waiter.key]?.isEmpty == true { state.byKey[waiter.key] = nil }
        return waiter
    }
}
