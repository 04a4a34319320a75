enum QueryResult: Sendable {
    /// Of a literal in the policy; lists are compared in another way when both sides are such.
    case literal(Located)
    case resolved(Located)
    case unresolved(Unresolved)

    var located: Located? {
        switch self {
        case .literal(let located), .resolved(let located): located
        case .unresolved: nil
        }
    }
}

/// A query that the document does not follow to its end.
struct Unresolved: Sendable {
    /// The last value that was there.
    let reached: Located
    let query: [QueryPart]
    /// The first part of the query that found nothing.
    let index: Int

    var remaining: String { query.text(from: index) }
}

/// Where the variables of a clause are looked up, and what its queries start from.
final class Scope {
    let root: Located
    let parent: Scope?
    /// Whether it only moves the start of queries: then variables, and the filters in its queries, are the parent's.
    let isView: Bool
    private let lets: [String: Operand]
    private var resolved: [String: [QueryResult]]
    private var resolving: Set<String> = []

    init(root: Located, lets: [String: Operand] = [:], parameters: [String: [QueryResult]] = [:], parent: Scope?) {
        self.root = root
        self.lets = lets
        self.parent = parent
        resolved = parameters
        isView = false
    }

    /// A view of one value.
    init(viewing root: Located, of parent: Scope) {
        self.root = root
        self.parent = parent
        lets = [:]
        resolved = [:]
        isView = true
    }

    /// Keys that a query captures are known everywhere from then on.
    func capture(_ key: Located, as name: String) {
        var scope = self
        while let parent = scope.parent { scope = parent }
        scope.resolved[name, default: []].append(.resolved(key))
    }

    func resolve(_ name: String, _ evaluator: Evaluator) throws(GuardError) -> [QueryResult] {
        var scope = self
        while true {
            if let results = try scope.own(name, evaluator) { return results }
            guard let parent = scope.parent else { throw evaluator.error("There is no variable \(name).") }
            scope = parent
        }
    }

    private func own(_ name: String, _ evaluator: Evaluator) throws(GuardError) -> [QueryResult]? {
        let operand = lets[name]
        if case .literal(let value) = operand { return [.literal(Located(value))] }
        if let results = resolved[name] { return results }
        guard let operand else { return nil }
        guard resolving.insert(name).inserted else {
            throw evaluator.error("The variable \(name) is defined by itself.")
        }
        defer { resolving.remove(name) }
        var results = try evaluator.results(of: operand, in: self)
        if case .query(let query) = operand, !query.matchesAll {
            results = results.filter { if case .resolved = $0 { true } else { false } }
        }
        resolved[name] = results
        return results
    }
}
