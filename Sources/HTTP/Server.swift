import Dispatch
import Glibc
import Synchronization

/// Why the server cannot listen; the text is for the person at the terminal.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    public let description: String
}

/// An HTTP/1.1 server on sockets and Dispatch.
///
/// ```swift
/// let server = try Server(host: "127.0.0.1", port: 4566, handler: handler)
/// server.start()
/// ```
///
/// Each connection belongs to one lane, on which all of it happens: nothing is locked on the way of a request.
public final class Server: Sendable {
    /// Where it listens, also when 0 was asked for.
    public let port: Int
    public let lanes: [Lane]
    private let acceptor: Acceptor
    private let runners: [LaneRunner]
    private let population = Population()

    /// Files that are not connections: the store's, the log's.
    private static let reservedDescriptors = 64
    private static let backlog: Int32 = 1024

    /// Binds and listens.
    ///
    /// - Parameters:
    ///   - host: a name or an address; the first one it stands for is taken.
    ///   - port: 0 takes a free one.
    ///   - lanes: `defaultLanes` unless given.
    /// - Throws: when the address does not exist, is taken, or is not allowed.
    public init(
        host: String, port: Int, lanes: Int? = nil, limits: Limits = Limits(), handler: any RequestHandler
    ) throws(ServerError) {
        var limits = limits
        limits.connections = max(1, min(limits.connections, Self.descriptorLimit() - Self.reservedDescriptors))
        let (descriptor, port) = try Listener.listen(host: host, port: port, backlog: Self.backlog)
        let all = (0..<max(1, lanes ?? Self.defaultLanes)).map(Lane.init)
        let population = population
        runners = all.map { LaneRunner(lane: $0, limits: limits, handler: handler, population: population) }
        acceptor = Acceptor(
            descriptor: descriptor, limit: limits.connections, runners: runners, population: population)
        self.lanes = all
        self.port = port
    }

    deinit {
        let runners = runners
        acceptor.stop { for runner in runners { runner.lane.post { runner.end() } } }
    }

    /// One lane for each core, at least two.
    public static var defaultLanes: Int { max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Begins to take connections; called once.
    public func start() {
        for runner in runners { runner.start() }
        acceptor.start()
    }

    /// Takes no more connections, ends those that are idle, lets what is in flight finish for up to `graceSeconds`, cuts
    /// off what is left then, and calls `completion` once.
    public func stop(graceSeconds: Int, completion: @escaping @Sendable () -> Void) {
        let (runners, population, queue) = (runners, population, acceptor.queue)
        let complete = Once(completion)
        let stopping = DispatchGroup()
        stopping.enter()
        acceptor.stop {
            // Whatever was accepted is with its lane by now, so that none comes after this.
            for runner in runners {
                stopping.enter()
                runner.lane.post {
                    runner.stop()
                    stopping.leave()
                }
            }
            stopping.leave()
        }
        stopping.notify(queue: queue) {
            population.whenEmpty(on: queue) {
                for runner in runners { runner.lane.post { runner.end() } }
                complete()
            }
        }
        let deadline = DispatchTime.now() + .seconds(max(0, graceSeconds))
        queue.asyncAfter(deadline: deadline) {
            for runner in runners { runner.lane.post { runner.end() } }
        }
        // Also when a handler never comes back and holds its lane.
        queue.asyncAfter(deadline: deadline + .seconds(1)) { complete() }
    }

    /// Raises the limit of open files as far as the system lets it, and answers what it is then.
    private static func descriptorLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        return Int(clamping: limit.rlim_cur)
    }
}

/// Something that is called once, however often it is asked for.
private final class Once: Sendable {
    private let body: @Sendable () -> Void
    private let isDone = Atomic(false)

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func callAsFunction() {
        if !isDone.exchange(true, ordering: .acquiringAndReleasing) { body() }
    }
}
