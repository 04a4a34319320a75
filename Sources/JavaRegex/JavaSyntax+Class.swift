/// Character classes, and the escapes that may stand inside them as well as outside.
extension JavaSyntax {
    /// After `[`, up to and with its `]`.
    mutating func characterClass(nesting: Int) throws(JavaRegexError) -> CharacterClass {
        let negated = source.peek() == ascii("^")
        if negated { source.advance() }
        let set = try members(nesting: nesting)
        source.advance()
        return negated ? .complement(set) : set
    }

    /// The members of a class up to its `]`, which stays. `&&` binds weaker than everything else and to the right.
    private mutating func members(nesting: Int) throws(JavaRegexError) -> CharacterClass {
        guard nesting < Self.classNestingLimit else { throw source.error("Classes nested too deeply") }
        var set: CharacterClass?
        while true {
            guard let next = source.peek() else { throw source.error("Unclosed character class") }
            if next == ascii("]"), let set { return set }
            if next == ascii("&"), source.peekSecond() == ascii("&") {
                source.advance(2)
                guard let right = try intersected(nesting: nesting) else {
                    guard set != nil else { throw source.error("Bad class syntax") }
                    continue
                }
                set = set.map { .intersection($0, right) } ?? right
                continue
            }
            let member: CharacterClass
            if next == ascii("[") {
                source.advance()
                member = try characterClass(nesting: nesting + 1)
            } else {
                member = try range(next)
            }
            set = set?.union(member) ?? member
        }
    }

    /// What follows `&&`, up to the next `&` or `]`; nil when that is nothing.
    private mutating func intersected(nesting: Int) throws(JavaRegexError) -> CharacterClass? {
        var right: CharacterClass?
        while let next = source.peek(), next != ascii("]"), next != ascii("&") {
            let member: CharacterClass
            if next == ascii("[") {
                source.advance()
                member = try characterClass(nesting: nesting + 1)
            } else {
                member = try members(nesting: nesting + 1)
            }
            right = right?.union(member) ?? member
        }
        return right
    }

    private mutating func range(_ next: UInt32) throws(JavaRegexError) -> CharacterClass {
        source.advance()
        var first = next
        if next == ascii("\\") {
            guard let letter = source.raw else { throw source.error("Unclosed character class") }
            source.advance()
            // Before a hyphen Java reads \v as the one character VT.
            if letter == ascii("v"), source.raw == ascii("-") {
                first = 0xB
            } else {
                if let set = try classEscape(letter) { return set }
                first = try characterEscape(letter)
            }
        }
        guard source.peek() == ascii("-"), let end = source.peekSecond(), end != ascii("["), end != ascii("]") else {
            return .range(first, first, asciiCaseless: flags.asciiCaseless)
        }
        source.advance()
        var last = source.peek() ?? 0
        source.advance()
        if last == ascii("\\") {
            guard let letter = source.raw else { throw source.error("Unclosed character class") }
            source.advance()
            if letter == ascii("v") {
                last = 0xB
            } else {
                guard try classEscape(letter) == nil else { throw source.error("Illegal character range") }
                last = try characterEscape(letter)
            }
        }
        guard first <= last else { throw source.error("Illegal character range") }
        return .range(first, last, asciiCaseless: flags.asciiCaseless)
    }

    /// The set that the letter after a backslash stands for; nil when it stands for a character.
    mutating func classEscape(_ letter: UInt32) throws(JavaRegexError) -> CharacterClass? {
        switch Unicode.Scalar(letter) {
        case "d": return .items("\\d")
        case "D": return .items("\\D")
        case "h": return .items("\\h")
        case "H": return .items("\\H")
        case "s": return .items("\\s")
        case "S": return .items("\\S")
        case "v": return .items("\\v")
        case "V": return .items("\\V")
        case "w": return .items("\\w")
        case "W": return .items("\\W")
        case "p", "P":
            let set = try property()
            return letter == ascii("P") ? .complement(set) : set
        default: return nil
        }
    }

    private mutating func property() throws(JavaRegexError) -> CharacterClass {
        let name: String
        if source.take("{") {
            guard let text = source.takeText(until: ascii("}")) else { throw source.error("Unclosed character family") }
            guard !text.isEmpty else { throw source.error("Empty character family") }
            name = text
        } else {
            guard let scalar = source.raw.flatMap(Unicode.Scalar.init) else {
                throw source.error("Unclosed character family")
            }
            source.advance()
            name = String(Character(scalar))
        }
        guard let set = CharacterClass.property(name, caseless: flags.caseless) else {
            throw source.error("Unknown character property name {\(name)}")
        }
        return set
    }

    /// The character that a backslash and the letter, just taken, stand for.
    mutating func characterEscape(_ letter: UInt32) throws(JavaRegexError) -> UInt32 {
        switch Unicode.Scalar(letter) {
        case "0": return try octal()
        case "a": return 0x7
        case "e": return 0x1B
        case "f": return 0xC
        case "n": return 0xA
        case "r": return 0xD
        case "t": return 0x9
        case "c":
            guard let control = source.raw else { throw source.error("Illegal control escape sequence") }
            source.advance()
            return control ^ 64
        case "u": return try utf16Escape()
        case "x":
            if source.take("{") { return try bracedHex() }
            guard let value = source.takeHex(2) else { throw source.error("Illegal hexadecimal escape sequence") }
            return value
        default:
            if isLetter(letter) || isDigit(letter) { throw source.error("Illegal/unsupported escape sequence") }
            return letter
        }
    }

    /// Up to three octal digits, up to 377.
    private mutating func octal() throws(JavaRegexError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while count < 3, let next = source.raw, (0x30...0x37).contains(next), value * 8 + next - 0x30 <= 0xFF {
            value = value * 8 + next - 0x30
            count += 1
            source.advance()
        }
        guard count > 0 else { throw source.error("Illegal octal escape sequence") }
        return value
    }

    /// `\uD83D\uDE00` is one character, as it is in Java.
    private mutating func utf16Escape() throws(JavaRegexError) -> UInt32 {
        guard let high = source.takeHex(4) else { throw source.error("Illegal Unicode escape sequence") }
        guard (0xD800...0xDBFF).contains(high) else { return high }
        let before = source
        if source.take("\\u"), let low = source.takeHex(4), (0xDC00...0xDFFF).contains(low) {
            return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
        }
        source = before
        return high
    }

    private mutating func bracedHex() throws(JavaRegexError) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        while let digit = source.raw.flatMap(hexDigit) {
            value = value << 4 | digit
            count += 1
            source.advance()
            guard value <= 0x10FFFF else { throw source.error("Hexadecimal codepoint is too big") }
        }
        guard count > 0, source.take("}") else { throw source.error("Unclosed hexadecimal escape sequence") }
        return value
    }
}
