import HTTP
import JSON
import Kernel
import Model
import Wire

/// The server's own pages: what it is, what it serves, how it does, and its controls.
extension Gateway {
    func answerPage(_ path: String, _ exchange: Exchange, _ extra: [(String, String)]) {
        let parts = path.split(separator: "/").map(String.init)
        let isPost = exchange.request.method == "POST"
        let respond: @Sendable (Response) -> Void = { response in
            var response = response
            for (name, value) in extra { response.headers.add(name, value) }
            exchange.respond(response)
        }
        if answerServicePage(path, exchange, respond) { return }
        switch (parts.first, parts.count) {
        case (nil, _) where exchange.request.headers["accept"]?.contains("text/html") == true:
            respond(Response(status: 200, contentType: "text/html; charset=utf-8", body: Array(html.utf8)))
        case (nil, _): respond(.json(overview))
        case ("_windtunnel", 2):
            switch parts[1] {
            case "health": respond(.json(health))
            case "clock" where isPost: moveClock(exchange.request.body, respond)
            case "clock": respond(.json(clock))
            case "journal": respond(journal(exchange))
            case "settle" where isPost: settle(exchange.request.body, lane: exchange.lane.index, respond)
            default: respond(deliveryPage(parts, exchange) ?? .notFound(path))
            }
        case ("_windtunnel", 3) where isPost && parts[1...] == ["guard", "evaluate"]:
            let (body, now, lane) = (exchange.request.body, kernel.clock.now, exchange.lane)
            GuardPage.queue.async {
                let response = GuardPage.answer(body, now: now.milliseconds / 1000)
                lane.run { respond(response) }
            }
        case ("_windtunnel", 3): respond(deliveryPage(parts, exchange) ?? .notFound(path))
        case ("_localstack", 2) where parts[1] == "health": respond(.json(localstackHealth))
        case (let name?, 1...2):
            guard let service = kernel.services.first(where: { $0.model.name == name }), !isPost else {
                return respond(.notFound(path))
            }
            if parts.count == 1 { return respond(.json(ServicePage.json(service))) }
            respond(ServicePage.json(service, operation: parts[1]).map { Response.json($0) } ?? .notFound(path))
        default: respond(.notFound(path))
        }
    }

    private var overview: JSON {
        .object([
            "name": "Windtunnel", "version": .string(version),
            "services": .object(
                JSONObject(
                    kernel.services.map { service in
                        (
                            service.model.name,
                            .object([
                                "title": .string(service.model.title), "operations": .string("/\(service.model.name)"),
                            ])
                        )
                    })),
            "health": "/_windtunnel/health", "clock": "/_windtunnel/clock", "journal": "/_windtunnel/journal",
            "deliveries": "/_windtunnel/deliveries", "explain": "/_windtunnel/explain?messageId=ID",
        ])
    }

    private var html: String {
        let rows = kernel.services.map { "<li><a href=\"/\($0.model.name)\">\($0.model.title)</a></li>" }
        return """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Windtunnel</title>
            <h1>Windtunnel \(version)</h1><p>A local AWS control plane. Served here:</p><ul>\(rows.joined())</ul>
            <p><a href="/_windtunnel/health">health</a> · <a href="/_windtunnel/journal">journal</a></p></html>

            """
    }

    private var health: JSON {
        .object([
            "status": "ok", "version": .string(version), "state": kernel.isTemporary ? "temporary" : "kept",
            "now": .string(kernel.clock.now.iso8601()),
            "services": .array(kernel.services.map { .string($0.model.name) }),
            "notServed": .array(
                kernel.calls.notServed.sorted {
                    ($0.key.service, $0.key.operation) < ($1.key.service, $1.key.operation)
                }.map {
                    .object([
                        "service": .string($0.key.service), "operation": .string($0.key.operation),
                        "count": .number($0.value),
                    ])
                }),
        ])
    }

    /// In the shape that scripts written for LocalStack wait for.
    private var localstackHealth: JSON {
        .object([
            "services": .object(JSONObject(kernel.services.map { ($0.model.name, "running") })), "edition": "community",
            "version": .string(version),
        ])
    }

    // MARK: Controls

    private var clock: JSON {
        .object(["now": .string(kernel.clock.now.iso8601()), "mode": .string(kernel.clock.mode.rawValue)])
    }

    private func moveClock(_ body: [UInt8], _ respond: @escaping @Sendable (Response) -> Void) {
        guard let command = ClockRequest.command(body) else {
            return respond(
                Rejection.plain(
                    "InvalidClock",
                    "Say one of {\"advance\":\"1h\"}, {\"set\":\"2030-01-01T00:00:00Z\"}, {\"freeze\":true}, {\"factor\":60}, "
                        + "{\"resume\":true}.", status: 400
                ).response)
        }
        kernel.move(command) { respond(.json(self.clock)) }
    }

    /// `?after=SEQUENCE&limit=N&kind=event`, oldest first.
    private func journal(_ exchange: Exchange) -> Response {
        let wanted = query(of: exchange)
        let after = wanted["after"].flatMap { Int64($0) } ?? 0
        let limit = min(max(wanted["limit"].flatMap { Int($0) } ?? 100, 1), 1000)
        guard
            let entries = try? kernel.read(
                service: "journal", caller: anyone, lane: exchange.lane.index,
                { try Journal.entries(after: after, kind: wanted["kind"], limit: limit, in: $0.database) })
        else { return Response(status: 500) }
        return .json(
            .object([
                "entries": .array(entries.map(\.json)), "next": .number(entries.last?.sequence ?? after),
            ]))
    }
}

extension Response {
    static func json(_ json: JSON, status: Int = 200) -> Response {
        Response(status: status, contentType: "application/json", body: json.bytes(indented: true) + [0x0A])
    }

    static func notFound(_ path: String) -> Response {
        json(
            .object([
                "error": "NotFound", "message": .string("There is nothing at \(path)."),
                "hint": "GET / lists what there is.",
            ]), status: 404)
    }
}
