/// A text with `*` for any run of characters, to which every operator on texts comes down: `a` is exact, `a*` a prefix,
/// `*a` a suffix.
struct TextPattern: Sendable, Hashable {
    /// What stands between the stars. Those that ignore case are folded.
    let parts: [[UInt8]]
    let ignoresCase: Bool
    /// Written as `wildcard`, whatever it comes down to.
    var isWildcard = false

    static func exact(_ text: String, ignoringCase: Bool = false) -> TextPattern {
        TextPattern(parts: [bytes(text, ignoringCase)], ignoresCase: ignoringCase)
    }

    static func prefix(_ text: String, ignoringCase: Bool = false) -> TextPattern {
        TextPattern(parts: [bytes(text, ignoringCase), []], ignoresCase: ignoringCase)
    }

    static func suffix(_ text: String, ignoringCase: Bool = false) -> TextPattern {
        TextPattern(parts: [[], bytes(text, ignoringCase)], ignoresCase: ignoringCase)
    }

    private static func bytes(_ text: String, _ ignoringCase: Bool) -> [UInt8] {
        ignoringCase ? CaseFolding.folded(text) : Array(text.utf8)
    }

    /// `\*` is a star and `\\` a backslash. Positions in complaints count the quote before the text.
    ///
    /// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
    static func wildcard(_ text: String) throws(PatternError) -> TextPattern {
        let bytes = Array(text.utf8)
        var parts: [[UInt8]] = [[]]
        var place = 0
        while place < bytes.count {
            let next = place + 1 < bytes.count ? bytes[place + 1] : nil
            switch bytes[place] {
            case UInt8(ascii: "*"):
                if next == UInt8(ascii: "*") {
                    throw PatternError("Consecutive wildcard characters at pos \(place + 1)")
                }
                parts.append([])
            case UInt8(ascii: "\\"):
                guard let next, next == UInt8(ascii: "*") || next == UInt8(ascii: "\\") else {
                    throw PatternError("Invalid escape character at pos \(place + 1)")
                }
                parts[parts.count - 1].append(next)
                place += 1
            default: parts[parts.count - 1].append(bytes[place])
            }
            place += 1
        }
        return TextPattern(parts: parts, ignoresCase: false, isWildcard: true)
    }

    func matches(_ text: String) -> Bool {
        fits(ignoresCase ? CaseFolding.folded(text) : Array(text.utf8))
    }

    /// Each part is taken where it is first found, which leaves the most for those behind it.
    private func fits(_ text: [UInt8]) -> Bool {
        guard parts.count > 1 else { return text == parts[0] }
        guard text.starts(with: parts[0]) else { return false }
        var start = parts[0].count
        for part in parts[1..<(parts.count - 1)] {
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
