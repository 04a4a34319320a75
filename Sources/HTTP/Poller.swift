import CEpoll
import Glibc

/// Watches the sockets of one lane.
///
/// Used on the lane only.
final class Poller {
    /// What a descriptor is watched for. The end of a connection is reported whether asked for or not.
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let reading = Interest(rawValue: EPOLLIN.rawValue)
        static let writing = Interest(rawValue: EPOLLOUT.rawValue)
        static let end = Interest(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
    }

    private static let eventsAtATime = 64

    private let descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: eventsAtATime)

    deinit {
        events.deallocate()
        close(descriptor)
    }

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

    /// Waits until something is ready, but no longer than `milliseconds`; -1 waits for ever. Calls `body` with the number
    /// of each socket that is, and what it is ready for.
    func wait(milliseconds: Int32, _ body: (Int, Interest) -> Void) {
        let count = epoll_wait(descriptor, events.baseAddress, Int32(events.count), milliseconds)
        for event in events.prefix(Int(max(0, count))) {
            body(Int(event.data.u64), Interest(rawValue: event.events))
        }
    }
}
