import JSON

/// Why an event matches a pattern or not, for people.
public struct Explanation: Sendable {
    public let matches: Bool
    /// One sentence.
    public let text: String
    /// What failed, for each way in which the pattern could have matched.
    public let failures: [Failure]

    public init(matches: Bool, text: String, failures: [Failure] = []) {
        self.matches = matches
        self.text = text
        self.failures = failures
    }

    public struct Failure: Sendable {
        /// `detail.state`.
        public let path: String
        /// The field's array as the pattern has it.
        public let clause: String
        /// What the event has there.
        public let found: [JSON]
        public let text: String

        public var json: JSON {
            .object([
                "path": .string(path), "clause": .string(clause), "found": .array(found), "text": .string(text),
            ])
        }
    }
}

extension Pattern {
    /// Takes its time, and agrees with `matches`.
    public func explain(_ event: JSON) -> Explanation {
        var failures: [Explanation.Failure] = []
        for clauses in alternatives {
            if Self.matches(clauses, event) {
                return Explanation(matches: true, text: "Every clause of the pattern fits.")
            }
            failures.append(Self.failure(clauses, event))
        }
        return Explanation(
            matches: false, text: failures.map(\.text).joined(separator: " And the other branch of $or: "),
            failures: failures)
    }

    private static func failure(_ clauses: [Clause], _ event: JSON) -> Explanation.Failure {
        for clause in clauses where !matches([clause], event) {
            let found = FieldSearch.values(clause.path[...], event)
            let text =
                found.isEmpty
                ? "There is no \(clause.name), and the pattern asks for \(clause.text)."
                : "\(clause.name) is \(found.map(\.description).joined(separator: ", ")), and the pattern asks for "
                    + "\(clause.text)."
            return .init(path: clause.name, clause: clause.text, found: found, text: text)
        }
        let names = clauses.map(\.name).joined(separator: ", ")
        return .init(
            path: names, clause: "", found: [],
            text:
                "Each of \(names) fits by itself, but in different elements of an array; one element must have them all."
        )
    }
}
