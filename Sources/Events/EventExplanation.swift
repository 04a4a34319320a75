import EventPattern
import JSON
import Kernel
import Model

/// Why a rule fired for an event or did not, as the rules were when the event came.
enum EventExplanation {
    static func explain(event id: String, rule name: String?, in context: ReadContext) throws -> JSON? {
        let entries = try Journal.events(holding: id, limit: 100, in: context).filter {
            $0.detail["id"]?.string == id
        }.reversed()
        guard !entries.isEmpty else { return nil }
        let deliveries = try DeliveryReport.deliveries(of: id, in: context)
        var buses: [JSON] = []
        var story: [String] = []
        for entry in entries {
            guard let bus = ARN(entry.subject) else { continue }
            let source = entry.detail["source"]?.string ?? ""
            let type = entry.detail["detail-type"]?.string ?? ""
            story.append("\(entry.time.iso8601()) event \(id), \"\(type)\" of \(source), was put on \(bus).")
            let all = try StoredRule.list(of: bus, asOf: entry.sequence, in: context)
            let rules = try all.filter { name == nil || $0.name == name }.map {
                try Verdict($0, on: entry.detail, deliveries, in: context)
            }
            if rules.isEmpty { story.append(try absence(of: name, on: bus, in: context)) }
            story += rules.flatMap(\.story)
            buses.append(
                .object([
                    "bus": .string(bus.description), "time": .string(entry.time.iso8601()),
                    "journal": .number(entry.sequence), "rules": .array(rules.map(\.json)),
                ]))
        }
        return .object([
            "eventId": .string(id), "event": entries.first?.detail ?? .null, "buses": .array(buses),
            "story": .array(story.map(JSON.string)),
        ])
    }

    /// Why there is no rule to explain.
    private static func absence(of name: String?, on bus: ARN, in context: ReadContext) throws -> String {
        guard let name else { return "The bus had no rules then." }
        for other in try StoredBus.list(account: bus.account, region: bus.region, in: context) where other.arn != bus {
            guard try StoredRule.find(name, on: other.arn, in: context) == nil else {
                return "Rule \(name) is on another bus: \(other.arn)."
            }
        }
        return "The bus had no rule \(name) then."
    }

    /// The rule of which the fewest clauses fail.
    static func nearMiss(_ entry: Journal.Entry, in context: ReadContext) throws -> (rule: String, text: String)? {
        guard let bus = ARN(entry.subject) else { return nil }
        // Whether an archive kept the event is not what its sender asks.
        let rules = try StoredRule.list(of: bus, asOf: entry.sequence, in: context).filter {
            ArchiveRule.archive(of: $0) == nil
        }
        let verdicts = try rules.map { try Verdict($0, on: entry.detail, [], in: context) }
        guard !verdicts.contains(where: { $0.outcome == "matched" }) else { return nil }
        let misses = verdicts.filter { $0.outcome == "notMatched" && !$0.failures.isEmpty }
        return misses.min { $0.failingClauses < $1.failingClauses }.map { ($0.rule.name, $0.text) }
    }

    /// For `explain?messageId=` with an event's id.
    @Sendable static func verdicts(_ bus: ARN, _ content: JSON, _ time: Timestamp, _ context: ReadContext) throws
        -> [DeliveryVerdict]
    {
        let event = RoutedEvent(content: content)
        let entry = try Journal.events(holding: event.id, on: bus.description, limit: 1, in: context).first
        return try StoredRule.list(of: bus, asOf: entry?.sequence ?? .max, in: context).map { rule in
            let verdict = try Verdict(rule, on: event.envelope, [], in: context)
            return DeliveryVerdict(
                source: rule.arn.description, endpoint: "", text: verdict.text, failures: verdict.failures)
        }
    }

    /// What one rule made of the event.
    private struct Verdict {
        let rule: StoredRule
        let outcome: String
        let text: String
        let failures: [JSON]
        let targets: [(json: JSON, story: [String])]
        private(set) var failingClauses = 0

        init(_ rule: StoredRule, on event: JSON, _ deliveries: [Delivery], in context: ReadContext) throws {
            self.rule = rule
            let own = deliveries.filter { $0.source == rule.arn.description }
            targets = try own.map { try Self.target($0, in: context) }
            guard rule.isEnabled else {
                (outcome, text, failures) = ("disabled", "The rule was disabled.", [])
                return
            }
            if event["detail-type"] == "Scheduled Event", event["resources"]?.array == [.string(rule.arn.description)] {
                (outcome, text, failures) = ("matched", "The event is the rule's own, made by its schedule.", [])
                return
            }
            if let name = event["replay-name"]?.string,
                let replay = try StoredReplay.find(
                    name, account: rule.bus.account, region: rule.bus.region, in: context),
                replay.bus == rule.bus, !replay.goes(to: rule)
            {
                (outcome, text, failures) = ("notMatched", "The replay \(name) goes to other rules only.", [])
                return
            }
            guard let pattern = rule.pattern.flatMap({ try? Pattern($0, dialect: .eventBridge) }) else {
                (outcome, text, failures) = ("scheduleOnly", "The rule has a schedule only; no event matches it.", [])
                return
            }
            if event["detail-type"] == .string(Event.callType), !BusRules.asksForCalls(rule) {
                outcome = "notMatched"
                text = "An event that tells of a call goes only to rules that ask for its detail-type."
                failures = []
                return
            }
            let explanation = pattern.explain(event)
            outcome = explanation.matches ? "matched" : "notMatched"
            text = explanation.text
            failures = explanation.failures.map(\.json)
            failingClauses = explanation.verdict?.failingClauses ?? 0
        }

        /// A target with what was sent to it and what became of that.
        private static func target(_ delivery: Delivery, in context: ReadContext) throws -> (JSON, [String]) {
            var json = try delivery.json(in: context).object ?? JSONObject()
            json["target"] = delivery.detail["target"]?["Id"] ?? .null
            if let content = try context.publication(delivery.publication) {
                do {
                    json["input"] = .string(try TargetDelivery.shownInput(delivery, content, context))
                } catch let failure as DeliveryFailure {
                    json["input"] = .string(failure.attempted ?? "")
                }
            }
            json["request"] = try delivery.request(in: context)
            return (.object(json), try Array(delivery.story(in: context).dropFirst(2)))
        }

        var json: JSON {
            .object([
                "rule": .string(rule.name), "outcome": .string(outcome), "text": .string(text),
                "failures": .array(failures), "targets": .array(targets.map(\.json)),
            ])
        }

        var story: [String] {
            guard outcome == "matched" else { return ["Rule \(rule.name) did not fire. \(text)"] }
            let archive = ArchiveRule.archive(of: rule)
            let none =
                targets.isEmpty ? [archive.map { "  The archive \($0) kept it." } ?? "  It had no target then."] : []
            return ["Rule \(rule.name) matched."] + none
                + targets.flatMap { target in
                    let id = target.json["target"]?.string ?? ""
                    let input = target.json["input"]?.string ?? ""
                    return ["  Target \(id), \(target.json["destination"]?.string ?? ""), got: \(input.prefix(200))"]
                        + target.story.map { "    \($0)" }
                }
        }
    }
}

extension Explanation.Verdict {
    /// How many clauses would have to be otherwise; of branches, those of the nearest one.
    fileprivate var failingClauses: Int {
        switch self {
        case .clause(let holds, _): holds ? 0 : 1
        // Clauses that hold each for itself but not together count as one.
        case .all(let holds, let parts): holds ? 0 : max(1, parts.reduce(0) { $0 + $1.failingClauses })
        case .any(let holds, let parts): holds ? 0 : parts.map(\.failingClauses).min() ?? 1
        }
    }
}
