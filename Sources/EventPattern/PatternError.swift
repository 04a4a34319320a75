/// Why a pattern is refused, in AWS's words, without what each service writes before them.
public struct PatternError: Error, Equatable, Sendable {
    public let message: String
    /// Where the reader stood; nil where AWS names no place.
    public let location: Location?
    /// A fault inside a list of `anything-but` is reported with its place twice.
    private let namesLocationTwice: Bool

    /// A place in the pattern's text, as Jackson counts: the character that would be read next.
    public struct Location: Equatable, Sendable {
        /// Bytes from the start.
        public let offset: Int
        /// From 1.
        public let line: Int
        /// From 1.
        public let column: Int
    }

    init(_ message: String, at location: Location? = nil, twice: Bool = false) {
        self.message = message
        self.location = location
        namesLocationTwice = twice
    }

    /// So much of a pattern is quoted.
    private static let quotedLimit = 500

    /// The whole of AWS's text: the message and the place in the pattern.
    ///
    /// ```
    /// "int" must be an object or an array
    ///  at [Source: (String)"{"int": 42}"; line: 1, column: 11]
    /// ```
    public func text(in pattern: String) -> String {
        guard let location else { return message }
        let left = pattern.count - Self.quotedLimit
        let quoted = left > 0 ? "\(pattern.prefix(Self.quotedLimit))\"[truncated \(left) chars]" : "\(pattern)\""
        let place = "\n at [Source: (String)\"\(quoted); line: \(location.line), column: \(location.column)]"
        return message + place + (namesLocationTwice ? place : "")
    }
}
