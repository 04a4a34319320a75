import Testing

@testable import HTTP

@Suite struct HeadersTests {
    @Test func namesAreComparedWithoutCase() {
        var headers: Headers = ["Content-Type": "a"]
        headers.add("X", "1")
        headers.add("x", "2")
        #expect(headers["CONTENT-TYPE"] == "a")
        #expect(headers.values("X") == ["1", "2"])
        headers.set("X", "3")
        #expect(headers.values("x") == ["3"])
        #expect(headers.fields.map(\.name) == ["Content-Type", "X"])
        #expect(headers.contains("x") && !headers.contains("xx"))
    }

    @Test func nothingCanBreakTheFraming() {
        var headers = Headers()
        headers.add("A\r\nB:", "c\r\nd: e\0")
        #expect(headers.fields.map(\.name) == ["A__B_"])
        #expect(headers.fields.map(\.value) == ["c  d: e "])
    }
}

@Suite struct BodyDecoderTests {
    private func read(_ text: String, limit: Int = 100, step: Int = .max) throws -> BodyDecoder {
        var decoder = BodyDecoder(.chunked, limit: limit)
        var rest = Array(text.utf8)[...]
        var seen: [UInt8] = []
        while !rest.isEmpty, !decoder.isComplete {
            seen += rest.prefix(step)
            rest = rest.dropFirst(step)
            let used = try seen.withUnsafeBufferPointer { try decoder.consume($0) }
            seen.removeFirst(used)
        }
        return decoder
    }

    @Test(arguments: [1, 2, 3, 7, 100]) func joinsChunksAndReadsOverExtensionsAndTrailers(step: Int) throws {
        let decoder = try read("3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n", step: step)
        #expect(decoder.isComplete)
        #expect(decoder.body == Array("abcde".utf8))
    }

    @Test(arguments: Self.broken)
    func refusesBrokenFraming(text: String) {
        #expect(throws: BadRequest.self) { try read(text) }
    }

    static let broken = [
        "x\r\n", "-1\r\n", "+1\r\na\r\n", "1\nab", "1\r\nab\r\n", " 1\r\na\r\n", "\r\n", "FFFFFFFFFF\r\n", "0x1\r\n",
        "1 \r\na\r\n", ";a\r\n", "1;\u{0}\r\na\r\n", "1\ra\r\n", "1\r\na\n", "0\r\nA: b\n\r\n", "0\r\nA: \u{0}\r\n\r\n",
        "7FFFFFFFFFFFFFFF\r\n", "1;" + String(repeating: "a", count: 5000),
    ]

    @Test func holdsToTheLimit() {
        #expect(throws: BadRequest("the body is larger than 99 bytes", status: 413)) { try read("64\r\n", limit: 99) }
        #expect(throws: BadRequest.self) { try read("32\r\n\(String(repeating: "a", count: 50))\r\n32\r\n", limit: 99) }
    }
}

@Suite struct HTTPDateTests {
    @Test func isOfTheFixedForm() {
        #expect(HTTPDate.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}
