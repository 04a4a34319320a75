/// Why a pattern cannot be compiled, in the words of `java.util.regex.PatternSyntaxException` where it has some.
public struct JavaRegexError: Error, Sendable, CustomStringConvertible {
    public let message: String
    /// Near which Unicode scalar of the pattern, or -1 when it is not known.
    public let offset: Int

    public init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }

    public var description: String { offset < 0 ? message : "\(message) near index \(offset)" }
}
