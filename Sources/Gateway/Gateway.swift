import HTTP
import JSON
import Kernel
import Logging
import Model
import Wire

/// Takes every HTTP request to what answers it: an AWS operation, the plain JSON surface, or the server's own pages.
public final class Gateway: RequestHandler {
    let kernel: Kernel
    let version: String
    let log: Logger
    private let router: Router
    private let crossSite: CrossSitePolicy

    /// - Parameter allowedOrigins: web origins whose pages may call the server.
    public init(kernel: Kernel, version: String, allowedOrigins: [String] = [], log: Logger) {
        self.kernel = kernel
        self.version = version
        self.log = log
        router = Router(services: kernel.services)
        crossSite = CrossSitePolicy(allowedOrigins: allowedOrigins)
    }

    public func handle(_ exchange: Exchange) {
        let request = exchange.request
        switch crossSite.verdict(on: request) {
        case .refused(let response), .preflight(let response): return exchange.respond(response)
        case .allowed(let headers):
            switch router.route(request) {
            case .aws(let call): perform(call, exchange, headers)
            case .page(let path): answerPage(path, exchange, headers)
            case .rejected(let rejection): exchange.respond(reject(rejection, headers))
            }
        }
    }

    // MARK: Calls

    private func perform(_ call: Call, _ exchange: Exchange, _ extra: [(String, String)]) {
        let requestID = kernel.random.uuid()
        let lane = exchange.lane.index
        let finish: @Sendable (Result<JSON, any Error>) -> Void = { result in
            // The writer has others to serve: the answer is put together on the lane.
            exchange.lane.run { exchange.respond(self.response(to: call, result, requestID, extra, lane: lane)) }
        }
        do {
            if let refusal = call.refusal { throw refusal }
            guard let facts = call.service.model.api.operations[call.operation] else { throw AWSError.unknownOperation }
            guard let operation = call.service.operation(named: call.operation) else {
                kernel.calls.record(notServed: call.operation, service: call.service.model.name)
                log.warning("\(call.service.model.name) \(call.operation) is not served")
                throw AWSError.unknownOperation
            }
            let input = try call.input(facts.input)
            if let shape = facts.input { try call.service.check(input, shape) }
            let page = try page(of: call, at: exchange.request.path)
            let endpoint = "http://\(exchange.request.headers["host"] ?? "127.0.0.1")"
            let caller = try caller(
                of: call, endpoint: endpoint, trace: exchange.request.headers["x-amzn-trace-id"], requestID: requestID,
                lane: lane)
            if let page {
                return show(page, call, input, caller, lane: lane) { finish($0) }
            }
            kernel.perform(
                operation, of: call.service, input: input, caller: caller, lane: lane,
                onHangUp: { exchange.onClose($0) }, completion: finish)
        } catch {
            finish(.failure(error))
        }
    }

    /// Account, Region and identity, from the credential and, for people with curl, from headers.
    private func caller(of call: Call, endpoint: String, trace: String?, requestID: String, lane: Int) throws -> Caller
    {
        let region = call.region ?? "us-east-1"
        if let keyID = call.credential?.accessKeyID, keyID.hasPrefix("ASIA") {
            let anyone = Caller(
                region: region, principal: .root(of: "000000000000", region: region), requestID: requestID)
            let (session, now) = try kernel.read(service: "sts", caller: anyone, lane: lane) { context in
                (try Session.find(keyID, in: context), context.now)
            }
            if let session {
                guard session.expires > now else { throw AWSError.expiredToken }
                return Caller(
                    region: region, principal: session.principal, requestID: requestID, endpoint: endpoint,
                    traceHeader: trace)
            }
        }
        return Caller(
            region: region, principal: .root(of: call.account ?? "000000000000", region: region), requestID: requestID,
            endpoint: endpoint, isAnonymous: call.isAnonymous, traceHeader: trace)
    }

    private func response(
        to call: Call, _ result: Result<JSON, any Error>, _ requestID: String, _ extra: [(String, String)], lane: Int
    ) -> Response {
        var response: Response
        switch result {
        case .success(let output):
            kernel.calls.record(service: call.service.model.name, operation: call.operation, error: nil, lane: lane)
            response = call.surface.success(output, call, requestID)
        case .failure(let error):
            let error = awsError(error, call)
            // What the service does not have is no call of it; it is counted by name where it is refused.
            if error.code != AWSError.unknownOperation.code {
                kernel.calls.record(
                    service: call.service.model.name, operation: call.operation, error: error.code, lane: lane)
            }
            log.debug(
                "\(call.service.model.name) \(call.operation): \(error.code)", metadata: ["request": "\(requestID)"])
            response = call.surface.failure(error, call, requestID)
        }
        for (name, value) in extra { response.headers.add(name, value) }
        return response
    }

    /// What is no AWS error is a fault of the server's, and is logged as one.
    private func awsError(_ error: any Error, _ call: Call) -> AWSError {
        if let error = error as? AWSError { return error }
        log.error("\(call.service.model.name) \(call.operation) failed: \(error)")
        return AWSError(
            "InternalFailure", "The request processing has failed because of an unknown error.", status: 500)
    }

    private func reject(_ rejection: Rejection, _ extra: [(String, String)]) -> Response {
        if let name = rejection.logged { log.warning("\(name)") }
        var response = rejection.response
        for (name, value) in extra { response.headers.add(name, value) }
        return response
    }
}

extension AWSError {
    static let unknownOperation = AWSError("UnknownOperationException")
    static let expiredToken = AWSError(
        "ExpiredTokenException", "The security token included in the request is expired")
}
