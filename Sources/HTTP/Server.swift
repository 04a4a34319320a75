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
public final class Server: Sendable {
    public let port: Int
    public let lanes: [Lane]
    let limits: Limits
    let handler: any RequestHandler
    private let descriptor: Int32
    private let acceptQueue = DispatchQueue(label: "windtunnel.accept")
    private let state: Mutex<State>
    private let buffers: [LaneBuffer]

    private struct State {
        var connections: [UInt64: Connection] = [:]
        var nextID: UInt64 = 0
        var isStopping = false
        var accepting: (any DispatchSourceRead)?
        var timers: [any DispatchSourceTimer] = []
        var whenEmpty: (@Sendable () -> Void)?
    }

    /// Files that are not connections: the store's, the log's.
    private static let reservedDescriptors = 64
    private static let backlog: Int32 = 1024

    /// Binds and listens; port 0 takes a free one.
    public init(
        host: String, port: Int, lanes: Int = Server.defaultLanes, limits: Limits = Limits(),
        handler: any RequestHandler
    ) throws(ServerError) {
        self.handler = handler
        self.lanes = (0..<max(1, lanes)).map(Lane.init)
        buffers = self.lanes.map { _ in LaneBuffer() }
        var limits = limits
        limits.connections = min(limits.connections, Self.descriptorLimit() - Self.reservedDescriptors)
        self.limits = limits
        (descriptor, self.port) = try Listener.listen(host: host, port: port, backlog: Self.backlog)
        state = Mutex(State())
    }

    /// One lane for each core.
    public static var defaultLanes: Int { max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    public func start() {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: acceptQueue)
        source.setEventHandler { [weak self] in self?.accept() }
        let descriptor = descriptor
        source.setCancelHandler { Glibc.close(descriptor) }
        let timers = lanes.map { lane -> any DispatchSourceTimer in
            let timer = DispatchSource.makeTimerSource(queue: lane.queue)
            timer.schedule(deadline: .now() + 1, repeating: 1, leeway: .milliseconds(200))
            timer.setEventHandler { [weak self] in self?.check(lane) }
            timer.resume()
            return timer
        }
        // Sources are kept alive here and touched again only by `stop`.
        let kept = Unchecked((source, timers))
        state.withLock { state in
            state.accepting = kept.value.0
            state.timers = kept.value.1
        }
        source.resume()
    }

    /// Takes no more connections, lets what is in flight finish for `graceSeconds`, then calls `completion`.
    public func stop(graceSeconds: Int, completion: @escaping @Sendable () -> Void) {
        let once = Mutex(false)
        let complete: @Sendable () -> Void = {
            let isFirst = once.withLock { done in
                defer { done = true }
                return !done
            }
            if isFirst { completion() }
        }
        let open = state.withLock { state -> [Connection] in
            state.isStopping = true
            state.accepting?.cancel()
            state.accepting = nil
            state.whenEmpty = complete
            return Array(state.connections.values)
        }
        for connection in open { connection.lane.queue.async { connection.stop() } }
        if open.isEmpty { complete() }
        acceptQueue.asyncAfter(deadline: .now() + .seconds(graceSeconds)) { complete() }
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    func readBuffer(of lane: Lane) -> UnsafeMutableBufferPointer<UInt8> { buffers[lane.index].bytes }

    func remove(_ connection: Connection) {
        let whenEmpty = state.withLock { state -> (@Sendable () -> Void)? in
            state.connections[connection.id] = nil
            return state.isStopping && state.connections.isEmpty ? state.whenEmpty : nil
        }
        whenEmpty?()
    }

    // MARK: Accepting

    private func accept() {
        while true {
            let client = Glibc.accept(descriptor, nil, nil)
            guard client >= 0 else {
                // Without a free descriptor the next one waits in the backlog until an idle connection is gone.
                if errno == EMFILE || errno == ENFILE { makeRoom() }
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            var yes: Int32 = 1
            setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
            let (connection, isFull) = state.withLock { state in
                let id = state.nextID
                state.nextID += 1
                let lane = lanes[Int(id % UInt64(lanes.count))]
                let connection = Connection(descriptor: client, id: id, lane: lane, server: self)
                state.connections[id] = connection
                return (connection, state.connections.count > limits.connections)
            }
            connection.lane.queue.async { connection.start() }
            if isFull { makeRoom() }
        }
    }

    /// Ends the oldest connection that is idle.
    private func makeRoom() {
        let oldest = state.withLock { $0.connections.values.sorted { $0.id < $1.id } }
        closeFirstIdle(of: oldest[...])
    }

    private func closeFirstIdle(of connections: ArraySlice<Connection>) {
        guard let connection = connections.first else { return }
        connection.lane.queue.async {
            if connection.isIdle { connection.close() } else { self.closeFirstIdle(of: connections.dropFirst()) }
        }
    }

    private func check(_ lane: Lane) {
        let now = SteadyClock.seconds
        let mine = state.withLock { $0.connections.values.filter { $0.lane === lane } }
        for connection in mine { connection.check(now: now) }
    }

    /// Raises the limit of open files as far as the system lets it, and answers what it is then.
    private static func descriptorLimit() -> Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }
}

/// What a lane's connections read into; one is enough, since they take turns.
private final class LaneBuffer: @unchecked Sendable {  // Used on its lane only.
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64 * 1024)
    deinit { bytes.deallocate() }
}

/// Carries a value over a boundary that its user has looked at.
private struct Unchecked<Value>: @unchecked Sendable {  // `start` hands its sources over before they run.
    let value: Value
    init(_ value: Value) { self.value = value }
}
