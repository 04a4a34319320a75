import Synchronization

/// The rest of an answer that is sent in chunks. Usable from any thread; a stream that is let go unfinished cuts the
/// connection, so that the client does not take the part for the whole.
///
/// ```swift
/// let stream = exchange.stream(status: 200, headers: ["Content-Type": "text/event-stream"])
/// stream.onClose { journal.unsubscribe(id) }
/// stream.write(Array("data: 1\n\n".utf8))
/// stream.finish()
/// ```
public final class ResponseStream: Sendable {
    private let connection: Connection
    private let slot: Int
    let isOpen: Atomic<Bool>

    init(connection: Connection, slot: Int, isOpen: Bool) {
        self.connection = connection
        self.slot = slot
        self.isOpen = Atomic(isOpen)
    }

    deinit {
        guard isOpen.load(ordering: .relaxed) else { return }
        connection.lane.post { [connection, slot] in connection.abandonStream(slot) }
    }

    /// Sends some more. A client that leaves more than `Limits.pendingOutputBytes` untaken is cut off.
    public func write(_ bytes: [UInt8]) {
        // An empty chunk would end the body.
        guard !bytes.isEmpty, isOpen.load(ordering: .relaxed) else { return }
        connection.lane.run { [connection, slot] in connection.writeStream(slot, bytes) }
    }

    public func finish() {
        guard isOpen.exchange(false, ordering: .relaxed) else { return }
        connection.lane.run { [connection, slot] in connection.finishStream(slot) }
    }

    /// `body` is called on the lane when the client hangs up before the stream is finished.
    public func onClose(_ body: @escaping @Sendable () -> Void) {
        connection.lane.run { [connection, slot] in connection.onClose(slot, body) }
    }
}
