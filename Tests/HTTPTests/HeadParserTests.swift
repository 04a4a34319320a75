import Testing

@testable import HTTP

@Suite struct HeadParserTests {
    private func parse(_ text: String) throws -> Head {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { try HeadParser.parse($0, bodyLimit: 100) }
    }

    private func status(_ text: String) -> Int? {
        do {
            _ = try parse(text)
            return nil
        } catch {
            return (error as? BadRequest)?.status
        }
    }

    @Test func readsLineAndHeaders() throws {
        let head = try parse(
            "POST /a%20b?x=1&y HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX-A:\t b \r\nX-Empty:\r\n\r\n")
        #expect(head.method == "POST")
        #expect(head.path == "/a%20b")
        #expect(head.query == "x=1&y")
        #expect(head.body == .length(5))
        #expect(head.headers["x-a"] == "b")
        #expect(head.headers["X-EMPTY"] == "")
        #expect(head.headers.fields.map(\.name) == ["Host", "Content-Length", "X-A", "X-Empty"])
        #expect(head.keepsAlive)
    }

    @Test(arguments: [
        ("GET http://aws.example:99?a HTTP/1.1", "/", "a"), ("GET HTTPS://aws.example:99/x HTTP/1.1", "/x", nil),
        ("GET http://aws.example:99 HTTP/1.1", "/", nil), ("GET http://aws.example:99/x?y=/?z HTTP/1.1", "/x", "y=/?z"),
    ])
    func theAuthorityOfAnAbsoluteTargetTakesThePlaceOfHost(line: String, path: String, query: String?) throws {
        let head = try parse("\(line)\r\nHost: other\r\n")
        #expect(head.path == path)
        #expect(head.query == query)
        #expect(head.headers.values("host") == ["aws.example:99"])
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false), ("HTTP/1.0", "", false),
        ("HTTP/1.1", "Connection: Upgrade , CLOSE\r\n", false), ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
        ("HTTP/1.0", "Connection: keep-alive, close\r\n", false), ("HTTP/1.1", "Connection: closed\r\n", true),
    ])
    func knowsWhetherTheConnectionStays(version: String, fields: String, stays: Bool) throws {
        #expect(try parse("GET / \(version)\r\nHost: h\r\n\(fields)").keepsAlive == stays)
    }

    @Test(arguments: Smuggling.fields)
    func refusesWhatTwoReadersCouldReadDifferently(fields: String) {
        #expect(status("POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n") == 400)
    }

    @Test(arguments: Smuggling.lines)
    func refusesBrokenRequestLines(line: String) {
        #expect(status("\(line)\r\nHost: h\r\n\r\n") == 400)
    }

    @Test(arguments: [
        ("GET / HTTP/2.0\r\nHost: h\r\n", 505), ("PRI * HTTP/2.0\r\n", 505), ("GET / HTTP/1.2\r\nHost: h\r\n", 505),
        ("GET / HTTP/0.9\r\nHost: h\r\n", 505), ("GET / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n", 417),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n", 413),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", 400), ("GET / HTTP/1.1\r\nA: b\r\n", 400),
    ])
    func hasAnAnswerForEachKindOfRefusal(text: String, expected: Int) {
        #expect(status(text) == expected)
    }

    @Test func onlyARequestOf11NeedsItsHost() throws {
        #expect(try parse("GET / HTTP/1.0\r\nA: b\r\n").isVersion10)
    }

    /// Nothing that is cut short or changed in one byte may do more than be refused.
    @Test func survivesEveryCutAndEveryChangedByte() {
        let text = Array(
            "POST http://a/b?c HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close, x\r\n\r\n".utf8)
        for index in text.indices {
            _ = status(String(decoding: text[..<index], as: UTF8.self))
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[index] = byte
                _ = try? changed.withUnsafeBufferPointer { try HeadParser.parse($0, bodyLimit: 100) }
            }
        }
    }

    @Test func tokenBytesAreThoseOfTheRFC() {
        let token = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for byte in UInt8.min...UInt8.max { #expect(Octet.isToken(byte) == token.contains(byte)) }
    }
}

/// Shapes that have been used to slip a request past one reader of two.
enum Smuggling {
    static let fields = [
        "Content-Length: 1\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 1",
        "Content-Length: 1\r\nContent-Length: 1", "Content-Length: 1\r\nContent-Length: 2", "Content-Length: +1",
        "Content-Length: -1", "Content-Length: 1,1", "Content-Length:", "Content-Length: 0x1", "Content-Length: 1 1",
        "Content-Length: 99999999999999999999999", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: \u{b}chunked",
        "Transfer-Encoding : chunked", "Transfer-Encoding:", "A : b", "A: b\r\n c", "A: b\r\n\tc", " A: b", ": b",
        "A\u{0}: b", "A: b\u{0}c", "A: b\rc", "A", "A: b\nB: c", "Host: second", "A\u{1}: b", "A: b\u{7f}", "A(: b",
        "Ä: b", "A: b\r\r",
    ]

    static let lines = [
        "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "G(T / HTTP/1.1", " GET / HTTP/1.1", "GET / http/1.1",
        "GET x HTTP/1.1", "GET /\t HTTP/1.1", "GET * HTTP/1.1", "GET ftp://a/ HTTP/1.1", "GET http:// HTTP/1.1",
        "GET http://u@a/ HTTP/1.1", "GET / HTTP/1.1\u{0}", "GET / HTTP/11", "GET / HTTP/1.x", "GET /a b HTTP/1.1",
        "CONNECT a:1 HTTP/1.1", "GET",
    ]
}
