import Dispatch
import Glibc

/// One client's connection. All of it happens on its lane.
final class Connection: @unchecked Sendable {  // Every member is used on the lane's queue only.
    let lane: Lane
    let id: UInt64
    private let descriptor: Int32
    private unowned let server: Server
    private let limits: Limits
    private var reading: DispatchSourceRead?
    private var writing: DispatchSourceWrite?

    private var input: [UInt8] = []
    /// How much of `input` has been used up.
    private var used = 0
    /// How far the end of a head has been looked for, so that a byte at a time does not cost a scan at a time.
    private var scanned = 0
    private var head: Head?
    private var chunks: ChunkedBody?

    private var output: [UInt8] = []
    private var written = 0

    /// Answers in the order of their requests; the first one belongs to slot `firstSlot`.
    private var pending: [Pending] = []
    private var firstSlot = 0
    private var takesRequests = true
    private var closesWhenWritten = false
    private(set) var isClosed = false
    private var isHandling = false
    private var isReadingSuspended = false

    /// When the request that is being received began, or when the connection fell idle: seconds of the steady clock.
    private var since = SteadyClock.seconds
    private var outputSince = 0

    private struct Pending {
        var isHead: Bool
        var keepsAlive: Bool
        var response: Response?
        var streamed: [UInt8]?
        var isStreaming = false
        var isFinished = false
        var onClose: (@Sendable () -> Void)?
    }

    /// Requests of one connection that may wait for their answers.
    private static let pipelineLimit = 256
    private static let readBytes = 64 * 1024

    init(descriptor: Int32, id: UInt64, lane: Lane, server: Server) {
        self.descriptor = descriptor
        self.id = id
        self.lane = lane
        self.server = server
        limits = server.limits
    }

    func start() {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: lane.queue)
        let descriptor = descriptor
        source.setEventHandler { [weak self] in self?.readable() }
        source.setCancelHandler { Glibc.close(descriptor) }
        reading = source
        source.resume()
    }

    var isIdle: Bool { pending.isEmpty && head == nil && used == input.count && output.isEmpty }

    // MARK: Reading

    private func readable() {
        let buffer = server.readBuffer(of: lane)
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 {
            dropUsedInput()
            if input.isEmpty, head == nil { since = SteadyClock.seconds }
            input.append(contentsOf: buffer[..<count])
        }
        if count == 0 { return ended() }
        if count < 0 {
            if errno == EAGAIN || errno == EINTR { return }
            return close()
        }
        if !takesRequests {
            // What follows a refused request is read and dropped, so that the client gets to see the answer.
            input.removeAll(keepingCapacity: true)
            used = 0
            return
        }
        process()
    }

    private func dropUsedInput() {
        guard used > 0, used == input.count || used >= Self.readBytes else { return }
        if used == input.count {
            input.removeAll(keepingCapacity: input.capacity <= Self.readBytes)
        } else {
            input.removeFirst(used)
        }
        scanned = max(0, scanned - used)
        used = 0
    }

    /// The client sends no more; what it asked for is still answered.
    private func ended() {
        if takesRequests, !pending.isEmpty, pending.allSatisfy({ $0.onClose == nil && !$0.isStreaming }) {
            takesRequests = false
            closesWhenWritten = true
            reading?.suspend()
            isReadingSuspended = true
        } else {
            close()
        }
    }

    private func process() {
        isHandling = true
        do {
            while takesRequests, !isClosed, pending.count < Self.pipelineLimit,
                output.count - written < limits.pendingOutputBytes, let request = try nextRequest()
            {
                let slot = firstSlot + pending.count - 1
                server.handler.handle(Exchange(request: request, connection: self, slot: slot))
            }
        } catch {
            refuse(error)
        }
        isHandling = false
        flush()
    }

    /// The next complete request; its place among the pending answers has been made.
    private func nextRequest() throws(BadRequest) -> Request? {
        if head == nil {
            guard let parsed = try nextHead() else { return nil }
            head = parsed
            if parsed.body == .chunked { chunks = ChunkedBody(limit: limits.bodyBytes) }
        }
        guard let head else { return nil }
        guard var body = try nextBody(head) else {
            if head.expectsContinue { sendContinue() }
            return nil
        }
        if let coding = head.headers["content-encoding"], coding.lowercased() == "gzip" {
            body = try Gunzip.unpack(body, limit: limits.bodyBytes)
        }
        self.head = nil
        chunks = nil
        since = SteadyClock.seconds
        let keepsAlive = head.keepsAlive && !server.isStopping
        if !keepsAlive { takesRequests = false }
        pending.append(Pending(isHead: head.method == "HEAD", keepsAlive: keepsAlive))
        return Request(method: head.method, path: head.path, query: head.query, headers: head.headers, body: body)
    }

    private func nextHead() throws(BadRequest) -> Head? {
        let limit = limits
        let result = input.withUnsafeBufferPointer { bytes -> Result<Head?, BadRequest> in
            Result { () throws(BadRequest) in
                // RFC 9112 section 2.2: an empty line before the request line is read over.
                if scanned == used, bytes.count - used >= 2, bytes[used] == 0x0D, bytes[used + 1] == 0x0A {
                    used += 2
                    scanned = used
                }
                var offset = max(used, scanned)
                while offset < bytes.count {
                    if bytes[offset] == 0x0A {
                        guard offset > used, bytes[offset - 1] == 0x0D else {
                            throw BadRequest("a line ends in a bare LF")
                        }
                        if offset >= used + 3, bytes[offset - 2] == 0x0A {
                            guard offset - used <= limit.headBytes else { break }
                            let lines = UnsafeBufferPointer(rebasing: bytes[used..<offset - 1])
                            let head = try HeadParser.parse(lines, bodyLimit: limit.bodyBytes)
                            used = offset + 1
                            scanned = used
                            return head
                        }
                    }
                    offset += 1
                }
                scanned = offset
                guard offset - used <= limit.headBytes else {
                    throw BadRequest("the head is larger than \(limit.headBytes) bytes", status: 431)
                }
                return nil
            }
        }
        return try result.get()
    }

    private func nextBody(_ head: Head) throws(BadRequest) -> [UInt8]? {
        switch head.body {
        case .length(let length):
            guard input.count - used >= length else { return nil }
            defer { used += length }
            return length == 0 ? [] : Array(input[used..<used + length])
        case .chunked:
            guard var body = chunks else { return nil }
            chunks = nil
            let used = used
            let count = try input.withUnsafeBufferPointer { bytes -> Result<Int, BadRequest> in
                Result { () throws(BadRequest) in try body.consume(UnsafeBufferPointer(rebasing: bytes[used...])) }
            }.get()
            self.used += count
            chunks = body
            return body.isComplete ? body.body : nil
        }
    }

    private func sendContinue() {
        head?.expectsContinue = false
        guard pending.isEmpty else { return }
        ResponseWriter.append("HTTP/1.1 100 Continue\r\n\r\n", &output)
    }

    private func refuse(_ error: BadRequest) {
        takesRequests = false
        head = nil
        pending.append(Pending(isHead: false, keepsAlive: false, response: error.response))
        collect()
    }

    // MARK: Answers

    func answer(_ slot: Int, _ response: Response) {
        guard !isClosed, slot >= firstSlot, slot - firstSlot < pending.count else { return }
        pending[slot - firstSlot].response = response
        pending[slot - firstSlot].onClose = nil
        finishAnswer()
    }

    func beginStream(_ slot: Int, _ head: Response) {
        guard !isClosed, slot >= firstSlot, slot - firstSlot < pending.count else { return }
        pending[slot - firstSlot].response = head
        pending[slot - firstSlot].isStreaming = true
        finishAnswer()
    }

    func writeChunk(_ slot: Int, _ bytes: [UInt8]) {
        guard !isClosed, slot >= firstSlot, slot - firstSlot < pending.count else { return }
        guard output.count - written < limits.pendingOutputBytes else { return close() }
        var chunk: [UInt8] = []
        ResponseWriter.appendChunk(bytes, to: &chunk)
        pending[slot - firstSlot].streamed = (pending[slot - firstSlot].streamed ?? []) + chunk
        finishAnswer()
    }

    func finishStream(_ slot: Int) {
        guard !isClosed, slot >= firstSlot, slot - firstSlot < pending.count else { return }
        pending[slot - firstSlot].isFinished = true
        finishAnswer()
    }

    func onClose(_ slot: Int, _ body: @escaping @Sendable () -> Void) {
        guard !isClosed else { return body() }
        guard slot >= firstSlot, slot - firstSlot < pending.count else { return }
        pending[slot - firstSlot].onClose = body
    }

    private func finishAnswer() {
        collect()
        guard !isHandling else { return }
        // Requests that waited because too many answers were outstanding can go on.
        if takesRequests, used < input.count { process() } else { flush() }
    }

    /// Moves the answers that are next in order into the output.
    private func collect() {
        while let next = pending.first, let response = next.response {
            if next.isStreaming {
                guard collectStream() else { return }
            } else {
                ResponseWriter.appendHead(
                    of: response, length: response.body.count, keepsAlive: next.keepsAlive, to: &output)
                if !next.isHead { output.append(contentsOf: response.body) }
            }
            pending.removeFirst()
            firstSlot += 1
            if !next.keepsAlive { closesWhenWritten = true }
        }
        if pending.isEmpty { since = SteadyClock.seconds }
    }

    /// Writes what has come of the first answer; true when it is complete.
    private func collectStream() -> Bool {
        if !pending[0].isHead, let head = pending[0].response, head.status != 0 {
            ResponseWriter.appendHead(of: head, length: nil, keepsAlive: pending[0].keepsAlive, to: &output)
            // The head is written once; what marks it as written is a status that no answer has.
            pending[0].response?.status = 0
        }
        if let streamed = pending[0].streamed {
            output.append(contentsOf: streamed)
            pending[0].streamed = nil
        }
        guard pending[0].isFinished else { return false }
        ResponseWriter.append("0\r\n\r\n", &output)
        return true
    }

    // MARK: Writing

    private func flush() {
        guard !isClosed else { return }
        while written < output.count {
            let count = output.withUnsafeBytes {
                send(
                    descriptor, $0.baseAddress.map { $0 + written }, $0.count - written,
                    Int32(truncatingIfNeeded: MSG_NOSIGNAL))
            }
            if count > 0 {
                written += count
                outputSince = SteadyClock.seconds
            } else if errno == EAGAIN {
                return waitUntilWritable()
            } else if errno != EINTR {
                return close()
            }
        }
        if !output.isEmpty {
            output.removeAll(keepingCapacity: output.capacity <= Self.readBytes)
            written = 0
        }
        if closesWhenWritten, pending.isEmpty { finish() }
    }

    private func waitUntilWritable() {
        outputSince = SteadyClock.seconds
        guard writing == nil else { return }
        let source = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: lane.queue)
        source.setEventHandler { [weak self] in
            guard let self, !self.isClosed else { return }
            self.writing?.cancel()
            self.writing = nil
            self.flush()
            if self.takesRequests, self.used < self.input.count { self.process() }
        }
        writing = source
        source.resume()
    }

    /// Says that no more will come and waits a little for the client's end, so that it can read the answer.
    private func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
        if isReadingSuspended { return close() }
        takesRequests = false
        closesWhenWritten = false
        isLingering = true
        since = SteadyClock.seconds
    }

    private var isLingering = false
    private static let lingerSeconds = 2
    private static let writeSeconds = 30

    /// Called once a second.
    func check(now: Int) {
        guard !isClosed else { return }
        if isLingering {
            if now - since >= Self.lingerSeconds { close() }
        } else if !output.isEmpty {
            if now - outputSince >= Self.writeSeconds { close() }
        } else if !takesRequests || !pending.isEmpty {
            return
        } else if head != nil || used < input.count {
            if now - since >= limits.receiveSeconds {
                refuse(BadRequest("the request took longer than \(limits.receiveSeconds) seconds", status: 408))
                flush()
            }
        } else if now - since >= limits.idleSeconds {
            close()
        }
    }

    /// Makes the connection end after what is in flight.
    func stop() {
        guard !isClosed else { return }
        if isIdle || isLingering { return close() }
        takesRequests = false
        closesWhenWritten = true
        if pending.isEmpty { flush() }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        let waiting = pending.compactMap(\.onClose)
        pending = []
        writing?.cancel()
        if isReadingSuspended { reading?.resume() }
        reading?.cancel()
        server.remove(self)
        for body in waiting { body() }
    }
}

/// Seconds that only go forward.
enum SteadyClock {
    static var seconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return time.tv_sec
    }
}
