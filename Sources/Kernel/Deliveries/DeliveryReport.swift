import JSON
import Model
import SQLite

/// Deliveries for people: what became of a message, and why.
public enum DeliveryReport {
    private static let listLimit = 1000

    /// The latest deliveries of a topic, to a queue, in a state, or all, newest first.
    public static func list(_ query: [String: String], in context: ReadContext) throws -> JSON {
        var conditions: [String] = []
        var values: [any Bindable] = []
        func add(_ condition: String, _ value: (any Bindable)?) {
            guard let value else { return }
            conditions.append(condition)
            values.append(value)
        }
        add("origin = ?", query["topic"])
        // A queue is asked for by its ARN, and is one as a dead-letter queue too.
        if let queue = query["queue"] {
            conditions.append("(destination = ? OR dead_letter_queue = ?)")
            values += [queue, queue]
        }
        add("state = ?", query["state"])
        add("source = ?", query["subscription"])
        add("number < ?", query["before"].flatMap { Int64($0) })
        let limit = min(max(query["limit"].flatMap { Int($0) } ?? 100, 1), listLimit)
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        var deliveries: [JSON] = []
        try context.database.query(
            composed: """
                SELECT number, account, region, service, publication, origin, source, destination, detail, policy,
                    dead_letter_queue, state, attempts, next, created, finished, cause, log, host
                FROM delivery \(filter) ORDER BY number DESC LIMIT ?
                """, values + [limit]
        ) { deliveries.append(try Delivery($0).json(in: context)) }
        return .object(["deliveries": .array(deliveries)])
    }

    /// One delivery's whole story; nil where there is none of this number.
    public static func story(_ number: Int64, in context: ReadContext) throws -> JSON? {
        guard let delivery = try Delivery.find(number, in: context.database) else { return nil }
        var json = try delivery.json(in: context).object ?? JSONObject()
        json["request"] = try delivery.request(in: context)
        json["story"] = .array(try delivery.story(in: context).map(JSON.string))
        return .object(json)
    }

    /// For everybody who might have got a message, whether it was sent to them, and if not, why.
    public static func explain(messageID: String, in context: ReadContext) throws -> JSON? {
        let found = try context.database.first(
            "SELECT number, origin, time, content FROM publication WHERE message_id = ? ORDER BY number DESC LIMIT 1",
            messageID
        ) {
            (
                number: $0.int64(0), origin: $0.text(1), time: Timestamp(milliseconds: $0.int64(2)),
                content: try JSON(parsing: $0.text(3))
            )
        }
        guard let found, let origin = ARN(found.origin),
            let owner = context.kernel.service(named: origin.service)?.deliveryOwner
        else { return nil }
        let sent = try deliveries(of: messageID, in: context)
        let verdicts = try owner.explain(origin, found.content, found.time, context).map { verdict in
            // A message that was taken from a queue again has several.
            let delivery = sent.last { $0.source == verdict.source }
            var json = JSONObject([
                ("subscription", .string(verdict.source)), ("endpoint", .string(verdict.endpoint)),
                ("got", .bool(delivery?.state == .delivered)),
            ])
            if let delivery {
                json["delivery"] = .number(delivery.number)
                json["state"] = .string(delivery.state.rawValue)
                // Why it failed at last, and what became of it then.
                let hasFailed = delivery.finished != nil && delivery.state != .delivered
                let lines = try delivery.story(in: context).suffix(hasFailed ? 2 : 1)
                json["text"] = .string(lines.joined(separator: " "))
            } else {
                json["text"] = .string(verdict.text)
                if !verdict.failures.isEmpty { json["failures"] = .array(verdict.failures) }
            }
            return JSON.object(json)
        }
        let verb = owner.beginning == nil ? "was published" : "came"
        let story =
            ["\(found.time.iso8601()) message \(messageID) \(verb) to \(found.origin)."]
            + verdicts.map {
                "\($0["subscription"]?.string ?? "") to \($0["endpoint"]?.string ?? ""): \($0["text"]?.string ?? "")"
            }
        return .object([
            "messageId": .string(messageID), "topic": .string(found.origin), "time": .string(found.time.iso8601()),
            "subscriptions": .array(verdicts), "story": .array(story.map(JSON.string)),
        ])
    }

    /// The deliveries of a message or an event, oldest first.
    public static func deliveries(of messageID: String, in context: ReadContext) throws -> [Delivery] {
        var numbers: [Int64] = []
        try context.database.query(
            """
            SELECT number FROM delivery WHERE publication IN (SELECT number FROM publication WHERE message_id = ?)
            ORDER BY number
            """, messageID
        ) { numbers.append($0.int64(0)) }
        return try numbers.compactMap { try Delivery.find($0, in: context.database) }
    }

    /// For an event: what each rule made of it.
    public static func explain(eventID: String, rule: String?, in context: ReadContext) throws -> JSON? {
        try context.kernel.eventRouter?.1.explain(eventID, rule, context)
    }

    /// How many deliveries have not ended, and when the next attempts are.
    public static func open(in context: ReadContext) throws -> JSON {
        var states: [(String, JSON)] = []
        try context.database.query(
            "SELECT state, count(*), min(next) FROM delivery WHERE finished IS NULL GROUP BY state ORDER BY state"
        ) { row in
            let next = row.optionalInt64(2).map { JSON.string(Timestamp(milliseconds: $0).iso8601()) }
            states.append((row.text(0), .object(["count": .number(row.int(1)), "next": next ?? .null])))
        }
        return .object(JSONObject(states))
    }
}

/// Whether somebody was to have a message.
public struct DeliveryVerdict: Sendable {
    /// The ARN of the subscription or rule.
    let source: String
    let endpoint: String
    let text: String
    let failures: [JSON]

    public init(source: String, endpoint: String, text: String, failures: [JSON]) {
        self.source = source
        self.endpoint = endpoint
        self.text = text
        self.failures = failures
    }
}

extension Delivery {
    public func json(in context: ReadContext) throws -> JSON {
        .object([
            "delivery": .number(number), "state": .string(state.rawValue),
            "messageId": .string(try messageID(in: context)), "topic": .string(origin), "subscription": .string(source),
            "destination": .string(shownDestination), "attempts": .number(attempts),
            "next": next.map { .string($0.iso8601()) } ?? .null,
            "deadLetterQueue": deadLetterQueue.map(JSON.string) ?? .null,
            "created": .string(created.iso8601()), "finished": finished.map { .string($0.iso8601()) } ?? .null,
            "cause": cause.map(JSON.number) ?? .null, "log": .array(log),
        ])
    }

    /// Without a password that a URL may hold.
    private var shownDestination: String {
        guard let host, destination.hasPrefix(host), let at = host.lastIndex(of: "@"),
            let scheme = host.firstRange(of: "://")
        else {
            return destination
        }
        return host[..<scheme.upperBound] + "****" + host[at...] + destination.dropFirst(host.count)
    }

    /// The request as it goes out now, without secrets, where its owner shows it.
    public func request(in context: ReadContext) throws -> JSON? {
        guard isOutgoing, let content = try context.publication(publication) else { return nil }
        return try context.kernel.service(named: service)?.deliveryOwner?.shownRequest(self, content, context)
    }

    private func messageID(in context: ReadContext) throws -> String {
        try context.database.first("SELECT message_id FROM publication WHERE number = ?", publication) { $0.text(0) }
            ?? ""
    }

    /// What happened, line by line.
    public func story(in context: ReadContext) throws -> [String] {
        let id = try messageID(in: context)
        let beginning = try Deliveries.owner(of: self, in: context).beginning
        var lines =
            (beginning?(self, id) ?? [
                "message \(id) was published to \(origin).", "It was to go to \(shownDestination) for \(source).",
            ]).map { "\(created.iso8601()) \($0)" }
        for entry in log {
            let request = entry["request"]?.string.map { ", \($0)" } ?? ""
            let attempt = "\(entry["time"]?.string ?? "") attempt \(entry["attempt"]?.int ?? 0)\(request)"
            let answer = entry["answer"]?.string.map { $0.isEmpty ? "" : ": \($0.prefix(100))" } ?? ""
            if entry["outcome"] == "delivered" {
                lines.append("\(attempt): delivered\(entry["status"]?.int.map { ", \($0)" } ?? "")\(answer)")
                continue
            }
            let message = entry["message"]?.string ?? ""
            lines.append("\(attempt): failed. \(message)\(answer)")
            guard let then = entry["then"]?.string else { continue }
            if state == .pending || entry != log.last {
                lines[lines.count - 1] += ". It is \(then)."
            } else {
                lines.append("\(finished?.iso8601() ?? "") It was \(then).")
            }
        }
        if log.isEmpty { lines.append(state == .inFlight ? "The request is on its way." : waiting) }
        return lines
    }

    private var waiting: String {
        next == nil ? "It waits until \(destination) can be called." : "It waits for its turn."
    }
}
