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

/// Why a pattern is refused, in AWS's words, without what each service writes before them.
public struct PatternError: Error, Equatable, Sendable {
    public let message: String

    init(_ message: String) { self.message = message }
}

/// A compiled event pattern or filter policy.
///
/// ```swift
/// let pattern = try Pattern(#"{"detail":{"state":[{"prefix":"run"}]}}"#, dialect: .eventBridge)
/// pattern.matches(event)
/// ```
public struct Pattern: Sendable {
    /// A field that must match, by the path to it.
    struct Clause: Sendable {
        let path: [String]
        /// One of them must fit.
        let matchers: [Matcher]
        /// The matchers as they were written.
        let text: String

        var name: String { path.joined(separator: ".") }
        /// Whether the clause holds where the field is missing.
        var allowsAbsence: Bool {
            matchers.contains { if case .exists(false) = $0 { true } else { false } }
        }
    }

    /// One of these must match, each with all its clauses: what `$or` branches into.
    let alternatives: [[Clause]]

    public init(_ text: String, dialect: Dialect) throws(PatternError) {
        alternatives = try PatternCompiler.compile(text, dialect)
    }

    /// Whether the event has what the pattern asks for. An array matches by any of its elements; fields below an array of
    /// objects must come from one and the same object.
    public func matches(_ event: JSON) -> Bool {
        alternatives.contains { Self.matches($0, event) }
    }

    static func matches(_ clauses: [Clause], _ event: JSON) -> Bool {
        FieldSearch.matches(clauses.map { ($0.path[...], $0) }, event)
    }
}
