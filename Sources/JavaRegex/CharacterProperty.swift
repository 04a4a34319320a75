/// Java's `\p{…}`.
extension CharacterClass {
    /// Nil when Java does not know the name, or PCRE2 cannot say it. `caseless` is Java's flag `i`, which lets the classes
    /// of one case match both.
    static func property(_ name: String, caseless: Bool) -> CharacterClass? {
        if let equals = name.firstIndex(of: "=") {
            let value = String(name[name.index(after: equals)...])
            switch name[..<equals].lowercased() {
            case "sc", "script": return script(value)
            case "blk", "block": return block(value)
            case "gc", "general_category": return category(value, caseless: caseless)
            default: return nil
            }
        }
        if name.hasPrefix("In") { return block(String(name.dropFirst(2))) }
        if name.hasPrefix("Is") {
            let rest = String(name.dropFirst(2))
            return binary(rest, caseless: caseless) ?? category(rest, caseless: caseless) ?? script(rest)
        }
        return posix(name, caseless: caseless) ?? method(name, caseless: caseless) ?? category(name, caseless: caseless)
    }

    private static let anyCase = CharacterClass.items("\\p{Lu}\\p{Ll}\\p{Lt}")

    private static func posix(_ name: String, caseless: Bool) -> CharacterClass? {
        switch name {
        case "ASCII": .items("\\x{0}-\\x{7f}")
        case "Lower": .items(caseless ? "a-zA-Z" : "a-z")
        case "Upper": .items(caseless ? "a-zA-Z" : "A-Z")
        case "Alpha": .items("a-zA-Z")
        case "Digit": .items("0-9")
        case "Alnum": .items("a-zA-Z0-9")
        case "Punct": .items("\\x{21}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{60}\\x{7b}-\\x{7e}")
        case "Graph": .items("\\x{21}-\\x{7e}")
        case "Print": .items("\\x{20}-\\x{7e}")
        case "Blank": .items("\\x{20}\\t")
        case "Cntrl": .items("\\x{0}-\\x{1f}\\x{7f}")
        case "XDigit": .items("0-9a-fA-F")
        case "Space": .items("\\x{20}\\x{9}-\\x{d}")
        default: nil
        }
    }

    /// The methods of `java.lang.Character`.
    private static func method(_ name: String, caseless: Bool) -> CharacterClass? {
        switch name {
        case "javaLowerCase": caseless ? anyCase : .items("\\p{Lowercase}")
        case "javaUpperCase": caseless ? anyCase : .items("\\p{Uppercase}")
        case "javaTitleCase": caseless ? anyCase : .items("\\p{Lt}")
        case "javaAlphabetic": .items("\\p{Alphabetic}")
        case "javaIdeographic": .items("\\p{Ideographic}")
        case "javaDigit": .items("\\p{Nd}")
        case "javaDefined": .items("\\P{Cn}")
        case "javaLetter": .items("\\p{L}")
        case "javaLetterOrDigit": .items("\\p{L}\\p{Nd}")
        case "javaSpaceChar": .items("\\p{Z}")
        case "javaWhitespace":
            .items(
                "\\x{9}-\\x{d}\\x{1c}-\\x{20}\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}\\x{2028}\\x{2029}\\x{205f}\\x{3000}"
            )
        case "javaISOControl": .items("\\x{0}-\\x{1f}\\x{7f}-\\x{9f}")
        default: nil
        }
    }

    private static func binary(_ name: String, caseless: Bool) -> CharacterClass? {
        switch name.uppercased() {
        case "ALPHABETIC": .items("\\p{Alphabetic}")
        case "LETTER": .items("\\p{L}")
        case "IDEOGRAPHIC": .items("\\p{Ideographic}")
        case "LOWERCASE": caseless ? anyCase : .items("\\p{Lowercase}")
        case "UPPERCASE": caseless ? anyCase : .items("\\p{Uppercase}")
        case "TITLECASE": caseless ? anyCase : .items("\\p{Lt}")
        case "WHITE_SPACE", "WHITESPACE": .items("\\p{White_Space}")
        case "CONTROL": .items("\\p{Cc}")
        case "PUNCTUATION": .items("\\p{P}")
        case "HEX_DIGIT", "HEXDIGIT": .items("\\p{Nd}\\p{Hex_Digit}")
        case "ASSIGNED": .items("\\P{Cn}")
        case "NONCHARACTER_CODE_POINT", "NONCHARACTERCODEPOINT": .items("\\p{Noncharacter_Code_Point}")
        case "DIGIT": .items("\\p{Nd}")
        case "ALNUM": .items("\\p{Alphabetic}\\p{Nd}")
        case "JOIN_CONTROL", "JOINCONTROL": .items("\\p{Join_Control}")
        default: nil
        }
    }

    private static let categories: Set<String> = [
        "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl",
        "No",
        "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ]

    private static func category(_ name: String, caseless: Bool) -> CharacterClass? {
        switch name {
        case "LC": anyCase
        case "Lu", "Ll", "Lt": caseless ? anyCase : .items("\\p{\(name)}")
        case "LD": .items("\\p{L}\\p{Nd}")
        case "L1": .items("\\x{0}-\\x{ff}")
        case "all": .items("\\x{0}-\\x{10ffff}")
        default: categories.contains(name) ? .items("\\p{\(name)}") : nil
        }
    }

    /// PCRE2 knows which scripts there are, and refuses others when it compiles.
    private static func script(_ name: String) -> CharacterClass? {
        guard !name.isEmpty, name.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F }) else {
            return nil
        }
        return .items("\\p{sc:\(name)}")
    }

    private static let blocks: [String: ClosedRange<UInt32>] = [
        "basiclatin": 0x0...0x7F, "latin1supplement": 0x80...0xFF, "latinextendeda": 0x100...0x17F,
        "latinextendedb": 0x180...0x24F, "ipaextensions": 0x250...0x2AF, "combiningdiacriticalmarks": 0x300...0x36F,
        "greek": 0x370...0x3FF, "greekandcoptic": 0x370...0x3FF, "cyrillic": 0x400...0x4FF, "armenian": 0x530...0x58F,
        "hebrew": 0x590...0x5FF, "arabic": 0x600...0x6FF, "devanagari": 0x900...0x97F, "bengali": 0x980...0x9FF,
        "thai": 0xE00...0xE7F, "georgian": 0x10A0...0x10FF, "hanguljamo": 0x1100...0x11FF,
        "latinextendedadditional": 0x1E00...0x1EFF, "greekextended": 0x1F00...0x1FFF,
        "generalpunctuation": 0x2000...0x206F,
        "superscriptsandsubscripts": 0x2070...0x209F, "currencysymbols": 0x20A0...0x20CF,
        "letterlikesymbols": 0x2100...0x214F, "numberforms": 0x2150...0x218F, "arrows": 0x2190...0x21FF,
        "mathematicaloperators": 0x2200...0x22FF, "boxdrawing": 0x2500...0x257F, "geometricshapes": 0x25A0...0x25FF,
        "miscellaneoussymbols": 0x2600...0x26FF, "dingbats": 0x2700...0x27BF,
        "cjksymbolsandpunctuation": 0x3000...0x303F, "hiragana": 0x3040...0x309F, "katakana": 0x30A0...0x30FF,
        "bopomofo": 0x3100...0x312F, "cjkunifiedideographs": 0x4E00...0x9FFF, "hangulsyllables": 0xAC00...0xD7AF,
        "privateusearea": 0xE000...0xF8FF, "halfwidthandfullwidthforms": 0xFF00...0xFFEF,
        "emoticons": 0x1F600...0x1F64F,
    ]

    private static func block(_ name: String) -> CharacterClass? {
        let key = String(name.lowercased().filter { !" -_".contains($0) })
        return blocks[key].map { .range($0.lowerBound, $0.upperBound) }
    }
}
