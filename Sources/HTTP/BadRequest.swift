/// Why a request cannot be read; the connection is closed after the answer.
struct BadRequest: Error, Equatable {
    let status: Int
    /// This module's own text, without anything that JSON would escape.
    let message: String

    init(_ message: String, status: Int = 400) {
        self.status = status
        self.message = message
    }

    var response: Response {
        let body = Array("{\"error\":\"\(name)\",\"message\":\"\(message)\"}\n".utf8)
        return Response(status: status, contentType: "application/json", body: body)
    }

    private var name: String {
        switch status {
        case 408: "RequestTimeout"
        case 413: "RequestEntityTooLarge"
        case 417: "ExpectationFailed"
        case 431: "RequestHeaderFieldsTooLarge"
        case 500: "InternalServerError"
        case 503: "ServiceUnavailable"
        case 505: "HTTPVersionNotSupported"
        default: "BadRequest"
        }
    }
}
