import JSON

/// Why an event matches a pattern or not, for people.
public struct Explanation: Sendable {
    public let matches: Bool
    /// One sentence, or one for each branch of `$or`.
    public let text: String
    /// What failed, for each way in which the pattern could have matched.
    public let failures: [Failure]
    /// Every clause of the pattern as it is written; nil where there is no pattern.
    public let verdict: Verdict?

    public init(matches: Bool, text: String, failures: [Failure] = [], verdict: Verdict? = nil) {
        self.matches = matches
        self.text = text
        self.failures = failures
        self.verdict = verdict
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

    /// A clause, or several together, and whether they hold. Clauses that need one and the same element of an array can each
    /// hold without holding together.
    public indirect enum Verdict: Sendable {
        case clause(holds: Bool, Failure)
        /// All must hold.
        case all(holds: Bool, [Verdict])
        /// One must hold: the branches of `$or`.
        case any(holds: Bool, [Verdict])

        public var holds: Bool {
            switch self {
            case .clause(let holds, _), .all(let holds, _), .any(let holds, _): holds
            }
        }

        public var json: JSON {
            switch self {
            case .clause(let holds, let clause):
                .object([
                    "holds": .bool(holds), "path": .string(clause.path), "clause": .string(clause.clause),
                    "found": .array(clause.found), "text": .string(clause.text),
                ])
            case .all(let holds, let parts): .object(["holds": .bool(holds), "all": .array(parts.map(\.json))])
            case .any(let holds, let parts): .object(["holds": .bool(holds), "$or": .array(parts.map(\.json))])
            }
        }
    }
}
