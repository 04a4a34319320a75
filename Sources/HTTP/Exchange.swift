import Dispatch
import Synchronization

/// One of the serial queues that connections are spread over. What a connection does, its handler included, happens on its
/// lane.
public final class Lane: Sendable {
    public let index: Int
    let queue: DispatchQueue
    private static let key = DispatchSpecificKey<Int>()

    init(index: Int) {
        self.index = index
        queue = DispatchQueue(label: "windtunnel.lane.\(index)")
        queue.setSpecific(key: Self.key, value: index)
    }

    var isCurrent: Bool { DispatchQueue.getSpecific(key: Self.key) == index }
}

/// A request and the place for its answer. The answer may come at once or later, from any thread, once.
public final class Exchange: Sendable {
    public let request: Request
    public let lane: Lane
    private let connection: Connection
    private let slot: Int

    init(request: Request, connection: Connection, slot: Int) {
        self.request = request
        self.connection = connection
        self.slot = slot
        lane = connection.lane
    }

    public func respond(_ response: Response) {
        if lane.isCurrent {
            connection.answer(slot, response)
        } else {
            lane.queue.async { self.connection.answer(self.slot, response) }
        }
    }

    /// Begins an answer whose length is not known; it is sent as it is written.
    public func stream(_ head: Response) -> ResponseStream {
        let stream = ResponseStream(connection: connection, slot: slot)
        lane.queue.async { self.connection.beginStream(self.slot, head) }
        return stream
    }

    /// `body` is called on the lane when the connection ends before the answer.
    public func onClose(_ body: @escaping @Sendable () -> Void) {
        lane.queue.async { self.connection.onClose(self.slot, body) }
    }
}

/// The rest of an answer that is sent in chunks.
public final class ResponseStream: Sendable {
    private let connection: Connection
    private let slot: Int

    init(connection: Connection, slot: Int) {
        self.connection = connection
        self.slot = slot
    }

    public func write(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        connection.lane.queue.async { self.connection.writeChunk(self.slot, bytes) }
    }

    public func finish() {
        connection.lane.queue.async { self.connection.finishStream(self.slot) }
    }
}

/// What answers requests.
public protocol RequestHandler: Sendable {
    /// Called on the connection's lane; must not block.
    func handle(_ exchange: Exchange)
}
