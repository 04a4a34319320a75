import ConfigFacts

/// How the values of a property are compared: what SQL makes of them, and what of the literals beside them.
///
/// The type is the schema's; where it lists none, it is the literal's. So a queue's `VisibilityTimeout`, a string in its
/// item, compares as the number that the schema calls it.
enum Comparison: Sendable {
    /// As SQLite orders it: numbers, then text.
    case stored
    case text
    case number
    case truth
    /// Milliseconds since 1970.
    case time
    /// IPv4 addresses as numbers; a CIDR block is a range of them. IPv6 compares as text.
    case address

    init(_ type: PropertyType?, with literals: [Literal]) {
        switch type {
        case .string: self = .text
        case .integer, .float: self = .number
        case .boolean: self = .truth
        case .date: self = .time
        case .ipAddress, .cidrBlock: self = literals.allSatisfy { IPv4Range($0.text) != nil } ? .address : .text
        case nil:
            self = literals.allSatisfy(\.isNumber) ? .number : literals.allSatisfy(\.isTruth) ? .truth : .text
        }
    }

    /// A literal as a range, since a day holds many moments and a CIDR block many addresses.
    ///
    /// - Throws: ``InvalidExpression`` for a literal that is nothing of the property's type.
    func bounds(of literal: Literal, for path: PropertyPath) throws -> (low: SQLValue, high: SQLValue) {
        let text = literal.text
        switch self {
        case .stored, .text: return (.text(text), .text(text))
        case .number:
            if let integer = Int64(text) { return (.integer(integer), .integer(integer)) }
            if let real = Double(text), real.isFinite { return (.real(real), .real(real)) }
        case .truth:
            switch text.lowercased() {
            case "true": return (.integer(1), .integer(1))
            case "false": return (.integer(0), .integer(0))
            default: break
            }
        case .time:
            if let range = TimeRange(text) { return (.integer(range.low), .integer(range.high)) }
        case .address:
            if let range = IPv4Range(text) { return (.integer(range.low), .integer(range.high)) }
        }
        throw InvalidExpression.unsupported("Value '\(text)' is not valid for property \(path.text)")
    }

    /// A value of a JSON text in SQL, by the expressions for its JSON type and for itself; NULL for what cannot be compared.
    func operand(type: String, value: String) -> (low: String, high: String) {
        let isNumeric = "\(type) = 'text' AND \(value) GLOB '*[0-9]*' AND \(value) NOT GLOB '*[^0-9.eE+-]*'"
        let number = "CASE WHEN \(type) IN ('integer', 'real') OR \(isNumeric) THEN CAST(\(value) AS NUMERIC) END"
        switch self {
        case .stored: return (value, value)
        case .text:
            let text = """
                CASE \(type) WHEN 'text' THEN \(value) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' \
                WHEN 'integer' THEN CAST(\(value) AS TEXT) WHEN 'real' THEN CAST(\(value) AS TEXT) END
                """
            return (text, text)
        case .number: return (number, number)
        case .truth:
            let truth = """
                CASE \(type) WHEN 'true' THEN 1 WHEN 'false' THEN 0 \
                WHEN 'text' THEN CASE lower(\(value)) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END END
                """
            return (truth, truth)
        case .time:
            // What looks like seconds are seconds: in milliseconds they would be days of 1970 to 1973.
            let time = """
                CASE WHEN \(type) IN ('integer', 'real') OR \(isNumeric) AND \(value) NOT GLOB '*-*' \
                THEN CAST(CASE WHEN \(value) + 0 < 100000000000 THEN \(value) * 1000 ELSE \(value) + 0 END AS INTEGER) \
                WHEN \(type) = 'text' THEN CAST(round((julianday(\(value)) - 2440587.5) * 86400000.0) AS INTEGER) END
                """
            return (time, time)
        case .address:
            return (IPv4Range.sql(value, fillingHost: "0"), IPv4Range.sql(value, fillingHost: "4294967295"))
        }
    }
}
