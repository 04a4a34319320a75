import Dispatch
import Synchronization

/// One of the serial queues that connections are spread over. What a connection does, its handler included, happens on its
/// lane.
public struct Lane: Sendable {
    /// From 0 up to the number of the server's lanes.
    public let index: Int
    public let queue: DispatchQueue
    /// Lanes of several servers in one process share their indices, not this.
    private let id: Int

    private static let key = DispatchSpecificKey<Int>()
    private static let latestID = Atomic(0)

    init(index: Int) {
        self.index = index
        id = Self.latestID.wrappingAdd(1, ordering: .relaxed).newValue
        queue = DispatchQueue(label: "windtunnel.lane.\(index)")
        queue.setSpecific(key: Self.key, value: id)
    }

    /// Whether the caller runs on this lane.
    var isCurrent: Bool { DispatchQueue.getSpecific(key: Self.key) == id }

    /// Runs `body` now when on the lane already, otherwise as soon as the lane comes to it.
    public func run(_ body: @escaping @Sendable () -> Void) {
        if isCurrent { body() } else { queue.async(execute: body) }
    }
}
