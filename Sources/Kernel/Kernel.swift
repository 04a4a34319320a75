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
    let outgoing = Outgoing()
    let cache = WriterCache()
    public let permissions: PermissionLevel
    public let holdsDeletedNames: Bool
    /// Warnings that were given already, so that a thousand messages give one.
    private let warnings = Mutex<Set<String>>([])
    private static let warningLimit = 10_000

    /// - Parameters:
    ///   - dataFolder: where the state is kept; nil for temporary state.
    ///   - lanes: how many lanes read; each has a connection of its own.
    ///   - seed: makes ids repeatable.
    ///   - recordsAccess: whether to remember the permissions that requests need.
    ///   - permissions: how much is made of the policies that services need on each other's resources.
    ///   - holdsDeletedNames: whether the name of a deleted queue is taken for another minute, as in AWS.
    ///   - log: where jobs that fail are named.
    public init(
        services: [Service], dataFolder: String? = nil, lanes: Int, seed: UInt64? = nil, recordsAccess: Bool = false,
        permissions: PermissionLevel = .warn, holdsDeletedNames: Bool = false, log: Logger = Logger(label: "windtunnel")
    ) throws {
        self.services = services
        self.log = log
        self.permissions = permissions
        self.holdsDeletedNames = holdsDeletedNames
        random = Randomness(seed: seed)
        waiters = Waiters(clock: clock)
        calls = CallStatistics(lanes: lanes, recordsAccess: recordsAccess)
        store = try Store(folder: dataFolder, lanes: lanes)
        pages = Pages(secret: try Self.pageSecret(in: store, random: random))
        try store.writeAndWait { [clock] in try clock.restore(from: $0) }
        if dataFolder != nil {
            try store.writeAndWait { [self] connection in try Deliveries.recover(in: context(on: connection)) }
            runDueJobs {}
        }
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

    /// Answers a page of a service.
    public func perform(
        _ page: Page, of service: Service, _ request: PageRequest, caller: Caller, lane: Int,
        completion: @escaping @Sendable (Result<PageAnswer, any Error>) -> Void
    ) {
        switch page.handler {
        case .read(let handler):
            completion(
                Result {
                    try read(service: service.model.name, caller: caller, lane: lane) { try handler(request, $0) }
                })
        case .write(let handler):
            write(service: service.model.name, caller: caller) {
                try handler(request, $0)
            } done: {
                completion($0)
            }
        }
    }

    /// Reads what the latest commits left, for a caller that is on no lane; the answer comes on the writer's queue.
    public func inspect<Output: Sendable>(
        _ body: @escaping @Sendable (ReadContext) throws -> Output,
        done: @escaping @Sendable (Result<Output, any Error>) -> Void
    ) {
        write(service: "windtunnel", caller: root(of: "000000000000", "us-east-1"), body, done: done)
    }

    /// Runs `body` in a transaction; `done` is called on the writer's queue when its outcome is final.
    func write<Output: Sendable>(
        service: String, caller: Caller, _ body: @escaping @Sendable (WriteContext) throws -> Output,
        done: @escaping @Sendable (Result<Output, any Error>) -> Void
    ) {
        let outcome = Mutex<(output: Output, signals: [String], requests: [Outgoing.Request])?>(nil)
        store.write { connection in
            let context = WriteContext(
                caller: caller, service: service, database: connection, kernel: self, effects: .init())
            let output = try body(context)
            outcome.withLock { $0 = (output, context.effects.signals, context.effects.requests) }
        } done: { error in
            guard error == nil, let (output, signals, requests) = outcome.withLock({ $0 }) else {
                if error is SQLiteError { self.cache.forgetAll() }
                return done(.failure(error ?? CancellationError()))
            }
            // Requests first, so that nobody who has the answer can believe that nothing is on its way; signals last, so
            // that who waits is there to be woken.
            self.send(requests)
            done(.success(output))
            for signal in signals { self.waiters.wake(signal) }
        }
    }

    /// What a transaction wants sent, once it is committed.
    private func send(_ requests: [Outgoing.Request]) {
        for request in requests {
            outgoing.send(request) { request, result, ended in
                self.write(service: request.service, caller: self.root(of: request.account, request.region)) {
                    try Deliveries.finish(request.delivery, result, in: $0)
                } done: { outcome in
                    if case .failure(let error) = outcome {
                        self.log.error("The outcome of delivery \(request.delivery) was not kept: \(error)")
                    }
                    ended()
                }
            }
        }
    }

    private func root(of account: String, _ region: String) -> Caller {
        Caller(region: region, principal: .root(of: account, region: region), requestID: random.uuid())
    }

    /// For what the kernel does by itself.
    private func context(on connection: Connection) -> WriteContext {
        WriteContext(
            caller: root(of: "000000000000", "us-east-1"), service: "windtunnel", database: connection, kernel: self,
            effects: .init())
    }

    func isNew(warning: String) -> Bool {
        warnings.withLock { warnings in
            if warnings.count >= Self.warningLimit { warnings = [] }
            return warnings.insert(warning).inserted
        }
    }

    func service(named name: String) -> Service? { services.first { $0.model.name == name } }

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
                    if isDue, !isOver() { self.settle(until: isOver, end) } else { end(!isDue) }
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
        let outcome = Mutex<(job: Job?, next: Timestamp?, signals: [String], requests: [Outgoing.Request])>(
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
                for signal in signals { self.waiters.wake(signal) }
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
        return context.effects
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
