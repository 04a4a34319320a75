import Glibc

/// The head of a request and what follows from it.
struct Head {
    var method = ""
    var path = ""
    var query: String?
    var headers = Headers()
    var body = BodyFraming.length(0)
    var isVersion10 = false
    var keepsAlive = true
    var expectsContinue = false
    var isGzip = false
}

/// Reads a request's head by RFC 9112, and refuses every shape by which two readers could disagree where a request ends.
struct HeadParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let bodyLimit: Int
    private var head = Head()
    private var places: [Headers.Field] = []
    private var contentLength: Int?
    private var isChunked = false
    private var closes = false
    private var asksToKeepAlive = false
    private var hostCount = 0
    /// The authority of a target in absolute form.
    private var authority: String?

    /// Where the head ends, behind its empty line; nil when that has not come yet.
    ///
    /// - Parameter scanned: how far it has been looked for, so that a byte at a time does not cost a scan at a time.
    static func end(in bytes: UnsafeBufferPointer<UInt8>, scanned: inout Int, limit: Int) throws(BadRequest) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let reach = min(bytes.count, limit)
        while scanned < reach, let found = memchr(base + scanned, Int32(Octet.lineFeed), reach - scanned) {
            let feed = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
            guard feed > 0, bytes[feed - 1] == Octet.carriageReturn else {
                throw BadRequest("a line ends in a bare LF")
            }
            scanned = feed + 1
            if feed >= 3, bytes[feed - 2] == Octet.lineFeed { return scanned }
        }
        scanned = max(scanned, reach)
        if bytes.count >= limit { throw BadRequest("the head is larger than \(limit) bytes", status: 431) }
        return nil
    }

    /// - Parameter bytes: the lines with their CR LF; the empty line at the end may be there or not.
    /// - Parameter bodyLimit: in bytes; a larger announced body is refused with 413.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, bodyLimit: Int) throws(BadRequest) -> Head {
        var parser = HeadParser(bytes: bytes, bodyLimit: bodyLimit)
        return try parser.parse()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, bodyLimit: Int) {
        self.bytes = bytes
        self.bodyLimit = bodyLimit
    }

    private mutating func parse() throws(BadRequest) -> Head {
        let fields = try requestLine()
        places.reserveCapacity(12)
        var start = fields
        while start < bytes.count, bytes[start] != Octet.carriageReturn {
            start = try field(from: start, offset: fields)
        }
        if start < bytes.count {
            guard bytes.count - start == 2, bytes[start + 1] == Octet.lineFeed else {
                throw BadRequest("a line has a bare CR")
            }
        }
        head.headers = Headers(bytes: Array(UnsafeBufferPointer(rebasing: bytes[fields..<start])), places: places)
        try settle()
        return head
    }

    // MARK: The request line

    /// Answers where the fields begin.
    private mutating func requestLine() throws(BadRequest) -> Int {
        var offset = 0
        while offset < bytes.count, Octet.isToken(bytes[offset]) { offset += 1 }
        guard offset > 0, offset < bytes.count, bytes[offset] == Octet.space else {
            throw BadRequest("the request line is malformed")
        }
        head.method = method(0..<offset)
        let target = offset + 1
        offset = target
        while offset < bytes.count, bytes[offset] > 0x20, bytes[offset] < 0x7F { offset += 1 }
        guard offset > target, offset < bytes.count, bytes[offset] == Octet.space else {
            throw BadRequest("the request line is malformed")
        }
        let end = try version(from: offset + 1)
        try setTarget(target..<offset)
        return end
    }

    private func method(_ range: Range<Int>) -> String {
        switch range.count {
        case 3 where isText(range, "GET"): "GET"
        case 4 where isText(range, "POST"): "POST"
        default: text(range)
        }
    }

    /// RFC 9112 section 2.3. Answers where the line ends, behind its CR LF.
    private mutating func version(from start: Int) throws(BadRequest) -> Int {
        let end = start + 8
        guard bytes.count >= end + 2, isText(start..<start + 5, "HTTP/"), Octet.isDigit(bytes[start + 5]),
            bytes[start + 6] == UInt8(ascii: "."), Octet.isDigit(bytes[start + 7]),
            bytes[end] == Octet.carriageReturn, bytes[end + 1] == Octet.lineFeed
        else { throw BadRequest("the request line is malformed") }
        guard bytes[start + 5] == UInt8(ascii: "1"), bytes[start + 7] <= UInt8(ascii: "1") else {
            throw BadRequest("only HTTP/1.1 and HTTP/1.0 are spoken here", status: 505)
        }
        head.isVersion10 = bytes[start + 7] == UInt8(ascii: "0")
        return end + 2
    }

    private mutating func setTarget(_ range: Range<Int>) throws(BadRequest) {
        if bytes[range.lowerBound] == UInt8(ascii: "/") {
            setPath(range)
        } else if range.count == 1, bytes[range.lowerBound] == UInt8(ascii: "*"), head.method == "OPTIONS" {
            head.path = "*"
        } else {
            try setAbsoluteTarget(range)
        }
    }

    /// The absolute form, as clients behind a proxy send it: its authority takes the place of Host (RFC 9112 section
    /// 3.2.2).
    private mutating func setAbsoluteTarget(_ range: Range<Int>) throws(BadRequest) {
        let scheme =
            isName(range.prefix(7), "http://") ? 7 : isName(range.prefix(8), "https://") ? 8 : 0
        let start = range.lowerBound + scheme
        var end = start
        while end < range.upperBound, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") { end += 1 }
        guard scheme > 0, end > start, isHost(start..<end) else { throw BadRequest("the request target is malformed") }
        authority = text(start..<end)
        setPath(end..<range.upperBound)
        if !head.path.hasPrefix("/") { head.path = "/" + head.path }
    }

    private mutating func setPath(_ range: Range<Int>) {
        guard let mark = bytes[range].firstIndex(of: UInt8(ascii: "?")) else {
            head.path = text(range)
            return
        }
        head.path = text(range.lowerBound..<mark)
        head.query = text(mark + 1..<range.upperBound)
    }

    // MARK: Fields

    /// Reads one field and answers where the next one begins.
    private mutating func field(from start: Int, offset: Int) throws(BadRequest) -> Int {
        if Octet.isBlank(bytes[start]) { throw BadRequest("a header is folded over two lines") }
        var colon = start
        while colon < bytes.count, Octet.isToken(bytes[colon]) { colon += 1 }
        guard colon > start, colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else {
            throw BadRequest("a header's name is malformed")
        }
        var first = colon + 1
        while first < bytes.count, Octet.isBlank(bytes[first]) { first += 1 }
        var end = first
        while end < bytes.count, Octet.isFieldContent(bytes[end]) { end += 1 }
        guard end + 1 < bytes.count, bytes[end] == Octet.carriageReturn, bytes[end + 1] == Octet.lineFeed else {
            throw BadRequest("a header's value has a control character")
        }
        var last = end
        while last > first, Octet.isBlank(bytes[last - 1]) { last -= 1 }
        try note(start..<colon, first..<last)
        places.append(Headers.Field(name: start - offset..<colon - offset, value: first - offset..<last - offset))
        return end + 2
    }

    /// Takes what matters to the framing; only names of these lengths do.
    private mutating func note(_ name: Range<Int>, _ value: Range<Int>) throws(BadRequest) {
        switch name.count {
        case 4 where isName(name, "host"):
            guard isHost(value) else { throw BadRequest("the Host header is malformed") }
            hostCount += 1
        case 6 where isName(name, "expect"):
            guard isName(value, "100-continue") else { throw BadRequest("the expectation is unknown", status: 417) }
            head.expectsContinue = true
        case 10 where isName(name, "connection"): noteConnection(value)
        case 14 where isName(name, "content-length"): try noteLength(value)
        case 16 where isName(name, "content-encoding"):
            head.isGzip = isName(value, "gzip") || isName(value, "x-gzip")
        case 17 where isName(name, "transfer-encoding"):
            guard !isChunked, isName(value, "chunked") else { throw BadRequest("the Transfer-Encoding is not chunked") }
            isChunked = true
        default: break
        }
    }

    /// RFC 9112 section 9.3.
    private mutating func noteConnection(_ value: Range<Int>) {
        for option in bytes[value].split(separator: UInt8(ascii: ",")) {
            var range = option.startIndex..<option.endIndex
            while let first = range.first, Octet.isBlank(bytes[first]) { range = first + 1..<range.upperBound }
            while let last = range.last, Octet.isBlank(bytes[last]) { range = range.lowerBound..<last }
            if isName(range, "close") { closes = true }
            if isName(range, "keep-alive") { asksToKeepAlive = true }
        }
    }

    /// RFC 9112 section 6.3: lengths that are repeated or no plain number are refused, equal ones too.
    private mutating func noteLength(_ value: Range<Int>) throws(BadRequest) {
        guard contentLength == nil else { throw BadRequest("there are two lengths") }
        guard !value.isEmpty, bytes[value].allSatisfy(Octet.isDigit) else {
            throw BadRequest("the Content-Length is no number")
        }
        var length = 0
        for byte in bytes[value] {
            let (tenfold, isTooLarge) = length.multipliedReportingOverflow(by: 10)
            let (sum, isStillTooLarge) = tenfold.addingReportingOverflow(Int(byte) - 0x30)
            guard !isTooLarge, !isStillTooLarge else { throw BadRequest("the Content-Length is no length") }
            length = sum
        }
        contentLength = length
    }

    /// What is decided when all fields are known.
    private mutating func settle() throws(BadRequest) {
        if isChunked, contentLength != nil {
            throw BadRequest("there are both a Content-Length and a Transfer-Encoding")
        }
        // RFC 9112 section 6.1: such a message has been through something that did not understand it.
        if isChunked, head.isVersion10 { throw BadRequest("HTTP/1.0 has no Transfer-Encoding") }
        if hostCount > 1 || hostCount == 0 && !head.isVersion10 { throw BadRequest("there must be one Host header") }
        if let length = contentLength, length > bodyLimit {
            throw BadRequest("the body is larger than \(bodyLimit) bytes", status: 413)
        }
        if let authority { head.headers.set("Host", authority) }
        // RFC 9110 section 10.1.1: an expectation of HTTP/1.0 is passed over.
        if head.isVersion10 { head.expectsContinue = false }
        head.keepsAlive = !closes && (!head.isVersion10 || asksToKeepAlive)
        head.body = isChunked ? .chunked : .length(contentLength ?? 0)
    }

    // MARK: Bytes

    private func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private func isText(_ range: Range<Int>, _ text: StaticString) -> Bool {
        range.count == text.utf8CodeUnitCount
            && text.withUTF8Buffer { text in range.indices.allSatisfy { bytes[$0] == text[$0 - range.lowerBound] } }
    }

    /// - Parameter name: in lower case.
    private func isName(_ range: Range<Int>, _ name: StaticString) -> Bool {
        range.count == name.utf8CodeUnitCount
            && name.withUTF8Buffer { name in
                range.indices.allSatisfy { Octet.lower(bytes[$0]) == name[$0 - range.lowerBound] }
            }
    }

    /// Whether nothing stands there that could make another reader see another host or a path in it.
    private func isHost(_ range: Range<Int>) -> Bool {
        bytes[range].allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "@"),
                UInt8(ascii: ","):
                false
            default: byte > 0x20 && byte < 0x7F
            }
        }
    }
}
