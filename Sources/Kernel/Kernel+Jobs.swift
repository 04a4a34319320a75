import Dispatch
import Model
import SQLite
import Synchronization

/// The clock's movements, and the jobs that fall due.
extension Kernel {
    /// How the clock is moved.
    public enum ClockCommand: Sendable {
        case advance(milliseconds: Int64)
        case set(Timestamp)
        case run(factor: Double)
        case followSystem
    }

    /// Moves the clock; `completion` follows when the jobs that became due have run, each at its own due time.
    public func move(_ command: ClockCommand, completion: @escaping @Sendable () -> Void) {
        let completion: @Sendable () -> Void = {
            self.store.write {
                try self.clock.save(to: $0)
            } done: { _ in
                self.waiters.wakeAll()
                completion()
            }
        }
        switch command {
        // What is under way belongs to the time before.
        case .advance(let milliseconds):
            outgoing.whenIdle { self.advance(to: self.clock.now.adding(milliseconds: milliseconds), completion) }
        case .set(let moment): outgoing.whenIdle { self.advance(to: moment, completion) }
        case .run(let factor):
            clock.run(factor: factor)
            runDueJobs(completion)
        case .followSystem:
            clock.followSystem()
            runDueJobs(completion)
        }
    }

    /// Runs everything that is due and waits for what is on its way; tells whether that took less than the limit.
    public func settle(limitSeconds: Int, completion: @escaping @Sendable (_ isSettled: Bool) -> Void) {
        let isOver = Mutex(false)
        let end: @Sendable (Bool) -> Void = { isSettled in
            let isFirst = isOver.withLock { isOver in
                defer { isOver = true }
                return !isOver
            }
            if isFirst { completion(isSettled) }
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(limitSeconds)) { end(false) }
        settle(until: { isOver.withLock { $0 } }, end)
    }

    private func settle(until isOver: @escaping @Sendable () -> Bool, _ end: @escaping @Sendable (Bool) -> Void) {
        runDueJobs {
            self.outgoing.whenIdle {
                // What came back may have made more due at once.
                self.hasDueJobs { isDue in
                    // A job that was due before may have sent something in the meantime.
                    let isSettled = !isDue && self.outgoing.isIdle
                    if !isSettled, !isOver() { self.settle(until: isOver, end) } else { end(isSettled) }
                }
            }
        }
    }

    private func hasDueJobs(_ answer: @escaping @Sendable (Bool) -> Void) {
        let isDue = Mutex(false)
        store.write { connection in
            let due = try Jobs.earliest(in: connection).map { $0.due <= self.clock.now } ?? false
            isDue.withLock { $0 = due }
        } done: { _ in
            answer(isDue.withLock { $0 })
        }
    }

    private func advance(to moment: Timestamp, _ completion: @escaping @Sendable () -> Void) {
        turns.take { end in
            self.step(until: moment, atDueTime: true) {
                self.clock.set(moment)
                end()
                self.runDueJobs(completion)
            }
        }
    }

    /// Called when jobs were added or time was moved.
    func jobsChanged() {
        guard !willLook.exchange(true, ordering: .relaxed) else { return }
        turns.take { end in
            self.willLook.store(false, ordering: .relaxed)
            self.step(until: nil, atDueTime: false, end)
        }
    }

    /// Runs what is due now, then waits for the next one.
    func runDueJobs(_ completion: @escaping @Sendable () -> Void) {
        turns.take { end in
            self.step(until: nil, atDueTime: false) {
                end()
                completion()
            }
        }
    }

    /// Runs the earliest job, in a transaction of its own, and goes on until none is due.
    private func step(until moment: Timestamp?, atDueTime: Bool, _ completion: @escaping @Sendable () -> Void) {
        let outcome = Mutex<(job: Job?, next: Timestamp?, signals: [Waiters.Signal], requests: [Outgoing.Request])>(
            (nil, nil, [], []))
        store.write { connection in
            guard let job = try Jobs.earliest(in: connection) else { return }
            guard job.due <= moment ?? self.clock.now else {
                outcome.withLock { $0.next = job.due }
                return
            }
            if atDueTime, job.due > self.clock.now { self.clock.set(job.due) }
            outcome.withLock { $0.job = job }
            try Jobs.delete(job, in: connection)
            let effects = try self.run(job, on: connection)
            outcome.withLock { ($0.signals, $0.requests) = (effects.signals, effects.requests) }
        } done: { error in
            let (job, next, signals, requests) = outcome.withLock { $0 }
            if error == nil {
                self.send(requests)
                for signal in signals { self.wake(signal) }
            }
            if let job {
                if error is SQLiteError { self.cache.forgetAll() }
                if let error { self.postpone(job, error) }
                guard atDueTime else { return self.step(until: moment, atDueTime: false, completion) }
                // The moment must not pass before what is under way has come to its end.
                return self.outgoing.whenIdle { self.step(until: moment, atDueTime: true, completion) }
            }
            if let next, let delay = self.clock.realMilliseconds(until: next) {
                self.timer.arm(afterMilliseconds: delay) { self.runDueJobs {} }
            }
            completion()
        }
    }

    /// A job that failed is undone with its deletion; it must keep no other from its turn.
    private func postpone(_ job: Job, _ error: any Error) {
        log.error("The job \(job.kind) of \(job.subject) failed and is tried again in an hour: \(error)")
        store.write {
            try Jobs.postpone(job, to: self.clock.now.adding(seconds: 3600), in: $0)
        } done: { _ in
        }
    }

    private func run(_ job: Job, on connection: Connection) throws -> WriteContext.Effects {
        let service = services.first { $0.jobRunners[job.kind] != nil }
        let context = WriteContext(
            caller: root(of: job.account, job.region), service: service?.model.name ?? "windtunnel",
            database: connection, kernel: self, effects: .init())
        if job.kind == Deliveries.jobKind {
            try Deliveries.run(job, in: context)
        } else {
            try service?.jobRunners[job.kind]?(job, context)
        }
        try context.recordConfigurations()
        try context.wakeJobs()
        return context.effects
    }
}
