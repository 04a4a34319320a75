import Dispatch
import Synchronization

/// What answers requests.
public protocol RequestHandler: Sendable {
    /// Called on the connection's lane; must not block. The exchange is answered here or later, from any thread.
    func handle(_ exchange: Exchange)
}

/// A request and the place for its answer. The answer may come at once or later, from any thread, once; what comes after
/// the first is passed over. An exchange that is let go without an answer is answered 500.
///
/// ```swift
/// func handle(_ exchange: Exchange) {
///     exchange.respond(Response(status: 200, contentType: "text/plain", body: exchange.request.body))
/// }
/// ```
public final class Exchange: Sendable {
    public let request: Request
    /// Where the handler was called, and where the callbacks are.
    public let lane: Lane
    private let connection: Connection
    private let slot: Int
    private let isAnswered = Atomic(false)

    init(request: Request, connection: Connection, slot: Int) {
        self.request = request
        self.connection = connection
        self.slot = slot
        lane = connection.lane
    }

    deinit {
        guard !isAnswered.load(ordering: .relaxed) else { return }
        let (connection, slot) = (connection, slot)
        lane.post { connection.answer(slot, BadRequest("the request was not answered", status: 500).response) }
    }

    /// Answers the request: at once when called on the lane, otherwise by way of it.
    public func respond(_ response: Response) {
        guard takeTurn() else { return }
        if lane.isCurrent { return connection.answer(slot, response) }
        lane.post { [connection, slot] in connection.answer(slot, response) }
    }

    /// Begins an answer whose length is not known; it is sent in chunks as they are written.
    public func stream(status: Int, headers: Headers = Headers()) -> ResponseStream {
        let stream = ResponseStream(connection: connection, slot: slot, isOpen: takeTurn())
        guard stream.isOpen.load(ordering: .relaxed) else { return stream }
        let head = Response(status: status, headers: headers)
        lane.run { [connection, slot] in connection.beginStream(slot, head) }
        return stream
    }

    /// `body` is called on the lane when the client hangs up before the answer is complete.
    public func onClose(_ body: @escaping @Sendable () -> Void) {
        lane.run { [connection, slot] in connection.onClose(slot, body) }
    }

    private func takeTurn() -> Bool { !isAnswered.exchange(true, ordering: .relaxed) }
}
