import JSON

/// One thing that a value may be compared with.
enum Matcher: Sendable {
    case string([UInt8])
    case number(Double)
    /// `true`, `false` or `null`.
    case token(JSON)
    case prefix([UInt8])
    case suffix([UInt8])
    case prefixIgnoringCase(String)
    case suffixIgnoringCase(String)
    case equalsIgnoringCase(String)
    case wildcard(Wildcard)
    case numeric(NumberRange)
    case cidr(AddressRange)
    case exists(Bool)
    /// None of these.
    case anythingBut([Matcher])

    /// - Parameter value: no array and no object.
    func matches(_ value: JSON) -> Bool {
        switch self {
        case .exists(let wanted): return wanted
        case .anythingBut(let others): return !others.contains { $0.matches(value) }
        case .number(let wanted): return value.numberValue == wanted
        case .numeric(let range): return value.numberValue.map(range.contains) ?? false
        case .token(let wanted): return value == wanted
        default: break
        }
        guard case .string(let text) = value else { return false }
        switch self {
        case .string(let wanted): return text.utf8.elementsEqual(wanted)
        case .prefix(let wanted): return text.utf8.starts(with: wanted)
        case .suffix(let wanted):
            return text.utf8.count >= wanted.count && text.utf8.suffix(wanted.count).elementsEqual(wanted)
        case .equalsIgnoringCase(let wanted): return text.lowercased() == wanted
        case .prefixIgnoringCase(let wanted): return text.lowercased().utf8.starts(with: wanted.utf8)
        case .suffixIgnoringCase(let wanted): return text.lowercased().hasSuffix(wanted)
        case .wildcard(let wildcard): return wildcard.matches(Array(text.utf8))
        case .cidr(let range): return range.contains(text)
        default: return false
        }
    }
}

extension JSON {
    /// The value of a JSON number; a text that looks like one is none.
    var numberValue: Double? {
        if case .number = self { double } else { nil }
    }
}

/// The numbers between two bounds, each of which may be missing.
struct NumberRange: Sendable {
    struct Bound: Sendable {
        let value: Double
        let isIncluded: Bool
    }

    var lower: Bound?
    var upper: Bound?

    func contains(_ number: Double) -> Bool {
        if let lower, number < lower.value || (number == lower.value && !lower.isIncluded) { return false }
        if let upper, number > upper.value || (number == upper.value && !upper.isIncluded) { return false }
        return true
    }
}

/// A text with `*` for any run of characters.
struct Wildcard: Sendable {
    /// What stands between the stars.
    private let parts: [[UInt8]]

    /// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
    init(_ text: String) throws(PatternError) {
        var parts: [[UInt8]] = [[]]
        var isEscaped = false
        var lastStar: Int?
        for (position, byte) in text.utf8.enumerated() {
            if isEscaped {
                guard byte == UInt8(ascii: "*") || byte == UInt8(ascii: "\\") else {
                    throw PatternError("Invalid escape character at pos \(position - 1)")
                }
                parts[parts.count - 1].append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "*") {
                guard lastStar != position - 1 || position == 0 else {
                    throw PatternError("Consecutive wildcard characters at pos \(position - 1)")
                }
                lastStar = position
                parts.append([])
            } else {
                parts[parts.count - 1].append(byte)
            }
        }
        guard !isEscaped else { throw PatternError("Invalid escape character at pos \(text.utf8.count - 1)") }
        self.parts = parts
    }

    var starCount: Int { parts.count - 1 }

    /// Each part is taken where it is first found, which leaves the most for those behind it.
    func matches(_ text: [UInt8]) -> Bool {
        guard parts.count > 1 else { return text == parts[0] }
        guard text.starts(with: parts[0]) else { return false }
        var start = parts[0].count
        for part in parts[1..<(parts.count - 1)] where !part.isEmpty {
            guard let place = Self.find(part, in: text, from: start) else { return false }
            start = place + part.count
        }
        let last = parts[parts.count - 1]
        return text.count - start >= last.count && text.suffix(last.count).elementsEqual(last)
    }

    private static func find(_ part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard text.count - start >= part.count else { return nil }
        return (start...(text.count - part.count)).first { place in
            text[place] == part[0] && text[place..<(place + part.count)].elementsEqual(part)
        }
    }
}
