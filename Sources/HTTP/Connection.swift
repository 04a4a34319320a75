import Glibc

/// One client's connection: reads requests, hands them over, and keeps the places of their answers in order.
///
/// `@unchecked Sendable`: every member but the constants is used on the lane's queue only. `LaneRunner` calls from there,
/// and `Exchange` and `ResponseStream` go by way of `Lane.run`.
final class Connection: @unchecked Sendable {
    let lane: Lane
    let runner: LaneRunner
    /// Counts up from connection to connection of a server.
    let number: Int
    let descriptor: Int32
    private var isReadingPaused = false
    /// What the poller reports of this connection.
    private var interest: Poller.Interest = .reading

    /// What has come and is not used up: part of a head or of a chunk's frame, or requests that must wait.
    private var input: [UInt8] = []
    /// How far the end of a head has been looked for in `input`.
    private var scanned = 0
    private var hasSkippedEmptyLine = false
    /// The head whose body is being received.
    private var head: Head?
    private var decoder: BodyDecoder?
    private(set) var awaitsContinue = false

    var output: [UInt8] = []
    /// How much of `output` has been sent.
    var sent = 0
    /// Whether the client must take something before more can be sent.
    var awaitsRoom = false
    /// When the client last took something, in milliseconds.
    var sentAt = 0

    /// Requests without a complete answer, in their order; the first has the number `firstSlot`.
    var pending: [PendingAnswer] = []
    var firstSlot = 0
    /// Answers that wait for earlier ones, in bytes.
    var heldBytes = 0

    /// False once a request was the last one, or broken.
    private(set) var takesRequests = true
    private(set) var isHandling = false
    /// Whether requests are left in `input` because too much is outstanding.
    private(set) var isStalled = false
    private var hasEnded = false
    var closesWhenSent = false
    private var isLingering = false
    private var dropped = 0
    private(set) var isClosed = false

    /// When the head or body that is being received began, or the connection fell idle, in milliseconds.
    var since = SteadyClock.milliseconds

    /// How long, and for how many bytes, a client that sends on may take to read the last answer.
    private static let lingerMilliseconds = 2000
    private static let lingerBytes = 64 * 1024 * 1024

    init(descriptor: Int32, number: Int, runner: LaneRunner) {
        self.descriptor = descriptor
        self.number = number
        self.runner = runner
        lane = runner.lane
    }

    func start() {
        runner.poller.add(descriptor, number: number, interest)
    }

    func ready(_ readiness: Poller.Interest) {
        // A client that is gone takes no answers; while nothing is read, nothing else would tell.
        if isReadingPaused, !readiness.isDisjoint(with: .end) { return close() }
        if awaitsRoom, readiness.contains(.writing) {
            awaitsRoom = false
            flush()
        }
        if !readiness.isDisjoint(with: [.reading, .end]) { readable() }
        watch()
    }

    /// Tells the poller when something else is of interest than before.
    func watch() {
        guard !isClosed else { return }
        var interest: Poller.Interest = []
        if !isReadingPaused { interest.insert(.reading) }
        if awaitsRoom { interest.insert(.writing) }
        guard interest != self.interest else { return }
        self.interest = interest
        runner.poller.change(descriptor, number: number, to: interest)
    }

    /// Whether a request is being received.
    var isReceiving: Bool { head != nil || !input.isEmpty }

    var isIdle: Bool { pending.isEmpty && !isReceiving && output.isEmpty && !isLingering && takesRequests }

    /// How long it has lain idle, for comparing; of two of the same moment the older one comes first.
    var idleOrder: (since: Int, number: Int) { (since, number) }

    /// Whether nothing more may be taken on until the client has taken its answers.
    private var isFull: Bool {
        pending.count >= runner.limits.pipelinedRequests
            || output.count - sent + heldBytes >= runner.limits.pendingOutputBytes
    }

    // MARK: Reading

    private func readable() {
        guard !isClosed, !isReadingPaused else { return }
        let room = runner.buffer
        let count = recv(descriptor, room.baseAddress, room.count, 0)
        if count == 0 { return ended() }
        guard count > 0 else {
            if errno != EAGAIN, errno != EINTR { close() }
            return
        }
        guard takesRequests else { return drop(count) }
        let bytes = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(room)[..<count])
        if !isReceiving { since = SteadyClock.milliseconds }
        if input.isEmpty {
            // The usual case: whole requests, read in place.
            keep(bytes, from: process(bytes))
        } else {
            input.append(contentsOf: bytes)
            processInput()
        }
        runner.flushSoon(self)
    }

    /// What follows the last request is read and dropped, so that the client gets to see the answer: closing with bytes
    /// unread would make the system send a reset (RFC 9112 section 9.6).
    private func drop(_ count: Int) {
        dropped += count
        if dropped > Self.lingerBytes { close() }
    }

    private func keep(_ bytes: UnsafeBufferPointer<UInt8>, from used: Int) {
        guard used < bytes.count, takesRequests, !isClosed else { return }
        input.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[used...]))
    }

    func processInput() {
        // Taken out, since the handler may come back to this connection while the bytes are being read.
        let bytes = input
        input = []
        bytes.withUnsafeBufferPointer { keep($0, from: process($0)) }
    }

    /// Handles all complete requests and answers how many bytes are used up.
    private func process(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        isHandling = true
        isStalled = false
        defer { isHandling = false }
        var used = 0
        do {
            while takesRequests, !isClosed {
                if isFull {
                    isStalled = true
                    break
                }
                guard let request = try next(in: bytes, &used) else { break }
                let slot = firstSlot + pending.count - 1
                runner.handler.handle(Exchange(request: request, connection: self, slot: slot))
            }
        } catch {
            refuse(error)
        }
        return used
    }

    /// The next complete request; the place of its answer has been made.
    private func next(in bytes: UnsafeBufferPointer<UInt8>, _ used: inout Int) throws(BadRequest) -> Request? {
        if head == nil {
            guard used < bytes.count, let head = try nextHead(in: bytes, &used) else { return nil }
            self.head = head
            decoder = BodyDecoder(head.body, limit: runner.limits.bodyBytes)
            awaitsContinue = head.expectsContinue
            since = SteadyClock.milliseconds
        }
        used += try decoder?.consume(UnsafeBufferPointer(rebasing: bytes[used...])) ?? 0
        guard let head, let decoder, decoder.isComplete else {
            // RFC 9110 section 10.1.1: who sends the body already waits for nothing.
            if used < bytes.count || decoder?.isUntouched == false { awaitsContinue = false }
            sendContinueIfNext()
            return nil
        }
        self.head = nil
        self.decoder = nil
        awaitsContinue = false
        since = SteadyClock.milliseconds
        let body =
            head.isGzip && !decoder.body.isEmpty
            ? try Gunzip.unpack(decoder.body, limit: runner.limits.bodyBytes) : decoder.body
        let keepsAlive = head.keepsAlive && !runner.isStopping
        if !keepsAlive { takesRequests = false }
        pending.append(
            PendingAnswer(isHead: head.method == "HEAD", isVersion10: head.isVersion10, keepsAlive: keepsAlive))
        return Request(method: head.method, path: head.path, query: head.query, headers: head.headers, body: body)
    }

    private func nextHead(in bytes: UnsafeBufferPointer<UInt8>, _ used: inout Int) throws(BadRequest) -> Head? {
        if bytes[used] == Octet.carriageReturn, !hasSkippedEmptyLine {
            // RFC 9112 section 2.2: one empty line before the request line is read over.
            guard bytes.count - used >= 2 else { return nil }
            guard bytes[used + 1] == Octet.lineFeed else { throw BadRequest("a line has a bare CR") }
            hasSkippedEmptyLine = true
            used += 2
            scanned = 0
            guard used < bytes.count else { return nil }
        }
        // Another protocol, TLS say, would otherwise wait for its time-out.
        guard Octet.isToken(bytes[used]) else { throw BadRequest("the request line is malformed") }
        let rest = UnsafeBufferPointer(rebasing: bytes[used...])
        guard let end = try HeadParser.end(in: rest, scanned: &scanned, limit: runner.limits.headBytes) else {
            return nil
        }
        scanned = 0
        hasSkippedEmptyLine = false
        used += end
        return try HeadParser.parse(UnsafeBufferPointer(rebasing: rest[..<end]), bodyLimit: runner.limits.bodyBytes)
    }

    /// Asks for the body once the client can only understand the answer as one to this request.
    func sendContinueIfNext() {
        guard awaitsContinue, pending.isEmpty else { return }
        awaitsContinue = false
        ResponseWriter.append("HTTP/1.1 100 Continue\r\n\r\n", &output)
    }

    private func refuse(_ error: BadRequest) {
        takesRequests = false
        head = nil
        decoder = nil
        awaitsContinue = false
        input = []
        pending.append(PendingAnswer(isHead: false, isVersion10: false, keepsAlive: false))
        answer(firstSlot + pending.count - 1, error.response)
    }

    /// The client sends no more. What it asked for is still answered, unless somebody wants to know that it is gone.
    private func ended() {
        hasEnded = true
        takesRequests = false
        let isObserved = pending.contains { !$0.onClose.isEmpty || $0.isStreaming }
        if isLingering || isObserved || pending.isEmpty && output.isEmpty { return close() }
        closesWhenSent = true
        isReadingPaused = true
    }

    /// Reads no further while too much is outstanding: the client's own system then holds its requests back.
    func updateReading() {
        guard !isClosed, !hasEnded, isStalled != isReadingPaused else { return }
        if !isStalled { since = SteadyClock.milliseconds }
        isReadingPaused = isStalled
    }

    /// Whether requests that had to wait can go on.
    var canGoOn: Bool { isStalled && takesRequests && !isClosed && !isFull }

    // MARK: The end

    /// Says that no more will come, and waits a little for the client's end, so that it can read the answer.
    func finish() {
        guard !isLingering else { return }
        if hasEnded { return close() }
        takesRequests = false
        isLingering = true
        isStalled = false
        input = []
        since = SteadyClock.milliseconds
        shutdown(descriptor, Int32(SHUT_WR))
        updateReading()
    }

    /// Called about once a second.
    func check(now: Int) {
        guard !isClosed else { return }
        let limits = runner.limits
        if isLingering {
            if now - since >= Self.lingerMilliseconds { close() }
        } else if awaitsRoom, now - sentAt >= limits.sendSeconds * 1000 {
            close()
        } else if takesRequests, !isStalled {
            if isReceiving {
                guard now - since >= limits.receiveSeconds * 1000 else { return }
                refuse(BadRequest("the request took longer than \(limits.receiveSeconds) seconds", status: 408))
            } else if isIdle, now - since >= limits.idleSeconds * 1000 {
                close()
            }
        }
    }

    /// Makes the connection end after what is in flight.
    func stop() {
        if isIdle || isLingering { return close() }
        if pending.isEmpty, !isReceiving { closesWhenSent = true }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        let observers = pending.flatMap(\.onClose)
        pending = []
        input = []
        output = []
        Glibc.close(descriptor)
        runner.remove(self)
        for observer in observers { observer() }
    }
}
