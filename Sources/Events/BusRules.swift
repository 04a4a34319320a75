import EventPattern
import JSON
import Kernel
import Model

/// The rules of a bus as events meet them: compiled, with their targets; kept from event to event until one changes.
struct BusRules: Sendable {
    struct Entry: Sendable {
        let rule: StoredRule
        let targets: [StoredTarget]
        /// Nil for a rule that has a schedule only: no event matches it.
        let pattern: Pattern?
    }

    let entries: [Entry]

    static func key(_ bus: ARN) -> String { "events rules \(bus)" }

    static func of(_ bus: ARN, in context: WriteContext) throws -> BusRules {
        try context.cached(key(bus)) { try BusRules(bus, in: context) } ?? BusRules(bus, in: context)
    }

    private init(_ bus: ARN, in context: WriteContext) throws {
        entries = try StoredRule.list(of: bus, in: context).filter(\.isEnabled).map { rule in
            Entry(
                rule: rule, targets: try StoredTarget.list(of: rule, in: context),
                // It was checked when it was put.
                pattern: rule.pattern.flatMap { try? Pattern($0, dialect: .eventBridge) })
        }
    }

    func matching(_ event: JSON) -> [Entry] { entries.filter { $0.pattern?.matches(event) == true } }
}
