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
    /// The service with the event buses.
    let eventRouter: (Service, EventRouter)?
    /// The service that keeps configuration items.
    let configurationRecording: (Service, ConfigurationRecording)?
    public let clock = Clock()
    public let random: Randomness
    public let calls: CallStatistics
    let pages: Pages
    let store: Store
    let log: Logger
    let timer = JobTimer()
    /// Only one at a time runs the jobs: together, they would do more in one commit than others can wait for.
    let turns = Turns()
    /// Whether somebody will look at the jobs who has not begun yet.
    let willLook = Atomic(false)
    let waiters: Waiters
    let outgoing = Outgoing()
    let cache = WriterCache()
    public let permissions: PermissionLevel
    public let holdsDeletedNames: Bool
    let recordsBeyondAWS: Bool
    let dataFolder: String?
    let runsPrograms: Bool
    /// URLs by the ARNs of functions.
    let functions: [String: String]
    /// Warnings that were given already, so that a thousand messages give one.
    private let warnings = Mutex<Set<String>>([])
    /// Where clients reach the server, for what it does by itself.
    private let endpoint = Mutex("http://127.0.0.1:4566")
    private static let warningLimit = 10_000

    /// - Parameters:
    ///   - dataFolder: where the state is kept; nil for temporary state.
    ///   - lanes: how many lanes read; each has a connection of its own.
    ///   - seed: makes ids repeatable.
    ///   - recordsAccess: whether to remember the permissions that requests need.
    ///   - permissions: how much is made of the policies that services need on each other's resources.
    ///   - holdsDeletedNames: whether the name of a deleted queue is taken for another minute, as in AWS.
    ///   - recordsBeyondAWS: whether AWS Config records resources too that it does not know in AWS.
    ///   - runsPrograms: whether services may run programs on this machine that users bring with them.
    ///   - functions: the URLs that stand for functions of AWS Lambda, by ARN.
    ///   - log: where jobs that fail are named.
    ///   - longReadLimit: how long an operation may take that reads beside the lanes.
    ///   - together: is given the answering of all requests of a commit, and may hold their effects together.
    public init(
        services: [Service], dataFolder: String? = nil, lanes: Int, seed: UInt64? = nil, recordsAccess: Bool = false,
        permissions: PermissionLevel = .warn, holdsDeletedNames: Bool = false,
        recordsBeyondAWS: Bool = false, runsPrograms: Bool = false, functions: [String: String] = [:],
        log: Logger = Logger(label: "windtunnel"), longReadLimit: DispatchTimeInterval = .seconds(30),
        together: @escaping @Sendable (() -> Void) -> Void = { $0() }
    ) throws {
        self.services = services
        eventRouter = services.lazy.compactMap { service in service.eventRouter.map { (service, $0) } }.first
        configurationRecording =
            services.lazy.compactMap { service in service.configurationRecording.map { (service, $0) } }.first
        self.log = log
        self.permissions = permissions
        self.holdsDeletedNames = holdsDeletedNames
        self.recordsBeyondAWS = recordsBeyondAWS
        self.runsPrograms = runsPrograms
        self.functions = functions
        self.dataFolder = dataFolder
        random = Randomness(seed: seed)
        let store = try Store(folder: dataFolder, lanes: lanes, longReadLimit: longReadLimit, together: together)
        self.store = store
        waiters = Waiters(clock: clock) { store.write($0) }
        calls = CallStatistics(lanes: lanes, recordsAccess: recordsAccess)
        pages = Pages(secret: try Self.pageSecret(in: store, random: random))
        try store.writeAndWait { [clock] in try clock.restore(from: $0) }
        if dataFolder != nil {
            try store.writeAndWait { [self] connection in try Deliveries.recover(in: context(on: connection)) }
            runDueJobs {}
        }
    }

    public var isTemporary: Bool { store.isTemporary }

    /// To be told as soon as the server has its port.
    ///
    /// - Parameter endpoint: `http://127.0.0.1:4566`
    public func isReached(at endpoint: String) { self.endpoint.withLock { $0 = endpoint } }

    /// Runs an operation whose input has been validated. A reading one answers at once on the lane, or, where it may take
    /// long, on a thread of its own; a writing one after its commit.
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
        case .longRead(let handler, let failure):
            let cancel = store.longReads.run { connection in
                try handler(
                    input,
                    ReadContext(caller: caller, service: service.model.name, database: connection, kernel: self))
            } done: { outcome in
                switch outcome {
                case .done(let result): completion(result)
                case .tookTooLong: completion(.failure(failure))
                }
            }
            onHangUp(cancel)
        case .write(let handler):
            write(service: service.model.name, caller: caller) { context in
                let output = try handler(input, context)
                try context.emitCall(operation, of: service, input: input, output: output)
                return output
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

    /// Reads what the latest commits left, for a caller that is on no lane.
    public func inspect<Output: Sendable>(
        _ body: @escaping @Sendable (ReadContext) throws -> Output,
        done: @escaping @Sendable (Result<Output, any Error>) -> Void
    ) {
        write(service: "windtunnel", caller: root(of: "000000000000", "us-east-1"), body, done: done)
    }

    /// Runs `body` in a transaction; `done` is called when its outcome is final.
    func write<Output: Sendable>(
        service: String, caller: Caller, _ body: @escaping @Sendable (WriteContext) throws -> Output,
        done: @escaping @Sendable (Result<Output, any Error>) -> Void
    ) {
        store.write(work(service: service, caller: caller, body, done: done))
    }

    /// The same, to be done together with other work.
    func work<Output: Sendable>(
        service: String, caller: Caller, _ body: @escaping @Sendable (WriteContext) throws -> Output,
        done: @escaping @Sendable (Result<Output, any Error>) -> Void
    ) -> Store.Work {
        let outcome = Mutex<(output: Output, signals: [Waiters.Signal], requests: [Outgoing.Request])?>(nil)
        return Store.Work { connection in
            let context = WriteContext(
                caller: caller, service: service, database: connection, kernel: self, effects: .init())
            let output = try body(context)
            try context.recordConfigurations()
            try context.wakeJobs()
            let (woken, unheard) = self.waiters.take(for: context.effects.signals)
            outcome.withLock { $0 = (output, unheard, context.effects.requests) }
            return Store.Consequences(following: woken, closing: context.effects.closing)
        } done: { error in
            guard error == nil, let (output, signals, requests) = outcome.withLock({ $0 }) else {
                if error is SQLiteError { self.cache.forgetAll() }
                return done(.failure(error ?? CancellationError()))
            }
            // Requests first, so that nobody who has the answer can believe that nothing is on its way; signals last, so
            // that who waits is there to be woken.
            self.send(requests)
            done(.success(output))
            for signal in signals { self.wake(signal) }
        }
    }

    /// Lets those that a signal is for look again.
    func wake(_ signal: Waiters.Signal) {
        for work in waiters.take(signal) { store.write(work) }
    }

    /// What a transaction wants sent, once it is committed.
    func send(_ requests: [Outgoing.Request]) {
        for request in requests {
            outgoing.send(request) { request, result, ended in
                self.write(service: request.service, caller: self.root(of: request.account, request.region)) {
                    try self.finish(request, result, in: $0)
                } done: { outcome in
                    if case .failure(let error) = outcome {
                        self.log.error("The outcome of an order of \(request.service) was not kept: \(error)")
                    }
                    ended()
                }
            }
        }
    }

    private func finish(_ request: Outgoing.Request, _ outcome: Outgoing.Outcome, in context: WriteContext) throws {
        switch (request.purpose, outcome) {
        case (.delivery(let number, let shown, _), .web(let result)):
            try Deliveries.finish(number, shown: shown, result, in: context)
        case (.call(let call, _), .web(let result)):
            try service(named: request.service)?.webCallRunners[call.kind]?(call, result, context)
        case (.program(let call, _), .program(let ending)):
            try service(named: request.service)?.programRunners[call.kind]?(call, ending, context)
        default: break
        }
    }

    func root(of account: String, _ region: String) -> Caller {
        Caller(
            region: region, principal: .root(of: account, region: region), requestID: random.uuid(),
            endpoint: endpoint.withLock { $0 })
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

    /// The service that takes what is delivered to a resource.
    func keeper(of resource: ARN) -> Service? {
        service(named: resource.service) ?? services.first { $0.destination?.others.contains(resource.service) == true }
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
        try read { try Journal.entries(after: sequence, kind: nil, limit: 1000, in: $0.database) }
    }

    /// Reads what is committed, for a caller that is no request.
    ///
    /// - Parameter place: an account and a Region.
    public func read<Output: Sendable>(
        in place: (account: String, region: String) = ("000000000000", "us-east-1"),
        _ body: @escaping @Sendable (ReadContext) throws -> Output
    ) throws -> Output {
        let found = Mutex<Output?>(nil)
        try store.writeAndWait { [self] connection in
            let context = context(on: connection).reading(account: place.account, region: place.region)
            let output = try body(context)
            found.withLock { $0 = output }
        }
        guard let output = found.withLock({ $0 }) else { preconditionFailure("The read neither failed nor ended") }
        return output
    }

    /// The events since a row of the journal that no rule matched though rules watch their bus, each with the nearest rule
    /// and what keeps that one from firing.
    public func nearMisses(after sequence: Int64) throws -> [(event: JSON, rule: String, text: String)] {
        guard let (_, router) = eventRouter else { return [] }
        return try read { context in
            try Journal.entries(after: sequence, kind: "event", limit: 1000, in: context.database).compactMap { entry in
                try router.nearMiss(entry, context).map { (entry.detail, $0.rule, $0.text) }
            }
        }
    }

    /// Answers requests that wait with what there is, so that a stop need not wait for them.
    public func endWaits() { waiters.close() }

    /// The last thing before the process ends.
    public func close() {
        outgoing.programs.stopAll()
        store.checkpoint()
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
