import CEpoll
import Dispatch
import Glibc
import Synchronization

/// One of the threads of control that connections are spread over. What a connection does, its handler included, happens on
/// its lane.
public final class Lane: Sendable {
    typealias Body = @Sendable () -> Void

    /// From 0 up to the number of the server's lanes.
    public let index: Int
    let queue: DispatchQueue
    /// What others want done here; it is done together, with one wake-up.
    private let posted = Mutex<(bodies: [Body], isAsleep: Bool)>(([], false))
    /// Becomes readable to wake the lane up.
    let bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))

    /// Lanes of several servers in one process share their indices: the key's value is the lane itself.
    private static let key = DispatchSpecificKey<ObjectIdentifier>()

    init(index: Int) {
        self.index = index
        queue = DispatchQueue(label: "windtunnel.lane.\(index)")
        queue.setSpecific(key: Self.key, value: ObjectIdentifier(self))
    }

    deinit { close(bell) }

    /// Whether the caller runs on this lane.
    var isCurrent: Bool { DispatchQueue.getSpecific(key: Self.key) == ObjectIdentifier(self) }

    /// Runs `body` now when on the lane already, otherwise as soon as the lane comes to it.
    public func run(_ body: @escaping @Sendable () -> Void) {
        if isCurrent { body() } else { post(body) }
    }

    /// Runs `body` when the lane comes to it, in the order of posting.
    func post(_ body: @escaping @Sendable () -> Void) {
        if let posts = Self.gathered { return posts.add(body, to: self) }
        post([body])
    }

    private func post(_ bodies: [Body]) {
        let mustRing = posted.withLock { posted in
            posted.bodies += bodies
            defer { posted.isAsleep = false }
            return posted.isAsleep
        }
        if mustRing { eventfd_write(bell, 1) }
    }

    /// Runs what was posted.
    func runPosted() {
        let bodies = posted.withLock { posted in
            defer { posted.bodies = [] }
            return posted.bodies
        }
        for body in bodies { body() }
    }

    /// Called before the lane waits: whether nothing was posted, so that it may. The next post then rings the bell.
    func fallAsleep() -> Bool {
        posted.withLock { posted in
            posted.isAsleep = posted.bodies.isEmpty
            return posted.isAsleep
        }
    }

    func wakeUp() {
        posted.withLock { $0.isAsleep = false }
    }

    func quietenBell() {
        var rings: eventfd_t = 0
        eventfd_read(bell, &rings)
    }

    // MARK: Posting together

    /// What is being posted within `together`.
    @TaskLocal private static var gathered: Posts?

    /// Holds back what `body` posts until its end, so that each lane is woken once for all of it and not for the first.
    ///
    /// ```swift
    /// Lane.together { for exchange in exchanges { exchange.respond(answer) } }
    /// ```
    public static func together(_ body: () -> Void) {
        let posts = Posts()
        $gathered.withValue(posts, operation: body)
        for (lane, bodies) in posts.taken() { lane.post(bodies) }
    }

    private final class Posts: Sendable {
        private let byLane = Mutex<[(lane: Lane, bodies: [Body])]>([])

        func add(_ body: @escaping Body, to lane: Lane) {
            byLane.withLock { posts in
                if let place = posts.firstIndex(where: { $0.lane === lane }) {
                    posts[place].bodies.append(body)
                } else {
                    posts.append((lane, [body]))
                }
            }
        }

        func taken() -> [(lane: Lane, bodies: [Body])] { byLane.withLock { $0 } }
    }
}
