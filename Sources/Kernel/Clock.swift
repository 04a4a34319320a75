import Glibc
import Model
import SQLite
import Synchronization

/// The only source of time. It runs with the system's clock until it is moved, frozen or sped up.
public final class Clock: Sendable {
    public enum Mode: String, Sendable { case system, offset, frozen, factor }

    /// The time shown is `shown` plus what has passed since `real`, times `factor`; a factor of 0 is a frozen clock.
    private struct State {
        var real: Timestamp
        var shown: Timestamp
        var factor: Double
    }

    private let state: Mutex<State>
    /// Every request asks for the time; as long as it is the system's, they do so without waiting for each other.
    private let isMoved = Atomic(false)

    public init() {
        let now = Self.systemNow()
        state = Mutex(State(real: now, shown: now, factor: 1))
    }

    public var now: Timestamp {
        let now = Self.systemNow()
        return isMoved.load(ordering: .acquiring) ? state.withLock { Self.shown($0, at: now) } : now
    }

    public var mode: Mode {
        state.withLock { state in
            if state.factor == 0 { return .frozen }
            if state.factor != 1 { return .factor }
            return state.shown == state.real ? .system : .offset
        }
    }

    /// Moves the clock to a moment; it goes on from there as it did before.
    func set(_ moment: Timestamp) {
        state.withLock { $0 = State(real: Self.systemNow(), shown: moment, factor: $0.factor) }
        isMoved.store(true, ordering: .releasing)
    }

    /// Lets time pass `factor` times as fast as the system's; 0 freezes it.
    func run(factor: Double) {
        state.withLock { state in
            let real = Self.systemNow()
            state = State(real: real, shown: Self.shown(state, at: real), factor: factor)
        }
        isMoved.store(true, ordering: .releasing)
    }

    func followSystem() {
        let now = Self.systemNow()
        state.withLock { $0 = State(real: now, shown: now, factor: 1) }
        isMoved.store(false, ordering: .releasing)
    }

    /// Real milliseconds until the clock shows `moment`; nil when it is frozen.
    func realMilliseconds(until moment: Timestamp) -> Int64? {
        state.withLock { state in
            guard state.factor > 0 else { return nil }
            let left = moment.milliseconds - Self.shown(state, at: Self.systemNow()).milliseconds
            return max(0, Int64((Double(left) / state.factor).rounded(.up)))
        }
    }

    // MARK: Over a restart

    func restore(from database: Connection) throws {
        let kept = try database.first("SELECT real, shown, factor FROM clock") { row in
            State(
                real: Timestamp(milliseconds: row.int64(0)), shown: Timestamp(milliseconds: row.int64(1)),
                factor: row.double(2))
        }
        guard let kept else { return }
        state.withLock { $0 = kept }
        isMoved.store(true, ordering: .releasing)
    }

    func save(to database: Connection) throws {
        guard mode != .system else {
            try database.run("DELETE FROM clock")
            return
        }
        let state = state.withLock { $0 }
        try database.run(
            "INSERT OR REPLACE INTO clock (id, real, shown, factor) VALUES (1, ?, ?, ?)", state.real.milliseconds,
            state.shown.milliseconds, state.factor)
    }

    private static func shown(_ state: State, at real: Timestamp) -> Timestamp {
        let passed = real.milliseconds - state.real.milliseconds
        if state.factor == 1 { return state.shown.adding(milliseconds: passed) }
        return state.shown.adding(milliseconds: Int64(Double(passed) * state.factor))
    }

    private static func systemNow() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
