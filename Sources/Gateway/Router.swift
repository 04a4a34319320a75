import HTTP
import JSON
import Kernel
import Model
import Wire

/// A request that belongs to no service.
struct Rejection {
    let response: Response
    /// What the log says of it.
    let logged: String?
}

/// Finds out which service and operation a request means: by `X-Amz-Target`, by `Action`, by the credential's scope, by
/// method and path, and by the path of the plain JSON surface.
struct Router: Sendable {
    enum Route {
        case aws(Call)
        /// One of the server's own pages, by its decoded path.
        case page(String)
        case rejected(Rejection)
    }

    private let byTarget: [String: Service]
    private let bySigningName: [String: Service]
    private let byName: [String: Service]
    private let byVersion: [String: [Service]]
    private let rest: RestRouter

    init(services: [Service]) {
        func index(_ key: (Service) -> String?) -> [String: Service] {
            Dictionary(services.compactMap { service in key(service).map { ($0, service) } }) { first, _ in first }
        }
        byTarget = index(\.model.targetPrefix)
        bySigningName = index(\.model.signingName)
        byName = index(\.model.name)
        byVersion = Dictionary(grouping: services.filter(\.model.speaksQuery), by: \.model.apiVersion)
        rest = RestRouter(services: services)
    }

    func route(_ request: Request) -> Route {
        if let target = request.headers["x-amz-target"] { return routeTarget(target, request) }
        if let call = rest.signedCall(request) { return .aws(call) }
        if let curl = routePath(request) { return curl }
        guard let query = request.query.map({ Form.parse($0) }) ?? [] else { return malformedQuery() }
        var fields = query
        if request.method == "POST",
            request.headers.value(of: "content-type", hasPrefix: "application/x-www-form-urlencoded")
        {
            guard let body = Form.parse(request.body) else { return malformedQuery() }
            fields += body
        }
        if let action = fields.first(where: { $0.name == "Action" })?.value {
            return routeAction(action, fields, request, query: query)
        }
        if Self.isQueue(request.path) || rest.isSigned(request) { return .rejected(.noOperation(request)) }
        if let call = rest.unsignedCall(request) { return .aws(call) }
        if ["GET", "HEAD"].contains(request.method) { return .page(Form.decode(request.path) ?? request.path) }
        if ["POST", "DELETE"].contains(request.method), request.path.hasPrefix("/_") { return .page(request.path) }
        return .rejected(.noOperation(request))
    }

    // MARK: awsJson

    private func routeTarget(_ target: String, _ request: Request) -> Route {
        // Three prefixes have dots of their own, so the last one counts.
        guard let dot = target.utf8.lastIndex(of: UInt8(ascii: ".")), let service = byTarget[String(target[..<dot])]
        else {
            return .rejected(.unknownTarget(target))
        }
        var version = "1.1"
        if case .awsJson(let modelled) = service.model.wireProtocol { version = modelled }
        if request.headers.value(of: "content-type", hasPrefix: "application/x-amz-json-1.0") { version = "1.0" }
        let credential = Credential(headers: request.headers, query: [])
        return .aws(
            Call(
                service: service, operation: String(target[target.index(after: dot)...]),
                surface: .awsJson(version: version),
                credential: credential, account: credential?.account, region: credential?.region,
                body: .json(request.body)))
    }

    // MARK: query

    private func routeAction(_ action: String, _ fields: [FormField], _ request: Request, query: [FormField]) -> Route {
        let credential = Credential(headers: request.headers, query: query)
        let version = fields.first { $0.name == "Version" }?.value
        let candidates = version.map { byVersion[$0] ?? [] } ?? byVersion.values.flatMap { $0 }
        let signed = credential.flatMap { bySigningName[$0.service] }
        let isQueue = Self.isQueue(request.path)
        let service =
            candidates.first { $0.model.name == signed?.model.name }
            ?? (isQueue ? candidates.first { $0.model.name == "sqs" } : nil)
            ?? candidates.first { $0.model.api.operations[action] != nil }
            ?? (version == nil ? signed : candidates.first)
        guard let service, service.model.speaksQuery else {
            return .rejected(.unknownAction(action, version: version))
        }
        let asJSON = request.headers.value(of: "accept", hasPrefix: "application/json")
        let isMisplaced = isQueue && Self.actionsOnNoQueue.contains(action)
        return .aws(
            Call(
                service: service, operation: action, surface: .query(asJSON ? .json : .xml), credential: credential,
                account: credential?.account, region: credential?.region,
                body: .form(fields + queueURL(request, fields)), refusal: isMisplaced ? .unknownOperation : nil))
    }

    /// What the URL of a queue does not take.
    private static let actionsOnNoQueue: Set<String> = ["CreateQueue", "ListQueues"]

    /// `/ACCOUNT/NAME` or `/queue/REGION/ACCOUNT/NAME`, the path of a queue's URL.
    private static func isQueue(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return switch parts.count {
        case 2: AccountID.isValid(String(parts[0]))
        case 4: parts[0] == "queue" && AccountID.isValid(String(parts[2]))
        default: false
        }
    }

    /// Clients of the query protocol post to the URL of their queue; its host may name the Region.
    private func queueURL(_ request: Request, _ fields: [FormField]) -> [FormField] {
        let path = request.path
        guard path.utf8.count > 1, !fields.contains(where: { $0.name == "QueueUrl" }) else { return [] }
        let url = "http://\(request.headers["host"] ?? "127.0.0.1")\(Form.decode(path) ?? path)"
        return [FormField(name: "QueueUrl", value: url)]
    }

    private func malformedQuery() -> Route {
        .rejected(.query("MalformedQueryString", "The query string contains a syntax error.", status: 404))
    }

    // MARK: curl

    /// `POST /ssm/GetParameter`, plain JSON both ways.
    private func routePath(_ request: Request) -> Route? {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard request.method == "POST", parts.count == 2, let service = byName[parts[0]] else { return nil }
        let credential = Credential(headers: request.headers, query: [])
        let account = request.headers["x-account"]
        if let account, !AccountID.isValid(account) {
            return .rejected(.plain("ValidationException", "X-Account must be 12 digits.", status: 400))
        }
        return .aws(
            Call(
                service: service, operation: parts[1], surface: .curl, credential: credential,
                account: account ?? credential?.account, region: request.headers["x-region"] ?? credential?.region,
                body: .json(request.body)))
    }
}

extension Rejection {
    /// A JSON client's call of a service that is not served.
    static func unknownTarget(_ target: String) -> Rejection {
        let body = JSON.object(["__type": "UnknownOperationException"]).bytes()
        return Rejection(
            response: Response(status: 400, contentType: "application/x-amz-json-1.1", body: body),
            logged: "\(target.prefix(200)) is not served")
    }

    static func unknownAction(_ action: String, version: String?) -> Rejection {
        var rejection = query(
            "InvalidAction", "Could not find operation \(action) for version \(version ?? "NO_VERSION_SPECIFIED")",
            status: 400)
        rejection = Rejection(
            response: rejection.response, logged: "\(action.prefix(200)) (\(version ?? "")) is not served")
        return rejection
    }

    static func query(_ code: String, _ message: String, status: Int) -> Rejection {
        let body = QueryOutput.failure(
            code: code, message: message, status: status, fields: JSONObject(), namespace: QueryOutput.faultNamespace,
            requestID: "00000000-0000-0000-0000-000000000000")
        return Rejection(response: Response(status: status, contentType: "text/xml", body: body), logged: nil)
    }

    static func plain(_ error: String, _ message: String, status: Int) -> Rejection {
        let body = JSON.object(["error": .string(error), "message": .string(message)]).bytes(indented: true) + [0x0A]
        return Rejection(response: Response(status: status, contentType: "application/json", body: body), logged: nil)
    }

    static func noOperation(_ request: Request) -> Rejection {
        Rejection(
            response: Response(
                status: 404, contentType: "text/xml", body: Array("<UnknownOperationException/>\n".utf8)),
            logged:
                "\(request.method.prefix(20)) \(request.path.prefix(200)) is no operation of a service that is served")
    }
}
