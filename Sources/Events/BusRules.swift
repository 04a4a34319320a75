import EventPattern
import JSON
import Kernel
import Model

/// The rules of a bus as events meet them: compiled, with their targets; kept from event to event until one changes.
struct BusRules: Sendable {
    struct Entry: Sendable {
        let rule: StoredRule
        let targets: [StoredTarget]
    }

    /// The enabled ones, by name.
    let entries: [Entry]
    /// Whether one of them is about calls.
    let asksForCalls: Bool
    /// Which of them match an event, by their places; one that has a schedule only is not among them.
    private var patterns = PatternSet<Int>()

    static func key(_ bus: ARN) -> String { "events rules \(bus)" }

    static func of(_ bus: ARN, in context: WriteContext) throws -> BusRules {
        try context.cached(key(bus)) { try BusRules(bus, in: context) } ?? BusRules(bus, in: context)
    }

    private init(_ bus: ARN, in context: WriteContext) throws {
        entries = try StoredRule.list(of: bus, in: context).filter(\.isEnabled).map {
            Entry(rule: $0, targets: try StoredTarget.list(of: $0, in: context))
        }
        asksForCalls = entries.contains { Self.asksForCalls($0.rule) }
        for (place, entry) in entries.enumerated() {
            // It was checked when it was put.
            guard let pattern = entry.rule.pattern.flatMap({ try? Pattern($0, dialect: .eventBridge) }) else {
                continue
            }
            patterns.add(pattern, id: place)
        }
    }

    /// In the order of their names.
    func matching(_ event: JSON) -> [Entry] {
        guard !patterns.isEmpty else { return [] }
        let found = patterns.matches(event.bytes()).sorted().map { entries[$0] }
        return event["detail-type"] == .string(Event.callType) ? found.filter { Self.asksForCalls($0.rule) } : found
    }

    /// EventBridge tells of calls where a trail of CloudTrail is there. Every account here has one, but only for the rules
    /// that ask for this `detail-type`: others would get each call of a script without having asked for it.
    static func asksForCalls(_ rule: StoredRule) -> Bool {
        guard let wanted = rule.pattern.flatMap({ try? JSON(parsing: $0) })?["detail-type"],
            let pattern = try? Pattern(JSON.object(["detail-type": wanted]).description, dialect: .eventBridge)
        else { return false }
        return pattern.matches(["detail-type": .string(Event.callType)])
    }
}
