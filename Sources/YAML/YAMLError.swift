/// Why a text is not YAML that can be read, and where; both count from 1.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String
    public let line: Int
    public let column: Int

    init(_ message: String, _ mark: YAMLMark) {
        self.message = message
        line = mark.line
        column = mark.column
    }

    public var description: String { "\(message) (line \(line), column \(column))" }
}

/// A place in the text, counted from 1.
struct YAMLMark {
    let line: Int
    let column: Int
}
