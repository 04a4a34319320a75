import EventPattern
import JSON
import Kernel
import Model
import Synchronization

/// The rules of a bus as events meet them: compiled, with their targets. They are kept from event to event; of a rule that
/// changes only itself is read anew.
final class BusRules: Sendable {
    struct Entry: Sendable {
        let rule: StoredRule
        let targets: [StoredTarget]
        /// Whether it is about calls.
        let asksForCalls: Bool
    }

    private struct State: ~Copyable {
        /// The enabled ones, by name.
        var entries: [String: Entry] = [:]
        var countOfThoseThatAskForCalls = 0
        /// Which of them match an event; one that has a schedule only is not among them.
        var patterns = PatternSet<String>()
        /// Those whose rows are not, or may not stay, what was read.
        var stale: Set<String> = []

        /// As its rows are now.
        mutating func put(_ rule: StoredRule, _ targets: [StoredTarget]) {
            let known = entries[rule.name]
            if let known, rule.isEnabled, known.rule.pattern == rule.pattern {
                entries[rule.name] = Entry(rule: rule, targets: targets, asksForCalls: known.asksForCalls)
                return
            }
            remove(rule.name)
            guard rule.isEnabled else { return }
            let entry = Entry(rule: rule, targets: targets, asksForCalls: asksForCalls(rule))
            entries[rule.name] = entry
            if entry.asksForCalls { countOfThoseThatAskForCalls += 1 }
            // It was checked when it was put.
            if let pattern = rule.pattern.flatMap({ try? Pattern($0, dialect: .eventBridge) }) {
                patterns.add(pattern, id: rule.name)
            }
        }

        mutating func remove(_ name: String) {
            guard let known = entries.removeValue(forKey: name) else { return }
            if known.asksForCalls { countOfThoseThatAskForCalls -= 1 }
            patterns.remove(name)
        }
    }

    private let bus: ARN
    private let state = Mutex(State())

    private static func key(_ bus: ARN) -> String { "events rules \(bus)" }
    private static func key(_ name: String, _ bus: ARN) -> String { "events rule \(name) \(bus)" }

    static func of(_ bus: ARN, in context: WriteContext) throws -> BusRules {
        let rules = try kept(bus, in: context)
        try rules.refresh(in: context)
        return rules
    }

    private static func kept(_ bus: ARN, in context: WriteContext) throws -> BusRules {
        let read = { try BusRules(bus, in: context) }
        return try context.cached(key(bus), read: read) ?? read()
    }

    /// Called by whoever is about to change the row of a rule or of one of its targets.
    static func willChange(_ name: String, on bus: ARN, in context: WriteContext) throws {
        let rules = try kept(bus, in: context)
        rules.state.withLock { _ = $0.stale.insert(name) }
        context.markChanged(key(bus))
        context.markChanged(key(name, bus))
    }

    private init(_ bus: ARN, in context: ReadContext) throws {
        self.bus = bus
        for rule in try StoredRule.list(of: bus, in: context) {
            let targets = try StoredTarget.list(of: rule, in: context)
            state.withLock { $0.put(rule, targets) }
        }
    }

    private func refresh(in context: WriteContext) throws {
        for name in state.withLock({ $0.stale }) {
            let rule = try StoredRule.find(name, on: bus, in: context)
            let targets = try rule.map { try StoredTarget.list(of: $0, in: context) } ?? []
            // What this transaction has changed may yet be undone.
            let mayBeUndone = context.hasChanged(Self.key(name, bus))
            state.withLock {
                if let rule { $0.put(rule, targets) } else { $0.remove(name) }
                if !mayBeUndone { $0.stale.remove(name) }
            }
        }
    }

    // MARK: For events

    /// Whether one of them is about calls.
    var asksForCalls: Bool { state.withLock { $0.countOfThoseThatAskForCalls > 0 } }

    /// An enabled rule.
    subscript(name: String) -> Entry? { state.withLock { $0.entries[name] } }

    /// In the order of their names.
    func matching(_ event: JSON) -> [Entry] {
        let isCall = event["detail-type"] == .string(Event.callType)
        return state.withLock { state in
            guard !state.patterns.isEmpty else { return [] }
            let found = state.patterns.matches(event.bytes()).sorted().compactMap { state.entries[$0] }
            return isCall ? found.filter(\.asksForCalls) : found
        }
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
