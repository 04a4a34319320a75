/// What the branches of `$or` come to when they are multiplied out.
enum Alternatives {
    /// A bound on what a hostile pattern can cost.
    private static let limit = 1000

    static func of(_ root: Pattern.Node, _ clauses: [Pattern.Clause]) throws(PatternError) -> [[Int]] {
        var alternatives: [[Int]] = [[]]
        try add(root, clauses, to: &alternatives)
        return alternatives.map { some in
            some.sorted { clauses[$0].name.utf8.lexicographicallyPrecedes(clauses[$1].name.utf8) }
        }
    }

    private static func add(_ node: Pattern.Node, _ clauses: [Pattern.Clause], to alternatives: inout [[Int]])
        throws(PatternError)
    {
        switch node {
        case .clause(let clause):
            // The last of several clauses about a field is the one that counts.
            for place in alternatives.indices {
                alternatives[place].removeAll { clauses[$0].path == clauses[clause].path }
                alternatives[place].append(clause)
            }
        case .all(let nodes): for node in nodes { try add(node, clauses, to: &alternatives) }
        case .any(let branches):
            guard alternatives.count * branches.count <= limit else {
                throw PatternError("Rule is too complex - try using fewer $or branches")
            }
            var all: [[Int]] = []
            for branch in branches {
                var some = alternatives
                try add(branch, clauses, to: &some)
                all += some
                guard all.count <= limit else {
                    throw PatternError("Rule is too complex - try using fewer $or branches")
                }
            }
            alternatives = all
        }
    }
}
