import Dispatch
import Glibc
import Synchronization
import Testing

@testable import HTTP

/// Over the wire, by raw sockets.
@Suite struct ServerTests {
    @Test func aConnectionIsKept() throws {
        let server = try makeServer()
        let client = Client(server)
        for path in ["/a", "/b?c"] {
            let answer = try #require(client.send(get(path)).answer())
            #expect(answer.status == 200)
            #expect(answer.headers["connection"] == nil)
            #expect(answer.headers["date"]?.hasSuffix(" GMT") == true)
        }
        let last = client.send(get("/c", "Connection: close\r\n")).answer()
        #expect(last?.body == "GET /c - h ")
        #expect(last?.headers["connection"] == "close")
        #expect(client.isEnded)
    }

    @Test func version10IsClosedUnlessItAsksOtherwise() throws {
        let server = try makeServer()
        let client = Client(server)
        let kept = client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").answer()
        #expect(kept?.headers["connection"] == "keep-alive")
        #expect(client.send("\r\nGET / HTTP/1.0\r\n\r\n").answer()?.headers["connection"] == "close")
        #expect(client.isEnded)
    }

    @Test func pipelinedAnswersComeInOrderThoughMadeInAnother() throws {
        let held = Mutex<[Exchange]>([])
        let server = try makeServer(
            Handler { exchange in
                let all = held.withLock { held in
                    held.append(exchange)
                    guard held.count == 20 else { return [Exchange]() }
                    defer { held = [] }
                    return held
                }
                // From other threads, last one first.
                DispatchQueue.global().async {
                    for exchange in all.reversed() {
                        exchange.respond(Response(status: 200, body: Array(exchange.request.path.utf8)))
                        exchange.respond(Response(status: 500))
                    }
                }
            })
        let client = Client(server)
        client.send((0..<20).map { get("/\($0)") }.joined())
        for number in 0..<20 { #expect(client.answer()?.body == "/\(number)") }
    }

    @Test func aByteAtATimeIsARequestToo() throws {
        let server = try makeServer()
        let client = Client(server)
        let text =
            "\r\nPOST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n3;x\r\nabc\r\n1\r\nd\r\n0\r\nT: t\r\n\r\n"
        for byte in (text + post("xyz") + get()).utf8 { client.send([byte]) }
        #expect(client.answer()?.body == "POST /p - h abcd")
        #expect(client.answer()?.body == "POST /p - h xyz")
        #expect(client.answer()?.body == "GET / - h ")
    }

    @Test func aClientThatWaitsIsToldToContinue() throws {
        let server = try makeServer()
        let client = Client(server)
        client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n")
        #expect(client.line() == "HTTP/1.1 100 Continue")
        #expect(client.line() == "")
        #expect(client.send("ab").answer()?.body == "POST /p - h ab")
        #expect(client.send(post("cd", "Expect: 100-continue\r\n")).answer()?.body == "POST /p - h cd")
        #expect(client.send(post("", "Expect: tea\r\n")).answer()?.status == 417)
    }

    @Test func headHasTheLengthAndNoBody() throws {
        let server = try makeServer()
        let client = Client(server)
        let head = client.send("HEAD /abc HTTP/1.1\r\nHost: h\r\n\r\n").answer(hasBody: false)
        #expect(head?.headers["content-length"] == "\("HEAD /abc - h ".utf8.count)")
        #expect(client.send(get()).answer()?.body == "GET / - h ")
    }

    @Test func optionsAndAbsoluteTargetsReachTheHandler() throws {
        let server = try makeServer()
        let client = Client(server)
        #expect(client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").answer()?.body == "OPTIONS * - h ")
        #expect(client.send("GET http://a:1/x?y HTTP/1.1\r\nHost: h\r\n\r\n").answer()?.body == "GET /x y a:1 ")
    }

    @Test func gzippedBodiesAreUnpackedAndOthersLeft() throws {
        let server = try makeServer { $0.bodyBytes = 10_000 }
        func send(_ body: [UInt8], _ coding: String) -> Client.Answer? {
            let head =
                "POST /p HTTP/1.1\r\nHost: h\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n"
            return Client(server).send(Array(head.utf8) + body).answer()
        }
        #expect(send(gzip(Array("packed".utf8)), "GZIP")?.body == "POST /p - h packed")
        #expect(send(Array("plain".utf8), "aws-chunked")?.body == "POST /p - h plain")
        #expect(send(Array("plain".utf8), "gzip")?.status == 400)
        #expect(send(gzip([UInt8](repeating: 0, count: 20_000)), "gzip")?.status == 413)
    }

    @Test func bodiesLargerThanAnyBufferComeWholeAndGoWhole() throws {
        let server = try makeServer(Handler { $0.respond(Response(status: 200, body: $0.request.body)) })
        let body = String(repeating: "0123456789abcdef", count: 200_000)
        let client = Client(server)
        #expect(client.send(post(body)).answer()?.body == body)
        #expect(client.send(get()).answer()?.status == 200)
    }

    @Test func answersWithoutABodyHaveNone() throws {
        let server = try makeServer(
            Handler { exchange in
                let status = Int(exchange.request.path.dropFirst()) ?? 0
                exchange.respond(Response(status: status, headers: ["Content-Length": "9", "X": "a\r\nb"], body: [65]))
            })
        let client = Client(server)
        #expect(client.send(get("/204")).answer()?.headers["content-length"] == nil)
        #expect(client.send(get("/304")).answer()?.status == 304)
        let answer = client.send(get("/200")).answer()
        #expect(answer?.headers["content-length"] == "1")
        #expect(answer?.headers["x"] == "a  b")
        #expect(client.send(get("/7")).answer()?.status == 500)
    }

    // MARK: Streams and callbacks

    @Test func streamsAreSentInChunks() throws {
        let server = try makeServer(
            Handler { exchange in
                let stream = exchange.stream(status: 200, headers: ["X": "y"])
                DispatchQueue.global().async {
                    for text in ["ab", "", "cde"] { stream.write(Array(text.utf8)) }
                    stream.finish()
                    stream.write([1])
                }
            })
        let client = Client(server).send(get() + get())
        for _ in 0..<2 { #expect(client.answer()?.body == "abcde") }
        client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(client.answer(hasBody: false)?.headers["transfer-encoding"] == "chunked")
        #expect(client.send(get()).answer()?.body == "abcde")
        let old = Client(server).send("GET / HTTP/1.0\r\n\r\n")
        #expect(old.answer()?.headers["transfer-encoding"] == nil)
        #expect(old.take(5) == "abcde")
        #expect(old.isEnded)
    }

    @Test func aStreamThatIsLetGoIsCut() throws {
        let server = try makeServer(Handler { $0.stream(status: 200).write([65]) })
        #expect(Client(server).send(get()).answer() == nil)
    }

    @Test func aRequestThatIsForgottenIsAnswered500() throws {
        let server = try makeServer(Handler { _ in })
        let client = Client(server)
        #expect(client.send(get()).answer()?.status == 500)
        #expect(client.send(get()).answer()?.status == 500)
    }

    @Test func aHandlerHearsThatTheClientIsGone() throws {
        let called = DispatchSemaphore(value: 0)
        let gone = DispatchSemaphore(value: 0)
        let kept = Mutex<[ResponseStream]>([])
        let server = try makeServer(
            Handler { exchange in
                if exchange.request.path == "/stream" {
                    let stream = exchange.stream(status: 200)
                    stream.onClose { gone.signal() }
                    kept.withLock { $0.append(stream) }
                } else {
                    exchange.onClose {
                        exchange.respond(Response(status: 200))
                        gone.signal()
                    }
                }
                called.signal()
            })
        for path in ["/", "/stream"] {
            var client: Client? = Client(server).send(get(path))
            called.wait()
            client = nil
            _ = client
            #expect(gone.wait(timeout: .now() + 10) == .success)
        }
    }

    @Test func aClientThatOnlySendsNoMoreIsStillAnswered() throws {
        let held = Mutex<Exchange?>(nil)
        let called = DispatchSemaphore(value: 0)
        let server = try makeServer(
            Handler { exchange in
                held.withLock { $0 = exchange }
                called.signal()
            })
        let client = Client(server).send(get())
        client.sendEnd()
        called.wait()
        held.withLock { $0 }?.respond(Response(status: 200, body: [65]))
        #expect(client.answer()?.body == "A")
        #expect(client.isEnded)
    }

    // MARK: Refusals

    @Test(
        arguments: Smuggling.fields.map { "POST / HTTP/1.1\r\nHost: h\r\n\($0)\r\n\r\n" }
            + Smuggling.lines.map { "\($0)\r\nHost: h\r\n\r\n" }
            + BodyDecoderTests.broken.map { "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\($0)" }
            + [
                "GET / HTTP/1.1\nHost: h\n\n", "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "\rGET / HTTP/1.1\r\n",
                "\u{16}\u{3}\u{1}",
            ])
    func whatTwoReadersCouldReadDifferentlyEndsTheConnection(text: String) throws {
        let server = try makeServer()
        let client = Client(server).send(get("/before") + text + get("/after"))
        #expect(client.answer()?.body == "GET /before - h ")
        let answer = try #require(client.answer())
        #expect(answer.status == 400)
        #expect(answer.headers["connection"] == "close")
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.body.hasPrefix(#"{"error":"BadRequest","message":""#))
        #expect(client.isEnded)
    }
}
