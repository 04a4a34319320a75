import JSON

/// One thing that a value may be compared with.
enum Matcher: Sendable {
    case text(TextPattern)
    case number(NumberRange)
    /// `true`, `false`, `null` and numbers beyond comparison: the same token.
    case token(String)
    case address(AddressRange)
    case exists(Bool)
    /// None of these.
    case anythingBut([Matcher])

    /// Whether a field's value fits; a missing field has none.
    ///
    /// - Parameter value: no array and no object.
    func matches(_ value: JSON) -> Bool {
        switch (self, value) {
        case (.exists(let wanted), _): wanted
        case (.anythingBut(let others), _): !others.contains { $0.matches(value) }
        case (.text(let pattern), .string(let text)): pattern.matches(text)
        case (.address(let range), .string(let text)): range.contains(text)
        case (.number(let range), .number(let text)): ComparableNumber(text).map(range.contains) ?? false
        case (.token(let wanted), .number), (.token(let wanted), .bool), (.token(let wanted), .null):
            value.description == wanted
        default: false
        }
    }
}
