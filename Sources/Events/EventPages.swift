import EventPattern
import JSON
import Kernel
import Model

/// Events for people.
enum EventPages {
    private static let countDefault = 100
    private static let countLimit = 1000

    /// `/_windtunnel/events?bus=&source=&since=&limit=`, newest first.
    @Sendable static func list(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        let bus = request.query["bus"].map { StoredBus.arn($0, in: context).description }
        let since = request.query["since"].flatMap { Timestamp(iso8601: $0) }
        let limit = min(max(request.query["limit"].flatMap { Int($0) } ?? countDefault, 1), countLimit)
        let source = request.query["source"]
        let entries = try Journal.events(
            holding: source.map { JSON.string($0).description }, on: bus, since: since, limit: countLimit, in: context
        ).filter { source == nil || $0.detail["source"]?.string == source }
        let events = try entries.prefix(limit).map { entry -> JSON in
            let id = entry.detail["id"]?.string ?? ""
            let deliveries = try DeliveryReport.deliveries(of: id, in: context).filter { $0.origin == entry.subject }
            var rules: [String] = []
            for delivery in deliveries {
                let rule = delivery.detail["rule"]?.string ?? ""
                if !rules.contains(rule) { rules.append(rule) }
            }
            return .object([
                "bus": .string(entry.subject), "journal": .number(entry.sequence),
                "cause": entry.cause.map(JSON.number) ?? .null, "rules": .array(rules.map(JSON.string)),
                "event": entry.detail,
            ])
        }
        return .json(.object(["events": .array(Array(events))]))
    }

    /// `{"pattern": …, "event": …}`: whether the one matches the other, and which clause does not.
    @Sendable static func match(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        guard let body = try? JSON(parsing: request.body), let given = body["pattern"], let event = body["event"] else {
            return .json(
                .object([
                    "error": "InvalidRequest",
                    "message": "Send {\"pattern\": {…}, \"event\": {…}}, each JSON or its text.",
                ]), status: 400)
        }
        let pattern: Pattern
        do {
            pattern = try Pattern(given.string ?? given.description, dialect: .eventBridge)
        } catch {
            return .json(
                .object([
                    "error": "InvalidEventPatternException", "message": .string(error.message),
                    "line": error.location.map { .number($0.line) } ?? .null,
                    "column": error.location.map { .number($0.column) } ?? .null,
                ]), status: 400)
        }
        let explanation = pattern.explain(event.string.flatMap { try? JSON(parsing: $0) } ?? event)
        return .json(
            .object([
                "matches": .bool(explanation.matches), "text": .string(explanation.text),
                "failures": .array(explanation.failures.map(\.json)),
                "clauses": explanation.verdict?.json ?? .null,
            ]))
    }
}
