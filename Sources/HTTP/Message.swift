/// A request as its handler sees it: complete, its body decoded.
public struct Request: Sendable {
    public let method: String
    /// As sent: percent-encoded, starting with `/`, or `*`.
    public let path: String
    /// As sent, without the question mark.
    public let query: String?
    public let headers: Headers
    public let body: [UInt8]

    public init(method: String, path: String, query: String? = nil, headers: Headers = Headers(), body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}

/// An answer. The server adds `Date`, `Content-Length` and `Connection`.
public struct Response: Sendable {
    public var status: Int
    public var headers: Headers
    public var body: [UInt8]

    public init(status: Int, headers: Headers = Headers(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public init(status: Int, contentType: String, body: [UInt8]) {
        self.init(status: status, headers: ["Content-Type": contentType], body: body)
    }
}

/// Why a request cannot be read; the connection is closed after the answer.
struct BadRequest: Error, Equatable {
    let status: Int
    let message: String

    init(_ message: String, status: Int = 400) {
        self.status = status
        self.message = message
    }

    var response: Response {
        let name =
            switch status {
            case 408: "RequestTimeout"
            case 413: "RequestEntityTooLarge"
            case 417: "ExpectationFailed"
            case 431: "RequestHeaderFieldsTooLarge"
            case 503: "ServiceUnavailable"
            case 505: "HTTPVersionNotSupported"
            default: "BadRequest"
            }
        // The messages are this module's own texts, without anything that JSON would escape.
        let body = Array("{\"error\":\"\(name)\",\"message\":\"\(message)\"}\n".utf8)
        return Response(status: status, contentType: "application/json", body: body)
    }
}
