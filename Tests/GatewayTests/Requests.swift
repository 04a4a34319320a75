import HTTP
import JSON
import Kernel
import SSM
import STS

@testable import Gateway

/// The router of a server that serves SSM and STS.
let router = Router(services: [SSM.service, STS.service])

extension Request {
    /// A request of the awsJson protocol.
    static func target(_ target: String, _ body: String = "{}", _ headers: Headers = [:]) -> Request {
        var headers = headers
        headers.add("X-Amz-Target", target)
        return Request(method: "POST", path: "/", headers: headers, body: Array(body.utf8))
    }

    /// A request of the query protocol.
    static func form(_ form: String, _ headers: Headers = [:]) -> Request {
        var headers = headers
        headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        return Request(method: "POST", path: "/", headers: headers, body: Array(form.utf8))
    }

    /// A request of the plain JSON surface.
    static func curl(_ path: String, _ body: String = "{}", _ headers: Headers = [:]) -> Request {
        Request(method: "POST", path: path, headers: headers, body: Array(body.utf8))
    }
}

extension Headers {
    /// Those of a request that was signed with SigV4.
    static func signed(_ keyID: String = "AKIAIOSFODNN7EXAMPLE", region: String = "us-east-1", service: String)
        -> Headers
    {
        [
            "Authorization": "AWS4-HMAC-SHA256 Credential=\(keyID)/20300101/\(region)/\(service)/aws4_request, "
                + "SignedHeaders=host;x-amz-date, Signature=0123456789abcdef"
        ]
    }
}

extension Router {
    /// The call that a request means; nil when it means none.
    func call(_ request: Request) -> Call? {
        if case .aws(let call) = route(request) { return call }
        return nil
    }

    /// The answer to a request that belongs to no service.
    func rejection(_ request: Request) -> Response? {
        if case .rejected(let rejection) = route(request) { return rejection.response }
        return nil
    }
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }
}
