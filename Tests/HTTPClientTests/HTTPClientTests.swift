import Glibc
import HTTPClient
import Testing

@Suite struct HTTPClientTests {
    private let client = HTTPClient(timeoutMilliseconds: 500)

    private func post(
        _ url: String, body: String = "hello", headers: [(String, String)] = [("Content-Type", "text/plain")],
        on client: HTTPClient? = nil
    ) async -> Result<OutgoingResponse, OutgoingError> {
        await withCheckedContinuation { continuation in
            (client ?? self.client).send(
                OutgoingRequest(method: "POST", url: url, headers: headers, body: Array(body.utf8))
            ) { continuation.resume(returning: $0) }
        }
    }

    private static func answer(_ status: String, _ more: String = "", body: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(more)\r\n\(body)"
    }

    @Test func aRequestIsSentAsItWasGiven() async throws {
        let receiver = Receiver { connection, _ in
            Receiver.write(Self.answer("201 Created", body: "thanks"), to: connection)
        }
        let answer = try await post(receiver.url("/hook"), headers: [("X-One", "1"), ("Content-Type", "text/csv")])
            .get()
        #expect(answer.status == 201 && String(decoding: answer.body, as: UTF8.self) == "thanks")
        #expect(
            receiver.requests == [
                "POST /hook HTTP/1.1\r\nHost: 127.0.0.1:\(receiver.port)\r\nX-One: 1\r\nContent-Type: text/csv\r\n"
                    + "Content-Length: 5\r\n\r\nhello"
            ])
    }

    @Test func aRedirectIsAnAnswer() async throws {
        let receiver = Receiver { connection, _ in
            Receiver.write(Self.answer("302 Found", "Location: /elsewhere\r\n"), to: connection)
        }
        #expect(try await post(receiver.url()).get().status == 302)
        #expect(receiver.requests.count == 1)
    }

    @Test func whoNeverAnswersCostsItsTimeAndNobodyElses() async throws {
        let silent = Receiver { _, _ in }
        let quick = Receiver { connection, _ in Receiver.write(Self.answer("200 OK"), to: connection) }
        async let waiting = post(silent.url())
        for _ in 0..<20 { #expect(try await post(quick.url()).get().status == 200) }
        let outcome = await waiting
        #expect(throws: OutgoingError.self) { try outcome.get() }
    }

    @Test func anEarlyEndIsNoAnswer() async {
        let receiver = Receiver { connection, _ in shutdown(connection, Int32(SHUT_RDWR)) }
        await #expect(throws: OutgoingError.self) { try await post(receiver.url()).get() }
    }

    @Test func anEndlessAnswerIsCutAndCounts() async throws {
        let receiver = Receiver { connection, _ in
            Receiver.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", to: connection)
            let block = String(repeating: "x", count: 65536)
            for _ in 0..<40 { Receiver.write(block, to: connection) }
            shutdown(connection, Int32(SHUT_RDWR))
        }
        let answer = try await post(receiver.url(), on: HTTPClient()).get()
        #expect(answer.status == 200 && answer.body.count == 1024)
    }

    @Test func credentialsAreGivenToWhoAsks() async throws {
        let receiver = Receiver { connection, request in
            let isAuthorized = request.contains("Authorization: Basic am86c2VjcmV0\r\n")
            Receiver.write(
                isAuthorized
                    ? Self.answer("200 OK")
                    : Self.answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"\r\n"),
                to: connection)
        }
        #expect(try await post(receiver.url(credentials: "jo:secret@")).get().status == 200)
        #expect(receiver.requests.count == 2 && receiver.requests.first?.contains("Authorization") == false)
    }

    @Test(arguments: ["ftp://127.0.0.1/x", "file:///etc/hostname", "http://127.0.0.1:1/", "nonsense"])
    func whatCannotBeReachedIsAnErrorInWords(url: String) async {
        let result = await post(url)
        guard case .failure(let error) = result else {
            Issue.record("\(url) answered")
            return
        }
        #expect(error.message.hasPrefix("no answer: "))
    }

    @Test func aHeadersValueCannotBeginAnotherHeader() async throws {
        let receiver = Receiver { connection, _ in Receiver.write(Self.answer("200 OK"), to: connection) }
        _ = try await post(receiver.url(), headers: [("X-One", "1\r\nX-Two: 2")]).get()
        #expect(receiver.requests.first?.contains("\r\nX-Two") == false)
    }

    private func send(_ request: OutgoingRequest) async -> Result<OutgoingResponse, OutgoingError> {
        await withCheckedContinuation { continuation in
            HTTPClient().send(request) { continuation.resume(returning: $0) }
        }
    }

    @Test func theHeadersOfTheAnswerComeBack() async throws {
        let receiver = Receiver { connection, _ in
            Receiver.write("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n", to: connection)
            Receiver.write(Self.answer("503 Busy", "Retry-After:  7 \r\n"), to: connection)
        }
        let headers = try await post(receiver.url()).get().headers
        #expect(headers.first { $0.name == "Retry-After" }?.value == "7")
        #expect(!headers.contains { $0.name == "X-Interim" })
    }

    @Test func aRequestMayHaveATimeAndALengthOfItsOwn() async throws {
        let silent = Receiver { _, _ in }
        let late = await send(
            OutgoingRequest(method: "POST", url: silent.url(), headers: [], body: [], timeoutMilliseconds: 200))
        guard case .failure(let error) = late, error.isTimeout else {
            Issue.record("the time was not up")
            return
        }
        let long = Receiver { connection, _ in
            Receiver.write(Self.answer("200 OK", body: String(repeating: "x", count: 5000)), to: connection)
        }
        let request = OutgoingRequest(method: "PUT", url: long.url(), headers: [], body: [], answerLimit: 3000)
        #expect(try await send(request).get().body.count == 3000)
        #expect(long.requests.first?.hasPrefix("PUT ") == true)
    }

    @Test func theAnswerToHeadHasNoBodyAndGetMayHaveOne() async throws {
        let receiver = Receiver { connection, request in
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
            Receiver.write(request.hasPrefix("HEAD") ? head : head + "four", to: connection)
        }
        let head = OutgoingRequest(method: "HEAD", url: receiver.url(), headers: [], body: Array("x".utf8))
        #expect(try await send(head).get().status == 200)
        let get = OutgoingRequest(
            method: "GET", url: receiver.url(), headers: [("Accept-Encoding", "gzip,deflate")], body: Array("x".utf8))
        #expect(try await send(get).get().body == Array("four".utf8))
        #expect(receiver.requests.last?.contains("Accept-Encoding: gzip,deflate\r\n") == true)
        #expect(receiver.requests.last?.hasSuffix("\r\n\r\nx") == true)
    }

    @Test func manyRequestsToOneHostAllEnd() async {
        let receiver = Receiver { connection, _ in Receiver.write(Self.answer("200 OK"), to: connection) }
        let url = receiver.url()
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<200 { group.addTask { (try? await post(url).get().status) ?? 0 } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 200))
    }
}
