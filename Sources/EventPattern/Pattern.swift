import JSON

/// The two languages that one engine speaks.
public enum Dialect: Sendable, Equatable {
    /// Of EventBridge: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
    case eventBridge
    /// Of SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
    case filterPolicy(FilterPolicyScope)
}

public enum FilterPolicyScope: String, Sendable {
    case messageAttributes = "MessageAttributes"
    case messageBody = "MessageBody"
}

/// An event pattern or filter policy that was found to be valid.
///
/// ```swift
/// let pattern = try Pattern(#"{"detail":{"state":[{"prefix":"run"}]}}"#, dialect: .eventBridge)
/// pattern.matches(event)
/// ```
public struct Pattern: Sendable {
    /// A field that must match, by the path to it.
    struct Clause: Sendable {
        /// Steps as UTF-8, since names are the same only when their bytes are.
        let path: [[UInt8]]
        /// The path with dots, for people.
        let name: String
        /// One of them must fit.
        let matchers: [Matcher]
        /// The matchers as they were written.
        let text: String

        /// Whether the clause holds where the field is missing.
        var allowsAbsence: Bool { matchers.contains { if case .exists(false) = $0 { true } else { false } } }
    }

    /// The pattern as it is written, its clauses by number.
    indirect enum Node: Sendable {
        case clause(Int)
        case all([Node])
        case any([Node])
    }

    let clauses: [Clause]
    let root: Node
    /// One of these must match, each with all its clauses: what `$or` branches into. They are in the order of their names,
    /// in which the engine looks at them.
    let alternatives: [[Int]]
    let fields: FieldTree

    public init(_ text: String, dialect: Dialect) throws(PatternError) {
        self = try PatternCompiler.compile(text, dialect)
    }

    init(clauses: [Clause], root: Node) throws(PatternError) {
        self.clauses = clauses
        self.root = root
        alternatives = try Alternatives.of(root, clauses)
        fields = FieldTree(clauses)
        try WildcardComplexity.check(clauses, alternatives)
    }

    /// Whether the event has what the pattern asks for. An array matches by any of its elements; fields below an array of
    /// objects must come from one and the same object.
    public func matches(_ event: JSON) -> Bool { Evaluation(self, event).winner != nil }
}
