/// A set of characters, as PCRE2 can ask for it. PCRE2 has no union, intersection or complement of classes; lookaheads at
/// the same character do their work.
indirect enum CharacterClass: Sendable {
    /// What stands between the brackets of a PCRE2 class; may be empty.
    case items(String)
    case union(CharacterClass, CharacterClass)
    case intersection(CharacterClass, CharacterClass)
    case complement(CharacterClass)

    /// A pattern for one character of the set.
    var pattern: String {
        switch self {
        case .items(""): "(?!)"
        case .items(let items): "[\(items)]"
        case .union(let left, let right): "(?:\(left.pattern)|\(right.pattern))"
        case .intersection(let left, let right): "(?:(?=\(left.pattern))\(right.pattern))"
        case .complement(.items("")): "."
        case .complement(.items(let items)): "[^\(items)]"
        case .complement(let set): "(?:(?!\(set.pattern)).)"
        }
    }

    func union(_ other: CharacterClass) -> CharacterClass {
        switch (self, other) {
        case (.items(let left), .items(let right)): .items(left + right)
        // Keeps long lists of members in one class, whatever stands between them.
        case (.union(let first, .items(let left)), .items(let right)): .union(first, .items(left + right))
        default: .union(self, other)
        }
    }

    /// The characters from `first` to `last`. Surrogates are no characters of a UTF-8 subject and fall out.
    static func range(_ first: UInt32, _ last: UInt32, asciiCaseless: Bool = false) -> CharacterClass {
        var items = item(first, last)
        if asciiCaseless {
            items +=
                shifted(first, last, within: 0x41...0x5A, by: 32) + shifted(first, last, within: 0x61...0x7A, by: -32)
        }
        return .items(items)
    }

    private static func item(_ first: UInt32, _ last: UInt32) -> String {
        let surrogates: ClosedRange<UInt32> = 0xD800...0xDFFF
        let first = surrogates.contains(first) ? surrogates.upperBound + 1 : first
        let last = surrogates.contains(last) ? surrogates.lowerBound - 1 : last
        if first > last { return "" }
        return first == last ? escaped(first) : "\(escaped(first))-\(escaped(last))"
    }

    private static func shifted(_ first: UInt32, _ last: UInt32, within: ClosedRange<UInt32>, by: Int32) -> String {
        let first = max(first, within.lowerBound)
        let last = min(last, within.upperBound)
        guard first <= last else { return "" }
        return item(UInt32(Int32(first) + by), UInt32(Int32(last) + by))
    }
}

/// The character as a literal of a PCRE2 pattern or class.
func escaped(_ scalar: UInt32) -> String {
    switch scalar {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(Character(Unicode.Scalar(UInt8(scalar))))
    default: "\\x{\(String(scalar, radix: 16))}"
    }
}
