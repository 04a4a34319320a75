/// A request as its handler sees it: complete, its body without framing and gzip.
public struct Request: Sendable {
    /// As sent; methods are case-sensitive (RFC 9110 section 9.1).
    public let method: String
    /// As sent: percent-encoded, starting with `/`; or `*` of an `OPTIONS`.
    public let path: String
    /// As sent, without the question mark.
    public let query: String?
    /// As sent, also where the body has been unpacked: a signature covers what was sent.
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
