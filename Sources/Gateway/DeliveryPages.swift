import HTTP
import JSON
import Kernel
import Model
import Wire

/// What became of messages, and the pages that services have beside their APIs.
extension Gateway {
    /// `/_windtunnel/deliveries?topic=…`, `/_windtunnel/deliveries/NUMBER`, `/_windtunnel/explain?messageId=…`.
    func deliveryPage(_ parts: [String], _ exchange: Exchange) -> Response? {
        let query = query(of: exchange)
        let answer: JSON?
        do {
            answer = try kernel.read(service: "windtunnel", caller: anyone, lane: exchange.lane.index) { context in
                switch (parts[1], parts.count) {
                case ("deliveries", 2): try DeliveryReport.list(query, in: context)
                case ("deliveries", 3): try Int64(parts[2]).flatMap { try DeliveryReport.story($0, in: context) }
                case ("explain", 2) where query["eventId"] != nil:
                    try query["eventId"].flatMap {
                        try DeliveryReport.explain(eventID: $0, rule: query["rule"], in: context)
                    }
                case ("explain", 2):
                    try query["messageId"].flatMap { try DeliveryReport.explain(messageID: $0, in: context) }
                default: nil
                }
            }
        } catch {
            log.error("the page \(parts.joined(separator: "/")) failed: \(error)")
            return Response(status: 500)
        }
        if let answer { return Self.told(answer, status: 200, to: exchange) }
        guard parts[1] == "explain" else { return nil }
        return .json(
            .object([
                "error": "NotFound",
                "message":
                    "Name a message that was published, /_windtunnel/explain?messageId=ID, an event, ?eventId=ID, or a rule of AWS Config, ?rule=NAME&resource=ID",
            ]), status: 404)
    }

    /// The lines of a story for who wants text, otherwise JSON.
    private static func told(_ answer: JSON, status: Int, to exchange: Exchange) -> Response {
        guard let lines = answer["story"]?.array, exchange.request.headers["accept"]?.contains("text/plain") == true
        else { return .json(answer, status: status) }
        let text = lines.compactMap(\.string).map { $0 + "\n" }.joined()
        return Response(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    /// Runs what is due and waits for what is on its way; `{"seconds": 10}` is how long at most.
    func settle(_ body: [UInt8], lane: Int, _ respond: @escaping @Sendable (Response) -> Void) {
        let seconds = (try? JSON(parsing: body))?["seconds"]?.int ?? 30
        kernel.settle(limitSeconds: min(max(seconds, 1), 300)) { isSettled in
            self.kernel.inspect { context in
                try DeliveryReport.open(in: context)
            } done: { open in
                respond(
                    .json(
                        .object([
                            "settled": .bool(isSettled), "now": .string(self.kernel.clock.now.iso8601()),
                            "left": (try? open.get()) ?? [:],
                        ])))
            }
        }
    }

    /// A service's own page; false where no service has it.
    func answerServicePage(
        _ path: String, _ exchange: Exchange, _ respond: @escaping @Sendable (Response) -> Void
    ) -> Bool {
        for service in kernel.services {
            for page in service.pages {
                guard let rest = page.rest(of: path, method: exchange.request.method) else { continue }
                let query = query(of: exchange)
                if let parameter = page.parameter, query[parameter] == nil { continue }
                let request = PageRequest(rest: rest, query: query, body: exchange.request.body)
                kernel.perform(page, of: service, request, caller: caller(of: exchange), lane: exchange.lane.index) {
                    respond(self.response($0, page, service, to: exchange))
                }
                return true
            }
        }
        return false
    }

    private func response(
        _ result: Result<PageAnswer, any Error>, _ page: Page, _ service: Service, to exchange: Exchange
    ) -> Response {
        let wantsJSON = exchange.request.headers["accept"]?.contains("json") == true
        let requestID = kernel.random.uuid()
        // As if the operation had been called.
        let call = page.operation.map {
            Call(
                service: service, operation: $0, surface: .query(wantsJSON ? .document : .xml), credential: nil,
                account: nil, region: nil, body: .form([]))
        }
        switch result {
        case .success(.json(let json, let status)): return Self.told(json, status: status, to: exchange)
        case .success(.text(let text, let type)):
            return Response(status: 200, contentType: type, body: Array(text.utf8))
        case .success(.nothing): return Response(status: 204)
        case .success(.output(let output)):
            return call.map { $0.surface.success(output, $0, requestID) } ?? .json(output)
        case .failure(let error as AWSError):
            if let call { return call.surface.failure(error, call, requestID) }
            return .json(
                .object(["error": .string(error.code), "message": .string(error.message ?? "")]),
                status: error.status ?? service.model.api.error(error.code)?.status ?? 400)
        case .failure(let error):
            log.error("a page of \(service.model.name) failed: \(error)")
            return Response(status: 500)
        }
    }

    /// The page that answers a call instead of the service, where a client was given its address as the endpoint.
    func page(of call: Call, at path: String) throws(AWSError) -> Page? {
        guard path.hasPrefix("/_") else { return nil }
        let page = call.service.pages.first { $0.operation != nil && $0.rest(of: path, method: "GET") != nil }
        guard let page, let operation = page.operation else { return nil }
        guard call.operation == operation else {
            throw AWSError("InvalidRequest", "This endpoint only accepts \(operation) calls")
        }
        return page
    }

    func show(
        _ page: Page, _ call: Call, _ input: JSON, _ caller: Caller, lane: Int,
        done: @escaping @Sendable (Result<JSON, any Error>) -> Void
    ) {
        var query: [String: String] = [:]
        for member in input.object ?? JSONObject() { query[member.name] = member.value.string }
        kernel.perform(
            page, of: call.service, PageRequest(rest: "", query: query, body: []), caller: caller, lane: lane
        ) {
            done($0.map { if case .output(let output) = $0 { output } else { [:] } })
        }
    }

    func query(of exchange: Exchange) -> [String: String] {
        var query: [String: String] = [:]
        for field in exchange.request.query.flatMap({ Form.parse($0) }) ?? [] { query[field.name] = field.value }
        return query
    }

    /// Whose state a page shows: said in headers, or in the query as LocalStack's clients do.
    private func caller(of exchange: Exchange) -> Caller {
        let (headers, query) = (exchange.request.headers, query(of: exchange))
        let account = [headers["x-account"], query["accountId"]].compactMap { $0 }.first(where: AccountID.isValid)
        let region = headers["x-region"] ?? query["region"] ?? "us-east-1"
        return Caller(
            region: region, principal: .root(of: account ?? "000000000000", region: region),
            requestID: kernel.random.uuid(), endpoint: "http://\(headers["host"] ?? "127.0.0.1")")
    }

    var anyone: Caller {
        Caller(region: "us-east-1", principal: .root(of: "000000000000", region: "us-east-1"), requestID: "")
    }
}
