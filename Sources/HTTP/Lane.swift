import Dispatch
import Synchronization

/// One of the serial queues that connections are spread over. What a connection does, its handler included, happens on its
/// lane.
public final class Lane: Sendable {
    /// From 0 up to the number of the server's lanes.
    public let index: Int
    let queue: DispatchQueue
    /// What others want done here; it is done together, with one wake-up.
    private let posted = Mutex<[@Sendable () -> Void]>([])

    /// Lanes of several servers in one process share their indices: the key's value is the lane itself.
    private static let key = DispatchSpecificKey<ObjectIdentifier>()

    init(index: Int) {
        self.index = index
        queue = DispatchQueue(label: "windtunnel.lane.\(index)")
        queue.setSpecific(key: Self.key, value: ObjectIdentifier(self))
    }

    /// Whether the caller runs on this lane.
    var isCurrent: Bool { DispatchQueue.getSpecific(key: Self.key) == ObjectIdentifier(self) }

    /// Runs `body` now when on the lane already, otherwise as soon as the lane comes to it.
    public func run(_ body: @escaping @Sendable () -> Void) {
        if isCurrent { body() } else { post(body) }
    }

    /// Runs `body` when the lane comes to it, in the order of posting.
    func post(_ body: @escaping @Sendable () -> Void) {
        let isFirst = posted.withLock { posted in
            posted.append(body)
            return posted.count == 1
        }
        if isFirst { queue.async { self.runPosted() } }
    }

    private func runPosted() {
        let bodies = posted.withLock { posted in
            defer { posted.removeAll(keepingCapacity: false) }
            return posted
        }
        for body in bodies { body() }
    }
}
