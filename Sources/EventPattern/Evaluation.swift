import JSON

/// One pattern held against one event, clause by clause: the plain way, by which the fast one is explained.
struct Evaluation {
    typealias Occurrence = (value: JSON, element: Int32)

    let pattern: Pattern
    /// By clause, every value of its field; those in arrays one by one.
    private(set) var occurrences: [[Occurrence]]
    /// By clause, the elements that have a fitting value.
    private(set) var fitting: [[Int32]] = []
    /// The first alternative that matches.
    private(set) var winner: [Int]?

    init(_ pattern: Pattern, _ event: JSON) {
        self.pattern = pattern
        occurrences = Array(repeating: [], count: pattern.clauses.count)
        guard event.object != nil else { return }
        var tree = ElementTree()
        collect(event, place: 0, element: 0, &tree)
        fitting = zip(pattern.clauses, occurrences).map { clause, found in
            found.filter { one in clause.matchers.contains { $0.matches(one.value) } }.map(\.element)
        }
        winner = pattern.alternatives.first { matches($0, tree) }
    }

    /// Whether the clause could hold, if it were for itself.
    func holdsAlone(_ clause: Int) -> Bool {
        guard !fitting.isEmpty else { return false }
        return !fitting[clause].isEmpty
            || pattern.clauses[clause].allowsAbsence && !occurrences[clause].contains { $0.element == 0 }
    }

    private func matches(_ alternative: [Int], _ tree: ElementTree) -> Bool {
        guard alternative.allSatisfy(holdsAlone) else { return false }
        if tree.isFlat { return true }
        var correlation = Correlation()
        for clause in alternative {
            let present = pattern.clauses[clause].allowsAbsence ? occurrences[clause].map(\.element) : nil
            correlation.addClause(fitting: fitting[clause], present: present)
        }
        return correlation.succeeds(in: tree)
    }

    private mutating func collect(_ value: JSON, place: Int, element: Int32, _ tree: inout ElementTree) {
        switch value {
        case .object(let object):
            for member in object {
                guard let next = pattern.fields.place(below: place, member.name) else { continue }
                collect(member.value, place: next, element: element, &tree)
            }
        case .array(let items):
            let array = tree.openArray()
            for item in items {
                let isElement = item.array != nil || item.object != nil
                let own = isElement ? tree.addElement(of: array, below: element) : element
                collect(item, place: place, element: own, &tree)
            }
            tree.closeArray(array)
        default:
            for clause in pattern.fields.places[place].clauses { occurrences[clause].append((value, element)) }
        }
    }
}
