import JSON

/// Reads one item of a field's array.
///
/// Words and order of the complaints are those of https://github.com/aws/event-ruler (JsonRuleCompiler).
struct MatcherReader {
    var tokens: PatternTokens
    /// Whether numbers are compared as filter policies do.
    let isCoarse: Bool

    static let operators: Set<String> = [
        "exactly", "prefix", "suffix", "equals-ignore-case", "wildcard", "numeric", "cidr", "exists", "anything-but",
    ]

    private static let onlyOneKey = "Only one key allowed in match expression"

    /// What a plain value stands for.
    static func literal(_ token: PatternTokens.Token, isCoarse: Bool) -> [Matcher]? {
        switch token {
        case .string(let text):
            AddressRange(literal: text).map { [.address($0), .text(.exact(text))] } ?? [.text(.exact(text))]
        case .number(let text):
            [ComparableNumber(text).map { .number(NumberRange($0, isCoarse: isCoarse)) } ?? .token(text)]
        case .bool(let value): [.token(value ? "true" : "false")]
        case .null: [.token("null")]
        default: nil
        }
    }

    /// From behind the brace to the closing one.
    mutating func expression() throws(PatternError) -> Matcher {
        guard case .name(let name) = try tokens.next() else {
            throw tokens.error("Match expression name not found")
        }
        let matcher: Matcher
        switch name {
        case "exactly": matcher = .text(.exact(try string("exact")))
        case "equals-ignore-case": matcher = .text(.exact(try string(name), ignoringCase: true))
        case "prefix", "suffix": return try affix(name)
        case "wildcard": matcher = .text(try wildcard(try string(name)))
        // The complaint is about a prefix in AWS too.
        case "cidr": matcher = .address(try AddressRange(try string("prefix")))
        case "exists":
            guard case .bool(let wanted) = try tokens.next() else {
                throw tokens.error("exists match pattern must be either true or false.")
            }
            matcher = .exists(wanted)
        case "numeric":
            var reader = NumericReader(tokens: tokens, isCoarse: isCoarse)
            matcher = .number(try reader.range())
            tokens = reader.tokens
            try end(NumericReader.tooMany)
            return matcher
        case "anything-but": return .anythingBut(try anythingBut())
        default: throw tokens.error("Unrecognized match type \(name)")
        }
        try end(Self.onlyOneKey)
        return matcher
    }

    private mutating func end(_ complaint: String) throws(PatternError) {
        guard try tokens.next() == .objectEnd else { throw tokens.error(complaint) }
    }

    private mutating func string(_ name: String) throws(PatternError) -> String {
        guard case .string(let text) = try tokens.next() else {
            throw tokens.error("\(name) match pattern must be a string")
        }
        return text
    }

    private func wildcard(_ text: String) throws(PatternError) -> TextPattern {
        do { return try .wildcard(text) } catch { throw tokens.errorAfterText(error.message) }
    }

    /// `{"prefix": "a"}` or `{"prefix": {"equals-ignore-case": "a"}}`.
    private mutating func affix(_ name: String) throws(PatternError) -> Matcher {
        func pattern(_ text: String, ignoringCase: Bool) -> Matcher {
            .text(
                name == "prefix"
                    ? .prefix(text, ignoringCase: ignoringCase) : .suffix(text, ignoringCase: ignoringCase))
        }
        switch try tokens.next() {
        case .string(let text):
            try end(Self.onlyOneKey)
            return pattern(text, ignoringCase: false)
        case .objectStart:
            guard case .name(let inner) = try tokens.next() else {
                throw tokens.error("\(name == "prefix" ? "Prefix" : "Suffix") expression name not found")
            }
            guard inner == "equals-ignore-case" else { throw tokens.error("Unsupported \(name) pattern: \(inner)") }
            let text = try string(inner)
            try end(Self.onlyOneKey)
            try end(Self.onlyOneKey)
            return pattern(text, ignoringCase: true)
        default: throw tokens.error("\(name) match pattern must be a string")
        }
    }

    // MARK: anything-but

    private mutating func anythingBut() throws(PatternError) -> [Matcher] {
        var token = try tokens.next()
        var kind: String?
        if token == .objectStart {
            guard case .name(let name) = try tokens.next() else {
                throw tokens.error("Anything-But expression name not found")
            }
            guard ["prefix", "suffix", "equals-ignore-case", "wildcard"].contains(name) else {
                throw tokens.error("Unsupported anything-but pattern: \(name)")
            }
            kind = name
            token = try tokens.next()
        }
        let matchers: [Matcher]
        switch token {
        case .arrayStart: matchers = try list(kind)
        case .string, .number: matchers = [try other(token, kind)]
        default:
            throw tokens.error("Value of anything-but must be an array or single string/number value.")
        }
        try end(NumericReader.tooMany)
        if kind != nil { try end(NumericReader.tooMany) }
        return matchers
    }

    /// Complaints from within a list name their place twice.
    private mutating func list(_ kind: String?) throws(PatternError) -> [Matcher] {
        var matchers: [Matcher] = []
        var kinds: Set<Bool> = []
        do throws(PatternError) {
            while case let token = try tokens.next(), token != .arrayEnd {
                if case .string = token { kinds.insert(true) } else { kinds.insert(false) }
                matchers.append(try other(token, kind))
            }
        } catch {
            throw PatternError(error.message, at: error.location, twice: error.location != nil)
        }
        guard kinds.count == 1 else {
            throw tokens.error(
                kind == nil || !kinds.isEmpty
                    ? "Inside anything but list, either all values are number or string, mixed type is not supported"
                    : "Empty arrays are not allowed")
        }
        return matchers
    }

    /// One of the things that a value may not be.
    private func other(_ token: PatternTokens.Token, _ kind: String?) throws(PatternError) -> Matcher {
        switch (token, kind) {
        case (.string(let text), nil): return .text(.exact(text))
        case (.number(let text), nil):
            return .number(NumberRange(try NumericReader.comparable(text, tokens), isCoarse: isCoarse))
        case (_, nil): throw tokens.error("Inside anything but list, start|null|boolean is not supported.")
        case (.string(let text), "equals-ignore-case"): return .text(.exact(text, ignoringCase: true))
        case (.string(let text), "wildcard"): return .text(try wildcard(text))
        case (.string(let text), _):
            guard !text.isEmpty else { throw tokens.errorAfterText("Null prefix/suffix not allowed") }
            return .text(kind == "prefix" ? .prefix(text) : .suffix(text))
        case (_, "equals-ignore-case"):
            throw tokens.error(
                "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.")
        case (_, "wildcard"): throw tokens.error("wildcard match pattern must be a string")
        default: throw tokens.error("prefix/suffix match pattern must be a string")
        }
    }
}
