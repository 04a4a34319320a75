/// A word, value or sign of a query, and where it begins.
struct Token {
    enum Kind: Hashable {
        /// `configuration.state.name`; a keyword is a path of one part.
        case path([String])
        case string(String)
        case number(String)
        case symbol(String)
        case end
    }

    let kind: Kind
    let position: Position
    /// Where the token's text lies in the query, in Unicode scalars.
    let range: Range<Int>
}

/// Cuts a query into tokens.
struct Lexer {
    private let text: [Unicode.Scalar]
    private var index = 0
    private var position = Position()

    private init(_ text: String) { self.text = Array(text.unicodeScalars) }

    static func tokens(of text: String) throws -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        // AWS refuses a line break behind the query, at the line that it begins.
        if lexer.text.last == "\n", let end = tokens.last { throw InvalidExpression.syntax(at: end.position) }
        return tokens
    }

    private mutating func next() throws -> Token {
        while let scalar = peek(), [" ", "\t", "\r", "\n"].contains(scalar) { advance() }
        let start = position
        let first = index
        let kind = try kind(from: start)
        return Token(kind: kind, position: start, range: first..<index)
    }

    private mutating func kind(from start: Position) throws -> Token.Kind {
        guard let scalar = peek() else { return .end }
        switch scalar {
        case "'", "\"":
            let string = try quoted(from: start)
            return scalar == "\"" && peek() == "." ? .path(try path(beginning: string, from: start)) : .string(string)
        case "0"..."9": return number()
        case "-" where peek(1).map(isDigit) == true: return number()
        case _ where isWordStart(scalar): return .path(try path(beginning: word(), from: start))
        case "<" where peek(1) == ">", "<" where peek(1) == "=", ">" where peek(1) == "=", "!" where peek(1) == "=":
            advance(2)
            return .symbol(scalar == "!" ? "!=" : "\(scalar)\(text[index - 1])")
        case "=", "<", ">", "(", ")", ",", "*", ";":
            advance()
            return .symbol(String(scalar))
        default: throw InvalidExpression.syntax(at: start)
        }
    }

    private mutating func path(beginning first: String, from start: Position) throws -> [String] {
        var parts = [first]
        while peek() == ".", let following = peek(1) {
            if following == "\"" {
                advance()
                parts.append(try quoted(from: start))
            } else if isWordPart(following) {
                advance()
                parts.append(word())
            } else {
                break
            }
        }
        return parts
    }

    /// The quote itself stands twice inside.
    private mutating func quoted(from start: Position) throws -> String {
        let quote = text[index]
        var string = String.UnicodeScalarView()
        advance()
        while let scalar = peek() {
            advance()
            if scalar == quote {
                guard peek() == quote else { return String(string) }
                advance()
            }
            string.append(scalar)
        }
        throw InvalidExpression.syntax(at: start)
    }

    private mutating func word() -> String {
        var word = String.UnicodeScalarView()
        while let scalar = peek(), isWordPart(scalar) {
            word.append(scalar)
            advance()
        }
        return String(word)
    }

    private mutating func number() -> Token.Kind {
        var number = String.UnicodeScalarView()
        while let scalar = peek() {
            let isSign =
                (scalar == "-" || scalar == "+") && (number.isEmpty || number.last == "e" || number.last == "E")
            guard isDigit(scalar) || isSign || [".", "e", "E"].contains(scalar) else { break }
            number.append(scalar)
            advance()
        }
        return .number(String(number))
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        index + ahead < text.count ? text[index + ahead] : nil
    }

    private mutating func advance(_ count: Int = 1) {
        for scalar in text[index..<index + count] {
            if scalar == "\n" {
                position = Position(line: position.line + 1, column: 1)
            } else {
                position.column += 1
            }
        }
        index += count
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
    private func isWordStart(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic || scalar == "_" }

    /// Names of inventory types have colons: `AWS:ComplianceItem`.
    private func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        isWordStart(scalar) || isDigit(scalar) || scalar == "-" || scalar == ":"
    }
}
