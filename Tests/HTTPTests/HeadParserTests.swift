import Testing

@testable import HTTP

@Suite struct HeadParserTests {
    private func parse(_ text: String) throws -> Head {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { try HeadParser.parse($0, bodyLimit: 100) }
    }

    @Test func readsLineAndHeaders() throws {
        let head = try parse("POST /a%20b?x=1&y HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX-A:  b \r\n")
        #expect(head.method == "POST")
        #expect(head.path == "/a%20b")
        #expect(head.query == "x=1&y")
        #expect(head.body == .length(5))
        #expect(head.headers["x-a"] == "b")
    }

    @Test func theAuthorityOfAnAbsoluteTargetTakesThePlaceOfHost() throws {
        let head = try parse("GET http://aws.example:99?a HTTP/1.1\r\nHost: other\r\n")
        #expect(head.path == "/")
        #expect(head.query == "a")
        #expect(head.headers.values("host") == ["aws.example:99"])
    }

    @Test(arguments: [
        "Content-Length: 1\r\nTransfer-Encoding: chunked", "Content-Length: 1\r\nContent-Length: 1",
        "Content-Length: +1",
        "Content-Length: 1,1", "Content-Length:", "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "A : b", "A: b\r\n c", " A: b", ": b", "A\u{0}: b", "A: b\u{0}c", "A: b\rc", "A", "A: b\nB: c", "Host: second",
        "A\u{1}: b",
    ])
    func refusesWhatTwoReadersCouldReadDifferently(fields: String) {
        #expect(throws: BadRequest.self) { try parse("POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n") }
    }

    @Test(arguments: [
        "GET / HTTP/2.0", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "G(T / HTTP/1.1", " GET / HTTP/1.1",
        "GET / http/1.1", "GET x HTTP/1.1",
        "GET /\t HTTP/1.1",
    ])
    func refusesBrokenRequestLines(line: String) {
        #expect(throws: BadRequest.self) { try parse("\(line)\r\nHost: h\r\n") }
    }

    @Test func refusesALongBodyBeforeItComes() {
        #expect(throws: BadRequest("the body is larger than 100 bytes", status: 413)) {
            try parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n")
        }
    }

    @Test func aRequestOf11NeedsItsHost() {
        #expect(throws: BadRequest.self) { try parse("GET / HTTP/1.1\r\nA: b\r\n") }
        #expect(throws: Never.self) { try parse("GET / HTTP/1.0\r\nA: b\r\n") }
    }
}

@Suite struct ChunkedBodyTests {
    private func read(_ text: String, limit: Int = 100) throws -> ChunkedBody {
        var body = ChunkedBody(limit: limit)
        let bytes = Array(text.utf8)
        _ = try bytes.withUnsafeBufferPointer { try body.consume($0) }
        return body
    }

    @Test func joinsChunksAndReadsOverExtensionsAndTrailers() throws {
        let body = try read("3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n")
        #expect(body.isComplete)
        #expect(body.body == Array("abcde".utf8))
    }

    @Test(arguments: [
        "x\r\n", "-1\r\n", "+1\r\na\r\n", "1\nab", "1\r\nab\r\n", " 1\r\na\r\n", "\r\n", "FFFFFFFFFF\r\n", "0x1\r\n",
    ])
    func refusesBrokenFraming(text: String) {
        #expect(throws: BadRequest.self) { try read(text) }
    }

    @Test func holdsToTheLimit() {
        #expect(throws: BadRequest.self) { try read("64\r\n", limit: 99) }
    }
}
