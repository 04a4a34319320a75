import HTTP
import JSON

/// Keeps web pages from driving the server through a visitor's browser, DNS rebinding included.
///
/// A browser says where a request comes from (`Origin`, `Sec-Fetch-Site`); SDKs and curl say nothing of the kind, and may
/// use any host name. So a request with such a header is refused unless it comes from the server's own page, reached by a
/// loopback name, or from an origin that was allowed at the start.
struct CrossSitePolicy: Sendable {
    enum Verdict {
        /// With headers for the answer.
        case allowed([(String, String)])
        case preflight(Response)
        case refused(Response)
    }

    let allowedOrigins: [String]

    func verdict(on request: Request) -> Verdict {
        let origin = request.headers["origin"]
        guard origin != nil || request.headers.contains(namePrefix: "sec-fetch-") else {
            return .allowed([])
        }
        guard let origin else {
            let site = request.headers["sec-fetch-site"]
            // A page typed into the address bar, or one of our own: both by a loopback name only.
            if isLoopback(request), site == "none" || site == "same-origin" { return .allowed([]) }
            return refused(origin: "a web page")
        }
        if isLoopback(request), origin == "http://\(request.headers["host"] ?? "")" { return .allowed([]) }
        guard allowedOrigins.contains(origin) else { return refused(origin: origin) }
        let headers = [
            ("Access-Control-Allow-Origin", origin), ("Vary", "Origin"),
            ("Access-Control-Expose-Headers", "x-amzn-requestid,x-amzn-errortype,x-amz-crc32,date"),
        ]
        guard request.method == "OPTIONS" else { return .allowed(headers) }
        var response = Response(status: 204)
        for (name, value) in headers { response.headers.add(name, value) }
        response.headers.add("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
        response.headers.add("Access-Control-Allow-Headers", request.headers["access-control-request-headers"] ?? "*")
        response.headers.add("Access-Control-Max-Age", "600")
        return .preflight(response)
    }

    /// Whether the server was addressed as `localhost` or a loopback address: a rebound name is not.
    private func isLoopback(_ request: Request) -> Bool {
        guard let host = request.headers["host"] else { return false }
        return ["localhost", "127.0.0.1", "[::1]"].contains { host == $0 || host.hasPrefix($0 + ":") }
    }

    private func refused(origin: String) -> Verdict {
        .refused(
            Rejection.plain(
                "CrossSiteRequest",
                "Requests of web pages are refused, so that no page can drive this server; \(origin) can be allowed with "
                    + "--allow-origin.", status: 403
            ).response)
    }
}
