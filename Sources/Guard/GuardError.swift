/// Why a policy cannot be read, or why it has no verdict on a document.
public struct GuardError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// The text is no policy.
        case syntax
        /// The policy asks for what cannot be answered: an unknown variable, `empty` of a number, work without end.
        case evaluation
    }

    public let kind: Kind
    public let message: String
    /// Both from 1. Of an error in the evaluation it is the place of the clause that was being decided.
    public let line: Int
    public let column: Int

    public var description: String { "\(message) (line \(line), column \(column))" }
}

/// A place in the text of a policy, both from 1; columns count Unicode scalars.
struct Place: Sendable {
    var line = 1
    var column = 1
}
