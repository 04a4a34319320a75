/// What makes a query an `InvalidExpressionException`, with its message.
///
/// Users quote the text for wrong syntax from AWS; the texts for what the language does not support are this project's,
/// since none is published.
public struct InvalidExpression: Error, Hashable {
    public let message: String

    static func syntax(at position: Position) -> InvalidExpression {
        InvalidExpression(message: "syntax error at line \(position.line), column \(position.column)")
    }

    static func unsupported(_ message: String) -> InvalidExpression { InvalidExpression(message: message) }
}

/// A place in a query's text, counted from 1.
struct Position: Hashable {
    var line = 1
    var column = 1
}
