import Dispatch
import Glibc
import Synchronization
import Testing

@testable import HTTP

/// What a client may take up, and how a server ends.
@Suite struct LimitTests {
    @Test func headsAndBodiesHaveALimit() throws {
        let server = try makeServer {
            $0.headBytes = 200
            $0.bodyBytes = 100
        }
        let long = String(repeating: "a", count: 300)
        #expect(Client(server).send(get("/", "A: \(long)\r\n")).answer()?.status == 431)
        #expect(Client(server).send(get("/\(long)")).answer()?.status == 431)
        #expect(Client(server).send(long).answer()?.status == 431)
        #expect(Client(server).send(post(long)).answer()?.status == 413)
        let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n"
        #expect(Client(server).send(chunked + String(repeating: "a", count: 80) + "\r\n50\r\n").answer()?.status == 413)
        #expect(Client(server).send(post(String(repeating: "a", count: 100))).answer()?.status == 200)
    }

    @Test func aRefusedUploadStillReadsItsAnswer() throws {
        let server = try makeServer { $0.bodyBytes = 100 }
        let client = Client(server).send(post(String(repeating: "a", count: 4_000_000)))
        #expect(client.answer()?.status == 413)
    }

    @Test(arguments: ["GET / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"])
    func slowRequestsAreTimedOut(text: String) throws {
        let server = try makeServer { $0.receiveSeconds = 1 }
        let client = Client(server).send(get() + text)
        #expect(client.answer()?.status == 200)
        #expect(client.answer()?.status == 408)
        #expect(client.isEnded)
    }

    @Test func idleConnectionsAreClosedInSilence() throws {
        let server = try makeServer { $0.idleSeconds = 1 }
        let client = Client(server).send(get())
        #expect(client.answer()?.status == 200)
        #expect(client.isEnded)
    }

    @Test func theOldestIdleConnectionMakesRoom() throws {
        let server = try makeServer { $0.connections = 2 }
        let first = Client(server).send(get())
        #expect(first.answer()?.status == 200)
        let second = Client(server).send("GET / HT")
        let third = Client(server).send(get())
        #expect(third.answer()?.status == 200)
        #expect(first.isEnded)
        #expect(second.send("TP/1.1\r\nHost: h\r\n\r\n").answer()?.status == 200)
    }

    @Test func whereNoneIsIdleANewOneIsRefused() throws {
        let called = DispatchSemaphore(value: 0)
        let held = Mutex<[Exchange]>([])
        let server = try makeServer(
            Handler { exchange in
                held.withLock { $0.append(exchange) }
                called.signal()
            }
        ) { $0.connections = 1 }
        let first = Client(server).send(get())
        called.wait()
        let second = Client(server)
        #expect(second.answer()?.status == 503)
        #expect(second.isEnded)
        held.withLock { $0 }[0].respond(Response(status: 200))
        #expect(first.answer()?.status == 200)
    }

    @Test func aClientThatNeverReadsIsHeldBackAndCutOff() throws {
        let handled = Atomic(0)
        let body = [UInt8](repeating: 65, count: 100_000)
        let server = try makeServer(
            Handler { exchange in
                handled.wrappingAdd(1, ordering: .relaxed)
                exchange.respond(Response(status: 200, body: body))
            }, lanes: 1
        ) {
            $0.sendSeconds = 1
            $0.pendingOutputBytes = 200_000
        }
        let greedy = Client(server, receiveBytes: 4096)
        greedy.send((0..<500).map { get("/\($0)") }.joined())
        // The same lane goes on serving others.
        for _ in 0..<10 { #expect(Client(server).send(get()).answer()?.body.utf8.count == 100_000) }
        let gone = DispatchSemaphore(value: 0)
        server.stop(graceSeconds: 20) { gone.signal() }
        #expect(gone.wait(timeout: .now() + 10) == .success)
        #expect(handled.load(ordering: .relaxed) < 510)
    }

    @Test func manyPipelinedRequestsGetOverTheirLimits() throws {
        let body = [UInt8](repeating: 65, count: 1000)
        let server = try makeServer(
            Handler { exchange in
                DispatchQueue.global().async { exchange.respond(Response(status: 200, body: body)) }
            }
        ) {
            $0.pipelinedRequests = 3
            $0.pendingOutputBytes = 2500
        }
        let client = Client(server).send((0..<3000).map { get("/\($0)") }.joined())
        for _ in 0..<3000 { #expect(client.answer()?.status == 200) }
    }

    @Test func stoppingLetsWhatIsInFlightFinish() throws {
        let called = DispatchSemaphore(value: 0)
        let stopped = DispatchSemaphore(value: 0)
        let held = Mutex<[Exchange]>([])
        let server = try makeServer(
            Handler { exchange in
                if exchange.request.path == "/wait" { held.withLock { $0.append(exchange) } }
                if exchange.request.path != "/wait" { exchange.respond(Response(status: 200)) }
                called.signal()
            })
        let idle = Client(server).send(get("/"))
        #expect(idle.answer()?.status == 200)
        let busy = Client(server).send(get("/wait"))
        called.wait()
        called.wait()
        server.stop(graceSeconds: 60) { stopped.signal() }
        #expect(idle.isEnded)
        #expect(stopped.wait(timeout: .now()) == .timedOut)
        held.withLock { $0 }[0].respond(Response(status: 200, body: [65]))
        let answer = busy.answer()
        #expect(answer?.body == "A")
        #expect(answer?.headers["connection"] == "close")
        #expect(busy.isEnded)
        #expect(stopped.wait(timeout: .now() + 10) == .success)
        #expect(Client(server).send(get()).answer() == nil)
    }

    @Test func stoppingDoesNotWaitLongerThanItsGrace() throws {
        let called = DispatchSemaphore(value: 0)
        let stopped = DispatchSemaphore(value: 0)
        let held = Mutex<[Exchange]>([])
        let server = try makeServer(
            Handler { exchange in
                held.withLock { $0.append(exchange) }
                called.signal()
            })
        let client = Client(server).send(get())
        called.wait()
        server.stop(graceSeconds: 0) { stopped.signal() }
        #expect(stopped.wait(timeout: .now() + 10) == .success)
        #expect(client.isEnded)
        held.withLock { $0 }[0].respond(Response(status: 200))
    }

    @Test func aTakenPortIsAnError() throws {
        let server = try makeServer()
        #expect(throws: ServerError.self) {
            try Server(host: "127.0.0.1", port: server.port, handler: Handler.echo)
        }
        #expect(throws: ServerError.self) { try Server(host: "127.0.0.1", port: 70_000, handler: Handler.echo) }
    }
}
