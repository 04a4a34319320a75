/// What a matcher looks for, as a pattern of bytes under one of a field's roots.
struct ValuePattern: Sendable {
    /// The kinds of values, each with its own alphabet.
    enum Kind: Int, CaseIterable, Sendable {
        case text, foldedText
        /// Anything that is no string, as it is written.
        case token
        /// Two bits a digit, like those of addresses: half as many nodes as with four where ranges begin and end.
        case number
        case address4, address6
    }

    let kind: Kind
    let parts: [[UInt8]]

    static func of(_ matcher: Matcher) -> [ValuePattern] {
        switch matcher {
        case .text(let text): [ValuePattern(kind: text.ignoresCase ? .foldedText : .text, parts: text.parts)]
        case .token(let text): [ValuePattern(kind: .token, parts: [Array(text.utf8)])]
        case .number(let range): of(range)
        case .address(let range): of(range)
        case .exists: []
        case .anythingBut(let others): others.flatMap(of)
        }
    }

    // MARK: Digits

    static let bitsPerDigit: UInt64 = 2
    private static let numberBits: UInt64 = 64

    static func digits(_ number: UInt64, into output: inout [UInt8]) {
        var shift = numberBits
        while shift > 0 {
            shift -= bitsPerDigit
            output.append(UInt8(truncatingIfNeeded: number >> shift & (1 << bitsPerDigit - 1)))
        }
    }

    static func digits(_ bytes: [UInt8], into output: inout [UInt8]) {
        for byte in bytes {
            output.append(byte >> 6)
            output.append(byte >> 4 & 3)
            output.append(byte >> 2 & 3)
            output.append(byte & 3)
        }
    }

    /// A range is covered by the fewest beginnings of numbers, each of which stands for all numbers that begin so.
    private static func of(_ range: NumberRange) -> [ValuePattern] {
        var patterns: [ValuePattern] = []
        var lowest = range.lower
        while lowest <= range.upper {
            // The largest block that begins here and does not reach beyond the range.
            var free: UInt64 = 0
            while free + bitsPerDigit <= numberBits {
                let larger = free + bitsPerDigit
                let mask = larger == numberBits ? UInt64.max : 1 << larger - 1
                guard lowest & mask == 0, lowest | mask <= range.upper else { break }
                free = larger
            }
            var digits: [UInt8] = []
            Self.digits(lowest, into: &digits)
            patterns.append(
                ValuePattern(kind: .number, parts: [digits.dropLast(Int(free / bitsPerDigit)), []]))
            let mask = free == numberBits ? UInt64.max : 1 << free - 1
            let (next, overflow) = (lowest | mask).addingReportingOverflow(1)
            if overflow { break }
            lowest = next
        }
        return patterns
    }

    private static func of(_ range: AddressRange) -> [ValuePattern] {
        var digits: [UInt8] = []
        Self.digits(range.bytes, into: &digits)
        let kind: Kind = range.bytes.count == 4 ? .address4 : .address6
        let whole = Array(digits.prefix(range.bits / Int(bitsPerDigit)))
        guard range.bits % Int(bitsPerDigit) == 1 else { return [ValuePattern(kind: kind, parts: [whole, []])] }
        // One more bit is given: the digit's higher one.
        let higher = digits[whole.count] & 2
        return [higher, higher | 1].map { ValuePattern(kind: kind, parts: [whole + [$0], []]) }
    }
}
