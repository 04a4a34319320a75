/// Puts answers into bytes.
enum ResponseWriter {
    /// How the body of an answer ends.
    enum Framing {
        case length(Int)
        case chunked
        /// By the end of the connection, for clients of HTTP/1.0.
        case close
    }

    /// Longer than what the server itself puts into a head.
    private static let ownBytes = 160

    /// - Parameter date: the whole line, with its CR LF.
    /// - Parameter connection: the value of `Connection`, where there must be one.
    static func appendHead(
        of response: Response, _ framing: Framing, date: [UInt8], connection: StaticString?, to output: inout [UInt8]
    ) {
        if output.isEmpty, case .length(let length) = framing {
            output.reserveCapacity(response.headers.bytes.count + response.headers.places.count * 2 + ownBytes + length)
        }
        appendStatus(response.status, &output)
        output.append(contentsOf: date)
        appendFields(response.headers, &output)
        switch framing {
        case .length(let length) where isBodiless(response.status) && length == 0: break
        case .length(let length):
            append("Content-Length: ", &output)
            append(length, &output)
            append("\r\n", &output)
        case .chunked: append("Transfer-Encoding: chunked\r\n", &output)
        case .close: break
        }
        if let connection {
            append("Connection: ", &output)
            append(connection, &output)
            append("\r\n", &output)
        }
        append("\r\n", &output)
    }

    /// RFC 9110 section 6.4.1. Nor have they a length (section 8.6): 204 must not, and of 304 it would be another's.
    static func isBodiless(_ status: Int) -> Bool { status == 204 || status == 304 }

    static func appendChunk(_ bytes: [UInt8], to output: inout [UInt8]) {
        output.append(contentsOf: String(bytes.count, radix: 16).utf8)
        append("\r\n", &output)
        output.append(contentsOf: bytes)
        append("\r\n", &output)
    }

    static func append(_ text: StaticString, _ output: inout [UInt8]) {
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }

    private static func appendStatus(_ status: Int, _ output: inout [UInt8]) {
        if status == 200 { return append("HTTP/1.1 200 OK\r\n", &output) }
        let status = (200...599).contains(status) ? status : 500
        append("HTTP/1.1 ", &output)
        append(status, &output)
        append(" ", &output)
        append(reason(status), &output)
        append("\r\n", &output)
    }

    private static func appendFields(_ headers: Headers, _ output: inout [UInt8]) {
        headers.bytes.withUnsafeBufferPointer { bytes in
            for place in headers.places where !isOwn(bytes, place.name) {
                output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[place.name]))
                append(": ", &output)
                output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[place.value]))
                append("\r\n", &output)
            }
        }
    }

    /// Whether the field is one that only the server can know.
    private static func isOwn(_ bytes: UnsafeBufferPointer<UInt8>, _ name: Range<Int>) -> Bool {
        let own: StaticString
        switch name.count {
        case 4: own = "date"
        case 10: own = "connection"
        case 14: own = "content-length"
        case 17: own = "transfer-encoding"
        default: return false
        }
        return own.withUTF8Buffer { own in
            name.indices.allSatisfy { Octet.lower(bytes[$0]) == own[$0 - name.lowerBound] }
        }
    }

    private static func append(_ number: Int, _ output: inout [UInt8]) {
        if number >= 10 { append(number / 10, &output) }
        output.append(UInt8(truncatingIfNeeded: 0x30 + number % 10))
    }

    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 417: "Expectation Failed"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
