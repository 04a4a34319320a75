import CEpoll
import Dispatch
import Glibc
import Synchronization

/// What the connections of one lane share.
///
/// `@unchecked Sendable`: the variables are used on the lane's queue only; the accepting side reaches them through `run`.
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
    /// By their numbers.
    private var connections: [Int: Connection] = [:]
    private var timer: (any DispatchSourceTimer)?
    /// What has answers to send.
    private var unsent: [Connection] = []
    /// Whether `flush` is on its way.
    private var willFlush = false

    init(lane: Lane, limits: Limits, handler: any RequestHandler, population: Population) {
        self.lane = lane
        self.limits = limits
        self.handler = handler
        self.population = population
    }

    deinit {
        timer?.cancel()
        buffer.deallocate()
    }

    /// One coarse timer looks after the time limits of all connections.
    func start() {
        let timer = DispatchSource.makeTimerSource(queue: lane.queue)
        timer.schedule(deadline: .now() + 1, repeating: 1, leeway: .milliseconds(100))
        timer.setEventHandler { [weak self] in self?.check() }
        self.timer = timer
        timer.resume()
        poller.start(on: lane.queue) { [weak self] events in self?.serve(events) }
    }

    private func serve(_ events: UnsafeMutableBufferPointer<epoll_event>.SubSequence) {
        willFlush = true
        for event in events {
            connections[Int(event.data.u64)]?.ready(Poller.Interest(rawValue: event.events))
        }
        flush()
    }

    /// Sends the connection's answers when what the lane does now is done: a client of many connections is then woken once
    /// for all answers, not for each.
    func flushSoon(_ connection: Connection) {
        unsent.append(connection)
        guard !willFlush else { return }
        willFlush = true
        lane.queue.async { self.flush() }
    }

    private func flush() {
        willFlush = false
        let connections = unsent
        unsent.removeAll()
        for connection in connections { connection.flush() }
    }

    private func check() {
        let now = SteadyClock.milliseconds
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
        timer?.cancel()
        timer = nil
        for connection in Array(connections.values) { connection.close() }
        poller.stop()
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
