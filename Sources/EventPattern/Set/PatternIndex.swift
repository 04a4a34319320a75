/// All patterns of a set, compiled into one: names, values and rules hang together by numbers.
struct PatternIndex: Sendable {
    /// One way in which a rule can match.
    struct Alternative: Sendable {
        let rule: Int32
        /// In the order of their names.
        let clauses: [Int32]
        let presences: [Int32]
    }

    private(set) var clauses = ClauseIndex()
    private(set) var tree = RuleTree()
    private(set) var alternatives = Pool<Alternative>()
    private(set) var ruleCapacity = 0

    /// The numbers of the alternatives, which `remove` needs.
    mutating func add(_ pattern: Pattern, rule: Int32) -> [Int32] {
        ruleCapacity = max(ruleCapacity, Int(rule) + 1)
        return pattern.alternatives.map { alternative in
            let numbers = alternative.map { clauses.add(pattern.clauses[$0]) }
            let steps = Steps(numbers, clauses)
            let presences = steps.needsPresence.map { clauses.addPresence(of: $0) }
            let number = alternatives.add(Alternative(rule: rule, clauses: numbers, presences: presences))
            tree.add(number, found: steps.found + presences, asked: steps.asked)
            return number
        }
    }

    mutating func remove(_ pattern: Pattern, _ numbers: [Int32]) {
        for (number, alternative) in zip(numbers, pattern.alternatives) {
            let record = alternatives[number]
            let steps = Steps(record.clauses, clauses)
            tree.remove(number, found: steps.found + record.presences, asked: steps.asked)
            for presence in record.presences { clauses.removePresence(presence) }
            for clause in alternative { clauses.remove(pattern.clauses[clause]) }
            alternatives.remove(number)
        }
    }

    /// The way of an alternative through the tree: what is found first, then that the fields of the others are there, and
    /// only then the clauses that must be asked.
    private struct Steps {
        var found: [Int32] = []
        var needsPresence: [Int32] = []
        var asked: [Int32] = []

        init(_ numbers: [Int32], _ clauses: ClauseIndex) {
            for number in numbers.sorted() {
                let clause = clauses.clauses[number]
                if clause.isFound {
                    found.append(number)
                } else {
                    if !clause.acceptsNone { needsPresence.append(number) }
                    if !clause.acceptsAny || clause.acceptsNone { asked.append(number) }
                }
            }
        }
    }
}
