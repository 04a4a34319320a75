import JSON

extension Pattern {
    /// Takes its time, and agrees with `matches`.
    public func explain(_ event: JSON) -> Explanation { Explainer(Evaluation(self, event)).explanation(event) }
}

/// Puts an evaluation into words.
private struct Explainer {
    private let evaluation: Evaluation
    private var pattern: Pattern { evaluation.pattern }

    /// So many values are named in a sentence.
    private static let namedLimit = 5

    init(_ evaluation: Evaluation) { self.evaluation = evaluation }

    func explanation(_ event: JSON) -> Explanation {
        guard event.object != nil else {
            return Explanation(matches: false, text: "The event is not a JSON object.")
        }
        let verdict = whole(verdict(pattern.root))
        guard evaluation.winner == nil else {
            return Explanation(matches: true, text: "Every clause of the pattern fits.", verdict: verdict)
        }
        var explained: Set<Int> = []
        var failures: [Explanation.Failure] = []
        for alternative in pattern.alternatives {
            // As the pattern has them, not as the engine looks at them.
            guard let first = alternative.sorted().first(where: { !evaluation.holdsAlone($0) }) else {
                failures.append(Self.apart(alternative.map { pattern.clauses[$0].name }))
                continue
            }
            if explained.insert(first).inserted { failures.append(report(first)) }
        }
        return Explanation(
            matches: false, text: failures.map(\.text).joined(separator: " And the other branch of $or: "),
            failures: failures, verdict: verdict)
    }

    /// Clauses that hold each for itself need not hold together: the whole has the engine's word.
    private func whole(_ verdict: Explanation.Verdict) -> Explanation.Verdict {
        guard case .all(_, let parts) = verdict else { return verdict }
        return .all(holds: evaluation.winner != nil, parts)
    }

    private func holds(_ clause: Int) -> Bool {
        evaluation.winner?.contains(clause) == true || evaluation.holdsAlone(clause)
    }

    private func verdict(_ node: Pattern.Node) -> Explanation.Verdict {
        switch node {
        case .clause(let clause): return .clause(holds: holds(clause), report(clause))
        case .all(let nodes):
            let parts = nodes.map(verdict)
            return .all(holds: parts.allSatisfy(\.holds), parts)
        case .any(let nodes):
            let parts = nodes.map(verdict)
            return .any(holds: parts.contains(where: \.holds), parts)
        }
    }

    private func report(_ number: Int) -> Explanation.Failure {
        let clause = pattern.clauses[number]
        let found = evaluation.occurrences[number].map(\.value)
        let asks = "the pattern asks for \(clause.text)."
        let joint = holds(number) ? "as" : "and"
        let text =
            found.isEmpty
            ? "There is no \(clause.name), \(joint) \(asks)" : "\(clause.name) is \(Self.list(found)), \(joint) \(asks)"
        return .init(path: clause.name, clause: clause.text, found: found, text: text)
    }

    private static func list(_ values: [JSON]) -> String {
        let named = values.prefix(namedLimit).map(\.description).joined(separator: ", ")
        let left = values.count - namedLimit
        return left > 0 ? "\(named) and \(left) more" : named
    }

    private static func apart(_ names: [String]) -> Explanation.Failure {
        let names = names.joined(separator: ", ")
        return .init(
            path: names, clause: "", found: [],
            text:
                "Each of \(names) fits by itself, but in different elements of an array; one element must have them all."
        )
    }
}
