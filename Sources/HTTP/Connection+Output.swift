import Glibc

/// The place of one answer among those of its connection.
struct PendingAnswer {
    let isHead: Bool
    let isVersion10: Bool
    let keepsAlive: Bool
    /// The whole answer, or the head of a stream.
    var response: Response?
    var isStreaming = false
    var isHeadWritten = false
    var isFinished = false
    /// What of a stream has not gone into the output, framed.
    var streamed: [UInt8] = []
    var onClose: [@Sendable () -> Void] = []

    init(isHead: Bool, isVersion10: Bool, keepsAlive: Bool) {
        self.isHead = isHead
        self.isVersion10 = isVersion10
        self.keepsAlive = keepsAlive
    }
}

extension Connection {
    /// What a connection may keep for its next answers, in bytes.
    private static let keptOutputBytes = 16 * 1024

    // MARK: Answers

    func answer(_ slot: Int, _ response: Response) {
        guard let index = index(slot), pending[index].response == nil else { return }
        pending[index].response = response
        pending[index].onClose = []
        if index > 0 { heldBytes += response.body.count }
        advance()
    }

    func beginStream(_ slot: Int, _ head: Response) {
        guard let index = index(slot), pending[index].response == nil else { return }
        pending[index].response = head
        pending[index].isStreaming = true
        advance()
    }

    func writeStream(_ slot: Int, _ bytes: [UInt8]) {
        guard let index = index(slot), pending[index].isStreaming, !pending[index].isHead else { return }
        guard output.count - sent + heldBytes < runner.limits.pendingOutputBytes else { return close() }
        if ResponseWriter.isBodiless(pending[index].response?.status ?? 0) { return }
        let before = pending[index].streamed.count
        if pending[index].isVersion10 {
            pending[index].streamed.append(contentsOf: bytes)
        } else {
            ResponseWriter.appendChunk(bytes, to: &pending[index].streamed)
        }
        heldBytes += pending[index].streamed.count - before
        advance()
    }

    func finishStream(_ slot: Int) {
        guard let index = index(slot), pending[index].isStreaming else { return }
        pending[index].isFinished = true
        advance()
    }

    func abandonStream(_ slot: Int) {
        guard index(slot) != nil else { return }
        close()
    }

    func onClose(_ slot: Int, _ body: @escaping @Sendable () -> Void) {
        if isClosed { return body() }
        guard let index = index(slot), pending[index].response == nil || pending[index].isStreaming else { return }
        pending[index].onClose.append(body)
    }

    /// Where the answer of that number has its place; nil when it is complete or the connection gone.
    private func index(_ slot: Int) -> Int? {
        let index = slot - firstSlot
        return !isClosed && pending.indices.contains(index) ? index : nil
    }

    /// Within a handler, answers are only collected: those of one reading go out together.
    private func advance() {
        collect()
        if !isHandling { runner.flushSoon(self) }
    }

    /// Moves the answers that are next in order into the output.
    func collect() {
        while let response = pending.first?.response {
            if pending[0].isStreaming {
                guard collectStream(response) else { return }
            } else {
                append(response)
            }
            let answer = pending.removeFirst()
            firstSlot += 1
            // What was held is counted off when the answer becomes the first.
            if let next = pending.first, let held = next.response, !next.isStreaming { heldBytes -= held.body.count }
            if !answer.keepsAlive || runner.isStopping && pending.isEmpty && !isReceiving { closesWhenSent = true }
        }
        if pending.isEmpty {
            since = SteadyClock.milliseconds
            sendContinueIfNext()
        }
    }

    private func append(_ response: Response) {
        let answer = pending[0]
        let isBodiless = ResponseWriter.isBodiless(response.status)
        let length = isBodiless ? 0 : response.body.count
        ResponseWriter.appendHead(
            of: response, .length(length), date: runner.date.line(), connection: connectionField(answer), to: &output)
        if !answer.isHead, !isBodiless { output.append(contentsOf: response.body) }
    }

    private func connectionField(_ answer: PendingAnswer) -> StaticString? {
        // The last answer of a server that stops says so, unless another request is on its way in.
        if !answer.keepsAlive || runner.isStopping && pending.count == 1 && !isReceiving { return "close" }
        return answer.isVersion10 ? "keep-alive" : nil
    }

    /// Writes what has come of the first answer; true when it is complete.
    private func collectStream(_ head: Response) -> Bool {
        let answer = pending[0]
        let isBodiless = ResponseWriter.isBodiless(head.status)
        if !answer.isHeadWritten {
            pending[0].isHeadWritten = true
            let framing: ResponseWriter.Framing = isBodiless ? .length(0) : answer.isVersion10 ? .close : .chunked
            // HTTP/1.0 knows no chunks: there the end of the connection ends the body.
            let connection = answer.isVersion10 ? "close" : connectionField(answer)
            ResponseWriter.appendHead(of: head, framing, date: runner.date.line(), connection: connection, to: &output)
        }
        output.append(contentsOf: answer.streamed)
        heldBytes -= answer.streamed.count
        pending[0].streamed = []
        guard answer.isFinished else { return false }
        if answer.isVersion10 {
            closesWhenSent = true
        } else if !answer.isHead, !isBodiless {
            ResponseWriter.append("0\r\n\r\n", &output)
        }
        return true
    }

    // MARK: Writing

    /// Sends what there is, and goes on with requests that had to wait for it.
    func flush() {
        send()
        while canGoOn {
            processInput()
            send()
        }
        guard !isClosed else { return }
        updateReading()
        if closesWhenSent, pending.isEmpty, output.isEmpty { finish() }
        watch()
    }

    private func send() {
        guard !isClosed, !output.isEmpty, !awaitsRoom else { return }
        while sent < output.count {
            let count = output.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
                return Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                return awaitRoom()
            } else if errno != EINTR {
                return close()
            }
        }
        output.removeAll(keepingCapacity: output.capacity <= Self.keptOutputBytes)
        sent = 0
    }

    private func awaitRoom() {
        if sent >= output.count - sent {
            // What has gone out is not kept for the sake of what has not; in halves, so that no byte is moved often.
            output.removeFirst(sent)
            sent = 0
        }
        sentAt = SteadyClock.milliseconds
        awaitsRoom = true
    }
}
