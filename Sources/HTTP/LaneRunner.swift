import Dispatch
import Synchronization

/// What the connections of one lane share.
///
/// `@unchecked Sendable`: the variables are used on the lane only; the accepting side reaches them through `post`.
final class LaneRunner: @unchecked Sendable {
    let lane: Lane
    let limits: Limits
    let handler: any RequestHandler
    let population: Population
    /// What all connections of the lane read into; one is enough, since they take turns.
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64 * 1024)
    var date = HTTPDate()
    private(set) var isStopping = false
    let poller = Poller()
    /// By their numbers, which begin with 1.
    private var connections: [Int: Connection] = [:]
    /// What has answers to send.
    private var unsent: [Connection] = []
    private var hasEnded = false
    /// When the time limits of the connections are looked at again, in milliseconds.
    private var nextCheck = 0

    /// The number of the lane's bell among the poller's.
    private static let bellNumber = 0
    private static let checkMilliseconds = 1000

    init(lane: Lane, limits: Limits, handler: any RequestHandler, population: Population) {
        self.lane = lane
        self.limits = limits
        self.handler = handler
        self.population = population
    }

    deinit { buffer.deallocate() }

    /// Keeps the lane's queue for the lane, until `end`: a lane that waits for its sockets itself is awake when they are,
    /// where a source of Dispatch would wake its manager first.
    func start() {
        poller.add(lane.bell, number: Self.bellNumber, .reading)
        lane.queue.async { self.serve() }
    }

    private func serve() {
        while !hasEnded {
            lane.runPosted()
            flush()
            poller.wait(milliseconds: lane.fallAsleep() ? millisecondsToWait : 0) { number, readiness in
                guard number != Self.bellNumber else { return lane.quietenBell() }
                connections[number]?.ready(readiness)
            }
            lane.wakeUp()
            flush()
            if !connections.isEmpty, SteadyClock.milliseconds >= nextCheck { check() }
        }
    }

    /// Until the time limits must be looked at; a lane without connections sleeps on.
    private var millisecondsToWait: Int32 {
        connections.isEmpty ? -1 : Int32(max(0, nextCheck - SteadyClock.milliseconds))
    }

    /// Sends the connection's answers when what the lane does now is done: a client of many connections is then woken once
    /// for all answers, not for each.
    func flushSoon(_ connection: Connection) { unsent.append(connection) }

    private func flush() {
        guard !unsent.isEmpty else { return }
        let connections = unsent
        unsent.removeAll(keepingCapacity: true)
        for connection in connections { connection.flush() }
    }

    private func check() {
        let now = SteadyClock.milliseconds
        nextCheck = now + Self.checkMilliseconds
        // A copy, since a check may end a connection.
        for connection in Array(connections.values) { connection.check(now: now) }
    }

    /// Takes over a connection that has been counted.
    func adopt(_ descriptor: Int32, number: Int) {
        let connection = Connection(descriptor: descriptor, number: number, runner: self)
        connections[number] = connection
        connection.start()
    }

    func remove(_ connection: Connection) {
        connections[connection.number] = nil
        population.leave()
    }

    /// The age of the connection that has been idle longest; nil when none is.
    var oldestIdle: (since: Int, number: Int)? {
        connections.values.lazy.filter(\.isIdle).map(\.idleOrder).min { $0 < $1 }
    }

    /// Ends the connection that has been idle longest, and answers whether there was one.
    func closeOldestIdle() -> Bool {
        guard let oldest = connections.values.lazy.filter(\.isIdle).min(by: { $0.idleOrder < $1.idleOrder }) else {
            return false
        }
        oldest.close()
        return true
    }

    func stop() {
        isStopping = true
        for connection in Array(connections.values) { connection.stop() }
    }

    /// Cuts off what is left.
    func end() {
        isStopping = true
        hasEnded = true
        for connection in Array(connections.values) { connection.close() }
    }
}

/// How many connections there are, and when there are none.
final class Population: Sendable {
    private let number = Atomic(0)
    private let group = DispatchGroup()

    var count: Int { number.load(ordering: .relaxed) }

    func enter() {
        group.enter()
        number.wrappingAdd(1, ordering: .relaxed)
    }

    func leave() {
        number.wrappingSubtract(1, ordering: .relaxed)
        group.leave()
    }

    func whenEmpty(on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        group.notify(queue: queue, execute: body)
    }
}
