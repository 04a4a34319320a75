import CEpoll
import Dispatch
import Glibc

/// Watches the sockets of one lane, and is itself one source of Dispatch: a lane that is awake then serves every
/// connection that is ready, where a source for each would cost a thread's wake-up and four system calls a request.
///
/// Used on the lane's queue only.
final class Poller {
    /// What a descriptor is watched for. The end of a connection is reported whether asked for or not.
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let reading = Interest(rawValue: EPOLLIN.rawValue)
        static let writing = Interest(rawValue: EPOLLOUT.rawValue)
        static let end = Interest(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
    }

    /// How often the sockets are looked at before other work of the lane gets its turn.
    private static let rounds = 4
    private static let eventsAtATime = 64

    private let descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: eventsAtATime)
    private var source: (any DispatchSourceRead)?

    deinit {
        events.deallocate()
        if source == nil { close(descriptor) }
    }

    /// - Parameter body: gets what is ready: of each connection its number and what it is ready for.
    func start(on queue: DispatchQueue, _ body: @escaping (Slice<UnsafeMutableBufferPointer<epoll_event>>) -> Void) {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.poll(body) }
        source.setCancelHandler { [descriptor] in close(descriptor) }
        self.source = source
        source.resume()
    }

    func stop() { source?.cancel() }

    /// Begins to watch a socket; it is watched until it is closed.
    ///
    /// - Parameter number: never given twice, so that what is reported of a closed connection reaches no other.
    func add(_ socket: Int32, number: Int, _ interest: Interest) {
        control(EPOLL_CTL_ADD, socket, number, interest)
    }

    func change(_ socket: Int32, number: Int, to interest: Interest) {
        control(EPOLL_CTL_MOD, socket, number, interest)
    }

    private func control(_ operation: Int32, _ socket: Int32, _ number: Int, _ interest: Interest) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: UInt64(number)))
        epoll_ctl(descriptor, operation, socket, &event)
    }

    private func poll(_ body: (Slice<UnsafeMutableBufferPointer<epoll_event>>) -> Void) {
        for _ in 0..<Self.rounds {
            let count = epoll_wait(descriptor, events.baseAddress, Int32(events.count), 0)
            guard count > 0 else { return }
            body(events[..<Int(count)])
        }
    }
}
