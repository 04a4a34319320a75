/// An answer.
///
/// ```swift
/// exchange.respond(Response(status: 200, contentType: "text/plain", body: Array("hello\n".utf8)))
/// ```
///
/// `Date`, `Content-Length`, `Transfer-Encoding` and `Connection` are the server's: those of the headers are passed over.
public struct Response: Sendable {
    /// Three digits; what is not in 200...599 is sent as 500.
    public var status: Int
    public var headers: Headers
    /// Not sent in answer to a `HEAD`, nor with 204 or 304.
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
