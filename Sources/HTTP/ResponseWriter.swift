/// Puts answers into bytes.
enum ResponseWriter {
    /// - Parameter length: nil for a body that follows in chunks.
    static func appendHead(
        of response: Response, length: Int?, keepsAlive: Bool, to output: inout [UInt8]
    ) {
        append("HTTP/1.1 ", &output)
        output.append(contentsOf: String(response.status).utf8)
        append(" ", &output)
        append(reason(response.status), &output)
        append("\r\nDate: ", &output)
        output.append(contentsOf: HTTPDate.now())
        for field in response.headers.fields {
            append("\r\n", &output)
            output.append(contentsOf: field.name.utf8)
            append(": ", &output)
            output.append(contentsOf: field.value.utf8)
        }
        if let length {
            // RFC 9110 section 8.6: an answer 204 has no length.
            if response.status != 204 {
                append("\r\nContent-Length: ", &output)
                output.append(contentsOf: String(length).utf8)
            }
        } else {
            append("\r\nTransfer-Encoding: chunked", &output)
        }
        if !keepsAlive { append("\r\nConnection: close", &output) }
        append("\r\n\r\n", &output)
    }

    static func appendChunk(_ bytes: [UInt8], to output: inout [UInt8]) {
        output.append(contentsOf: String(bytes.count, radix: 16).utf8)
        append("\r\n", &output)
        output.append(contentsOf: bytes)
        append("\r\n", &output)
    }

    static func append(_ text: StaticString, _ output: inout [UInt8]) {
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }

    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 417: "Expectation Failed"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
