/// The head of a request and how its body is delimited.
struct Head {
    var method = ""
    var path = ""
    var query: String?
    var headers = Headers()
    var body = BodyFraming.length(0)
    var keepsAlive = true
    var expectsContinue = false
}

enum BodyFraming: Equatable {
    case length(Int)
    case chunked
}

/// Reads a request's head by RFC 9112, and refuses every shape by which two readers could disagree where a request ends.
struct HeadParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let bodyLimit: Int
    private var head = Head()
    private var contentLength: Int?
    private var isChunked = false
    private var host: String?
    private var isVersion10 = false

    /// - Parameter bytes: the lines with their CR LF, without the empty line at the end.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, bodyLimit: Int) throws(BadRequest) -> Head {
        var parser = HeadParser(bytes: bytes, bodyLimit: bodyLimit)
        return try parser.parse()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, bodyLimit: Int) {
        self.bytes = bytes
        self.bodyLimit = bodyLimit
    }

    private mutating func parse() throws(BadRequest) -> Head {
        var start = 0
        var isFirst = true
        while start < bytes.count {
            let end = try lineEnd(from: start)
            if isFirst { try requestLine(start, end) } else { try field(start, end) }
            isFirst = false
            start = end + 2
        }
        try settle()
        return head
    }

    /// Where the CR LF of a line stands; control characters and lone CR or LF are refused on the way.
    private func lineEnd(from start: Int) throws(BadRequest) -> Int {
        var offset = start
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == 0x0D {
                guard offset + 1 < bytes.count, bytes[offset + 1] == 0x0A else {
                    throw BadRequest("a line has a bare CR")
                }
                return offset
            }
            if byte == 0x0A { throw BadRequest("a line ends in a bare LF") }
            if byte < 0x20 && byte != 0x09 || byte == 0x7F { throw BadRequest("the head has a control character") }
            offset += 1
        }
        throw BadRequest("a line has no end")
    }

    private func text(_ start: Int, _ end: Int) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
    }

    private func isToken(_ start: Int, _ end: Int) -> Bool {
        end > start && bytes[start..<end].allSatisfy { Self.tokenBytes[Int($0)] }
    }

    /// The characters of a token, RFC 9110 section 5.6.2.
    private static let tokenBytes: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for byte in "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8 {
            table[Int(byte)] = true
        }
        return table
    }()

    private mutating func requestLine(_ start: Int, _ end: Int) throws(BadRequest) {
        let space = UInt8(ascii: " ")
        guard let first = bytes[start..<end].firstIndex(of: space),
            let last = bytes[start..<end].lastIndex(of: space), first < last, isToken(start, first)
        else { throw BadRequest("the request line is malformed") }
        switch text(last + 1, end) {
        case "HTTP/1.1": break
        case "HTTP/1.0":
            isVersion10 = true
            head.keepsAlive = false
        case let version where version.hasPrefix("HTTP/"): throw BadRequest("only HTTP/1.1 is spoken here", status: 505)
        default: throw BadRequest("the request line is malformed")
        }
        head.method = text(start, first)
        let target = bytes[(first + 1)..<last]
        guard !target.isEmpty, target.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw BadRequest("the request target is malformed")
        }
        try setTarget(text(first + 1, last))
    }

    private mutating func setTarget(_ target: String) throws(BadRequest) {
        var target = target[...]
        if target == "*" {
            guard head.method == "OPTIONS" else { throw BadRequest("the request target is malformed") }
        } else if !target.hasPrefix("/") {
            // The absolute form, as clients behind a proxy send it: its authority takes the place of Host.
            let scheme = target.prefix(8).lowercased()
            let length = scheme.hasPrefix("http://") ? 7 : scheme.hasPrefix("https://") ? 8 : 0
            guard length > 0 else { throw BadRequest("the request target is malformed") }
            target = target.dropFirst(length)
            let authority = target.prefix { $0 != "/" && $0 != "?" }
            guard !authority.isEmpty else { throw BadRequest("the request target is malformed") }
            host = String(authority)
            target = target.dropFirst(authority.count)
            if !target.hasPrefix("/") { target = "/" + target }
        }
        if let mark = target.firstIndex(of: "?") {
            head.path = String(target[..<mark])
            head.query = String(target[target.index(after: mark)...])
        } else {
            head.path = String(target)
        }
    }

    private mutating func field(_ start: Int, _ end: Int) throws(BadRequest) {
        let isFolded = bytes[start] == 0x20 || bytes[start] == 0x09
        guard !isFolded else { throw BadRequest("a header is folded over two lines") }
        guard let colon = bytes[start..<end].firstIndex(of: UInt8(ascii: ":")), isToken(start, colon) else {
            throw BadRequest("a header's name is malformed")
        }
        var first = colon + 1
        var last = end
        while first < last, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
        while last > first, bytes[last - 1] == 0x20 || bytes[last - 1] == 0x09 { last -= 1 }
        let name = text(start, colon)
        let value = text(first, last)
        try note(name, value)
        head.headers.add(name, value)
    }

    private var hostCount = 0

    private mutating func note(_ name: String, _ value: String) throws(BadRequest) {
        // Only names of these lengths matter to the framing.
        switch name.utf8.count {
        case 4 where name.lowercased() == "host": hostCount += 1
        case 6 where name.lowercased() == "expect":
            guard value.lowercased() == "100-continue" else {
                throw BadRequest("the expectation is unknown", status: 417)
            }
            head.expectsContinue = true
        case 10 where name.lowercased() == "connection":
            for option in value.lowercased().split(separator: ",") {
                let option = option.drop { $0 == " " }
                if option.hasPrefix("close") { head.keepsAlive = false }
                if option.hasPrefix("keep-alive"), isVersion10 { head.keepsAlive = true }
            }
        case 14 where name.lowercased() == "content-length":
            guard contentLength == nil else { throw BadRequest("there are two lengths") }
            guard !value.isEmpty, value.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw BadRequest("the Content-Length is no number")
            }
            guard let length = Int(value), length <= bodyLimit else {
                throw BadRequest("the body is larger than \(bodyLimit) bytes", status: 413)
            }
            contentLength = length
        case 17 where name.lowercased() == "transfer-encoding":
            guard !isChunked, value.lowercased() == "chunked" else {
                throw BadRequest("the Transfer-Encoding is not chunked")
            }
            isChunked = true
        default: break
        }
    }

    private mutating func settle() throws(BadRequest) {
        if isChunked, contentLength != nil {
            throw BadRequest("there are both a Content-Length and a Transfer-Encoding")
        }
        if isChunked, isVersion10 { throw BadRequest("HTTP/1.0 has no Transfer-Encoding") }
        if hostCount > 1 || hostCount == 0 && !isVersion10 { throw BadRequest("there must be one Host header") }
        if let host { head.headers.set("Host", host) }
        if isVersion10 { head.expectsContinue = false }
        head.body = isChunked ? .chunked : .length(contentLength ?? 0)
    }
}
