import Kernel

/// The rules of an account in a Region that can be started; kept from one transaction to the next, since every configuration
/// item asks for them.
final class ActiveRules: Sendable {
    /// A rule that changes start.
    struct Entry: Sendable {
        let rule: ActiveRule
        /// Rules with the same number say the same of every resource: packs often bring the rules that others have brought.
        let number: Int
    }

    /// By name.
    let all: [ActiveRule]
    private let byType: [String: [Entry]]
    private let aboutAnyType: [Entry]

    private init(_ rules: [ActiveRule]) {
        all = rules
        let entries = rules.filter(\.isTriggeredByChanges).map { rule in
            Entry(rule: rule, number: rules.firstIndex { $0 === rule || $0.judgesLike(rule) } ?? 0)
        }
        let types = Set(entries.flatMap { $0.rule.scope.types ?? [] })
        byType = Dictionary(
            uniqueKeysWithValues: types.map { type in
                (type, entries.filter { $0.rule.scope.types?.contains(type) ?? true })
            })
        aboutAnyType = entries.filter { $0.rule.scope.types == nil }
    }

    /// Those that may be about resources of a type, by name.
    func triggered(by type: String) -> [Entry] { byType[type] ?? aboutAnyType }

    static func own(in context: WriteContext) throws -> ActiveRules {
        let read = {
            ActiveRules(try StoredRule.list(in: context).filter { $0.state != .deleting }.map(ActiveRule.init))
        }
        return try context.cached(cacheKey(context), read: read) ?? read()
    }

    /// To be called by whoever changes a rule.
    static func forget(in context: WriteContext) { context.forget(cacheKey(context)) }

    private static func cacheKey(_ context: ReadContext) -> String {
        "config rules \(context.account) \(context.region)"
    }
}
