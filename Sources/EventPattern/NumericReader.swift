/// Reads the range of a `numeric` matcher: `["=", 5]`, `["<", 10]` or `[">", 0, "<=", 5]`.
struct NumericReader {
    var tokens: PatternTokens
    /// Whether numbers are compared as filter policies do.
    let isCoarse: Bool

    static let tooMany = "Too many elements in numeric expression"

    mutating func range() throws(PatternError) -> NumberRange {
        guard try tokens.next() == .arrayStart else { throw tokens.error("Value of numeric must be an array.") }
        let first = try tokens.next()
        guard case .string(let name) = first else {
            throw tokens.error("Invalid member in numeric match: \(Self.text(first))")
        }
        switch name {
        case "=":
            let number = try number("equals")
            try end(Self.tooMany)
            return number
        case "<", "<=":
            let number = try number(name)
            try end(Self.tooMany)
            return NumberRange(upper: name == "<" ? number.lower - 1 : number.upper)
        case ">", ">=": return try range(above: try number(name), isIncluded: name == ">=")
        default:
            // AWS reads on before it looks at the operator.
            _ = try tokens.next()
            throw tokens.error("Unrecognized numeric range operator: \(name)")
        }
    }

    private mutating func range(above bottom: NumberRange, isIncluded: Bool) throws(PatternError) -> NumberRange {
        let lower = isIncluded ? bottom.lower : bottom.upper + 1
        let token = try tokens.next()
        if token == .arrayEnd { return NumberRange(lower: lower) }
        guard case .string(let name) = token else {
            throw tokens.error("Bad value in numeric range: \(Self.text(token))")
        }
        guard name == "<" || name == "<=" else { throw tokens.errorAfterText("Bad numeric range operator: \(name)") }
        let top = try number(name)
        try end("Too many terms in numeric range expression")
        guard bottom.lower < top.lower else { throw tokens.error("Bottom must be less than top") }
        return NumberRange(lower: lower, upper: name == "<" ? top.lower - 1 : top.upper)
    }

    private mutating func number(_ name: String) throws(PatternError) -> NumberRange {
        guard case .number(let text) = try tokens.next() else {
            throw tokens.error("Value of \(name) must be numeric")
        }
        return NumberRange(try Self.comparable(text, tokens), isCoarse: isCoarse)
    }

    static func comparable(_ text: String, _ tokens: PatternTokens) throws(PatternError) -> ComparableNumber {
        guard let number = ComparableNumber(text) else { throw tokens.error("Cannot compare number : \(text)") }
        guard ComparableNumber.allowed.contains(number.value) else {
            throw tokens.error("Value must be between -5.0E9 and 5.0E9, inclusive")
        }
        return number
    }

    private mutating func end(_ complaint: String) throws(PatternError) {
        guard try tokens.next() == .arrayEnd else { throw tokens.error(complaint) }
    }

    private static func text(_ token: PatternTokens.Token) -> String {
        switch token {
        case .objectStart: "{"
        case .objectEnd: "}"
        case .arrayStart: "["
        case .arrayEnd: "]"
        case .name(let text), .string(let text), .number(let text): text
        case .bool(let value): value ? "true" : "false"
        case .null: "null"
        }
    }
}
