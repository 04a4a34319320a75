import Dispatch
import JSON
import Logging
import Model
import SQLite
import Synchronization

/// What all services stand on: store, clock, journal, jobs, ids.
///
/// ```swift
/// let kernel = try Kernel(services: [SSM.service], lanes: 2)
/// kernel.perform(operation, of: service, input: input, caller: caller, lane: 0) { result in … }
/// ```
public final class Kernel: Sendable {
    public let services: [Service]
    public let clock = Clock()
    public let random: Randomness
    public let calls: CallStatistics
    let pages: Pages
    private let store: Store
    private let log: Logger
    private let timer = JobTimer()
    let waiters: Waiters

    /// - Parameters:
    ///   - dataFolder: where the state is kept; nil for temporary state.
    ///   - lanes: how many lanes read; each has a connection of its own.
    ///   - seed: makes ids repeatable.
    ///   - recordsAccess: whether to remember the permissions that requests need.
    ///   - log: where jobs that fail are named.
    public init(
        services: [Service], dataFolder: String? = nil, lanes: Int, seed: UInt64? = nil, recordsAccess: Bool = false,
        log: Logger = Logger(label: "windtunnel")
    ) throws {
        self.services = services
        self.log = log
        random = Randomness(seed: seed)
        waiters = Waiters(clock: clock)
        calls = CallStatistics(lanes: lanes, recordsAccess: recordsAccess)
        store = try Store(folder: dataFolder, lanes: lanes)
        pages = Pages(secret: try Self.pageSecret(in: store, random: random))
        try store.writeAndWait { [clock] in try clock.restore(from: $0) }
        if dataFolder != nil { runDueJobs {} }
    }

    public var isTemporary: Bool { store.isTemporary }

    /// Runs an operation whose input has been validated. A reading one answers at once on the lane; a writing one after its
    /// commit, on the writer's queue.
    ///
    /// - Parameter onHangUp: takes what is to be done when the client hangs up while its request waits.
    public func perform(
        _ operation: Operation, of service: Service, input: JSON, caller: Caller, lane: Int,
        onHangUp: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { _ in },
        completion: @escaping @Sendable (Result<JSON, any Error>) -> Void
    ) {
        switch operation.handler {
        case .read(let handler):
            completion(
                Result {
                    try read(service: service.model.name, caller: caller, lane: lane) { try handler(input, $0) }
                })
        case .write(let handler):
            write(service: service.model.name, caller: caller) {
                try handler(input, $0)
            } done: {
                completion($0)
            }
        case .waiting(let handler):
            let attempt = WaitingAttempt(
                kernel: self, service: service.model.name, caller: caller, handler: { try handler(input, $0) },
                onHangUp: onHangUp, completion: completion)
            attempt.start()
        }
    }

    /// Runs `body` in a transaction; `done` is called on the writer's queue when its outcome is final.
    func write<Output: Sendable>(
        service: String, caller: Caller, _ body: @escaping @Sendable (WriteContext) throws -> Output,
        done: @escaping @Sendable (Result<Output, any Error>) -> Void
    ) {
        let outcome = Mutex<(output: Output, signals: [String])?>(nil)
        store.write { connection in
            let context = WriteContext(caller: caller, service: service, database: connection, kernel: self)
            let output = try body(context)
            outcome.withLock { $0 = (output, context.signals) }
        } done: { error in
            guard error == nil, let (output, signals) = outcome.withLock({ $0 }) else {
                return done(.failure(error ?? CancellationError()))
            }
            done(.success(output))
            for signal in signals { self.waiters.wake(signal) }
        }
    }

    /// Reads from one snapshot of the store; must be called on the lane.
    public func read<Output>(
        service: String, caller: Caller, lane: Int, _ body: (ReadContext) throws -> Output
    ) throws -> Output {
        try store.read(lane: lane) { connection in
            try body(ReadContext(caller: caller, service: service, database: connection, kernel: self))
        }
    }

    /// A page of the journal for a caller that is no request: the oldest rows after a sequence number.
    public func journal(after sequence: Int64) throws -> [Journal.Entry] {
        let entries = Mutex<[Journal.Entry]>([])
        try store.writeAndWait { connection in
            let page = try Journal.entries(after: sequence, kind: nil, limit: 1000, in: connection)
            entries.withLock { $0 = page }
        }
        return entries.withLock { $0 }
    }

    /// Answers requests that wait with what there is, so that a stop need not wait for them.
    public func endWaits() { waiters.close() }

    /// The last thing before the process ends.
    public func close() { store.checkpoint() }

    // MARK: Clock and jobs

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
        case .advance(let milliseconds): advance(to: clock.now.adding(milliseconds: milliseconds), completion)
        case .set(let moment): advance(to: moment, completion)
        case .run(let factor):
            clock.run(factor: factor)
            runDueJobs(completion)
        case .followSystem:
            clock.followSystem()
            runDueJobs(completion)
        }
    }

    private func advance(to moment: Timestamp, _ completion: @escaping @Sendable () -> Void) {
        step(until: moment, atDueTime: true) {
            self.clock.set(moment)
            self.runDueJobs(completion)
        }
    }

    /// Called when jobs were added or time was moved.
    func jobsChanged() {
        timer.ifIdle { self.runDueJobs {} }
    }

    /// Runs what is due now, then waits for the next one.
    private func runDueJobs(_ completion: @escaping @Sendable () -> Void) {
        step(until: nil, atDueTime: false, completion)
    }

    /// Runs the earliest job, in a transaction of its own, and goes on until none is due.
    private func step(until moment: Timestamp?, atDueTime: Bool, _ completion: @escaping @Sendable () -> Void) {
        let outcome = Mutex<(job: Job?, next: Timestamp?, signals: [String])>((nil, nil, []))
        store.write { connection in
            guard let job = try Jobs.earliest(in: connection) else { return }
            guard job.due <= moment ?? self.clock.now else {
                outcome.withLock { $0.next = job.due }
                return
            }
            if atDueTime, job.due > self.clock.now { self.clock.set(job.due) }
            outcome.withLock { $0.job = job }
            try Jobs.delete(job, in: connection)
            let signals = try self.run(job, on: connection)
            outcome.withLock { $0.signals = signals }
        } done: { error in
            let (job, next, signals) = outcome.withLock { $0 }
            if error == nil { for signal in signals { self.waiters.wake(signal) } }
            if let job {
                if let error { self.postpone(job, error) }
                return self.step(until: moment, atDueTime: atDueTime, completion)
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

    /// - Returns: the signals of what it did.
    private func run(_ job: Job, on connection: Connection) throws -> [String] {
        guard let service = services.first(where: { $0.jobRunners[job.kind] != nil }) else { return [] }
        let caller = Caller(
            region: job.region, principal: .root(of: job.account, region: job.region), requestID: random.uuid())
        let context = WriteContext(caller: caller, service: service.model.name, database: connection, kernel: self)
        try service.jobRunners[job.kind]?(job, context)
        return context.signals
    }

    private static func pageSecret(in store: Store, random: Randomness) throws -> [UInt8] {
        let secret = Mutex<[UInt8]>([])
        try store.writeAndWait { connection in
            let kept = try connection.first("SELECT value FROM store_secret WHERE name = 'pages'") { $0.blob(0) }
            let made = kept ?? random.bytes(32)
            if kept == nil { try connection.run("INSERT INTO store_secret (name, value) VALUES ('pages', ?)", made) }
            secret.withLock { $0 = made }
        }
        return secret.withLock { $0 }
    }
}
