/// Rewrites a pattern of `java.util.regex` as one of PCRE2 that means the same.
///
/// It reads as Java's own compiler does. Nothing of the pattern passes unread, so what only PCRE2 would understand, such as
/// recursion or verbs, fails as it fails in Java. Flags are worked into the items, and none reaches PCRE2 but a local `i`.
struct JavaSyntax {
    static let lengthLimit = 4096
    static let groupNestingLimit = 200
    static let classNestingLimit = 50

    struct Flags {
        var caseless = false
        var multiline = false
        var dotAll = false
        var unixLines = false
        var unicodeCase = false
        var comments = false
        /// Java's `i` without `u` folds ASCII letters alone, PCRE2's all letters.
        var asciiCaseless: Bool { caseless && !unicodeCase }
    }

    var source: JavaSource
    var flags = Flags() {
        didSet { source.skipsComments = flags.comments }
    }
    /// How many capturing groups the whole pattern has; a reference to another one never matches.
    let groupTotal: Int
    var groupCount = 0
    private var groupNumbers: [String: Int] = [:]
    private var groupNesting = 0
    /// Whether an item may read far and fail, so that the place of the next one does not show how far.
    private(set) var readsUnseen = false
    private static let shortRepetition = 64

    /// The pattern as PCRE2 takes it.
    static func translate(_ pattern: String) throws(JavaRegexError) -> (pattern: String, readsUnseen: Bool) {
        guard pattern.utf16.count <= lengthLimit else {
            throw JavaRegexError(message: "Pattern longer than \(lengthLimit) characters", offset: lengthLimit)
        }
        var counter = JavaSyntax(source: JavaSource(pattern), groupTotal: 0)
        _ = try counter.whole()
        var translator = JavaSyntax(source: JavaSource(pattern), groupTotal: counter.groupCount)
        let translated = try translator.whole()
        return (translated, translator.readsUnseen)
    }

    private init(source: JavaSource, groupTotal: Int) {
        self.source = source
        self.groupTotal = groupTotal
    }

    private mutating func whole() throws(JavaRegexError) -> String {
        let result = try alternatives()
        if source.raw != nil { throw source.error("Unmatched closing ')'") }
        return result
    }

    private mutating func alternatives() throws(JavaRegexError) -> String {
        var result = try sequence()
        while source.peek() == ascii("|") {
            source.advance()
            result += try "|" + sequence()
        }
        return result
    }

    private mutating func sequence() throws(JavaRegexError) -> String {
        var result = ""
        while let next = source.peek(), next != ascii("|"), next != ascii(")") {
            // A group that only sets flags is nothing that a quantifier could follow.
            guard let atom = try atom(next) else { continue }
            result += try atom + quantifier()
        }
        return result
    }

    private mutating func atom(_ next: UInt32) throws(JavaRegexError) -> String? {
        switch Unicode.Scalar(next) {
        case "(":
            source.advance()
            return try group()
        case "[":
            source.advance()
            return try folded(characterClass(nesting: 0).pattern)
        case "\\":
            source.advance()
            return try escape()
        case "^":
            source.advance()
            return flags.multiline ? lineStart : "\\A"
        case "$":
            source.advance()
            return flags.multiline ? lineEnd : finalLineEnd
        case ".":
            source.advance()
            return flags.dotAll ? "." : flags.unixLines ? "[^\\n]" : "[^\(Self.lineTerminators)]"
        case "*", "+", "?":
            throw source.error("Dangling meta character '\(character(next))'")
        case "{":
            return "(?:)"  // Java repeats the empty text.
        default:
            source.advance()
            return literal(next)
        }
    }

    // MARK: Quantifiers

    private mutating func quantifier() throws(JavaRegexError) -> String {
        var result: String
        switch source.peek() {
        case ascii("*"): result = "*"
        case ascii("+"): result = "+"
        case ascii("?"): result = "?"
        case ascii("{"): result = ""
        default: return ""
        }
        source.advance()
        if result.isEmpty { result = try repetition() }
        if let mode = source.peek(), mode == ascii("?") || mode == ascii("+") {
            source.advance()
            result += character(mode)
        }
        return result
    }

    private mutating func repetition() throws(JavaRegexError) -> String {
        guard let first = source.raw, isDigit(first) else { throw source.error("Illegal repetition") }
        let least = source.takeNumber()
        if least > Self.shortRepetition { readsUnseen = true }
        guard source.take(",") else {
            guard source.take("}") else { throw source.error("Unclosed counted closure") }
            return "{\(least)}"
        }
        if source.take("}") { return "{\(least),}" }
        let most = source.takeNumber()
        guard source.take("}") else { throw source.error("Unclosed counted closure") }
        guard least <= most else { throw source.error("Illegal repetition range") }
        return "{\(least),\(most)}"
    }

    // MARK: Groups

    /// After `(`. Nil for a group that only sets flags.
    private mutating func group() throws(JavaRegexError) -> String? {
        groupNesting += 1
        defer { groupNesting -= 1 }
        guard groupNesting <= Self.groupNestingLimit else { throw source.error("Groups nested too deeply") }
        let outer = flags
        guard let opening = try groupOpening() else { return nil }
        let inner = try alternatives()
        guard source.take(")") else { throw source.error("Unclosed group") }
        flags = outer
        return opening + inner + ")"
    }

    private mutating func groupOpening() throws(JavaRegexError) -> String? {
        guard source.take("?") else {
            groupCount += 1
            return "("
        }
        if source.take(":") { return "(?:" }
        if source.take("=") { return "(?=" }
        if source.take("!") { return "(?!" }
        if source.take(">") { return "(?>" }
        if source.take("<=") { return "(?<=" }
        if source.take("<!") { return "(?<!" }
        if source.take("<") {
            guard let first = source.raw, isLetter(first) else { throw source.error("Unknown look-behind group") }
            let name = try groupName()
            groupCount += 1
            guard groupNumbers.updateValue(groupCount, forKey: name) == nil else {
                throw source.error("Named capturing group <\(name)> is already defined")
            }
            return "("
        }
        try flagChanges()
        if source.take(")") { return nil }
        guard source.take(":") else { throw source.error("Unknown inline modifier") }
        return "(?:"
    }

    private mutating func groupName() throws(JavaRegexError) -> String {
        var name = ""
        while let next = source.raw, isLetter(next) || isDigit(next) {
            name += character(next)
            source.advance()
        }
        guard let first = name.unicodeScalars.first, isLetter(first.value) else {
            throw source.error("capturing group name does not start with a Latin letter")
        }
        guard source.take(">") else { throw source.error("named capturing group is missing trailing '>'") }
        return name
    }

    private mutating func flagChanges() throws(JavaRegexError) {
        var changed = flags
        var on = true
        while let next = source.raw, next != ascii(")"), next != ascii(":") {
            switch Unicode.Scalar(next) {
            case "i": changed.caseless = on
            case "m": changed.multiline = on
            case "s": changed.dotAll = on
            case "d": changed.unixLines = on
            case "u": changed.unicodeCase = on
            case "x": changed.comments = on
            case "-" where on: on = false
            case "U", "c": throw source.error("Unsupported flag '\(character(next))'")
            default: throw source.error("Unknown inline modifier")
            }
            source.advance()
        }
        if source.atEnd { throw source.error("Unknown inline modifier") }
        flags = changed
    }

    // MARK: Escapes

    /// After a backslash, outside a class.
    private mutating func escape() throws(JavaRegexError) -> String {
        guard let next = source.raw else { throw source.error("Unexpected internal error") }
        source.advance()
        switch Unicode.Scalar(next) {
        case "A", "G", "B": return "\\" + character(next)
        case "b":
            if source.raw == ascii("{") { throw source.error("Unsupported boundary") }
            return "\\b"
        case "z": return "\\z"
        case "Z": return finalLineEnd
        case "X": return "\\X"
        // PCRE2's own would not give back the LF of a CRLF.
        case "R": return "(?:\\r\\n|[\\n\\x{b}\\f\\r\\x{85}\\x{2028}\\x{2029}])"
        case "1", "2", "3", "4", "5", "6", "7", "8", "9": return backReference(Int(next - 0x30))
        case "k":
            guard source.take("<") else { throw source.error("\\k is not followed by '<' for named capturing group") }
            let name = try groupName()
            guard let number = groupNumbers[name] else {
                throw source.error("named capturing group <\(name)> does not exist")
            }
            return reference(number)
        default:
            if let set = try classEscape(next) { return folded(set.pattern) }
            return try literal(characterEscape(next))
        }
    }

    /// More digits count as long as there is such a group before this place.
    private mutating func backReference(_ first: Int) -> String {
        var number = first
        while let next = source.raw, isDigit(next), number * 10 + Int(next - 0x30) <= groupCount {
            number = number * 10 + Int(next - 0x30)
            source.advance()
        }
        return reference(number)
    }

    private mutating func reference(_ number: Int) -> String {
        readsUnseen = true
        guard number <= groupTotal else { return "(?!)" }
        return flags.caseless ? "(?i:\\g{\(number)})" : "\\g{\(number)}"
    }

    // MARK: Literals, lines

    private func literal(_ scalar: UInt32) -> String {
        if flags.asciiCaseless, isLetter(scalar) { return "[\(escaped(scalar))\(escaped(scalar ^ 0x20))]" }
        if (0xD800...0xDFFF).contains(scalar) { return "(?!)" }  // Half a character is in no UTF-8 subject.
        return folded(escaped(scalar))
    }

    private func folded(_ pattern: String) -> String {
        flags.caseless && flags.unicodeCase ? "(?i:\(pattern))" : pattern
    }

    private func character(_ scalar: UInt32) -> String { Unicode.Scalar(scalar).map { String(Character($0)) } ?? "" }

    private static let lineTerminators = "\\n\\r\\x{85}\\x{2028}\\x{2029}"

    private var lineStart: String {
        flags.unixLines
            ? "(?:(?!\\z)(?:\\A|(?<=\\n)))"
            : "(?:(?!\\z)(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|(?<=\\r)(?!\\n)))"
    }

    private var lineEnd: String {
        flags.unixLines ? "(?=\\z|\\n)" : "(?=\\z|(?<!\\r)\\n|[\\r\\x{85}\\x{2028}\\x{2029}])"
    }

    /// The end, or the place before a line terminator that ends the subject.
    private var finalLineEnd: String {
        flags.unixLines ? "(?=\\n?\\z)" : "(?=\\z|\\r\\n\\z|(?<!\\r)\\n\\z|[\\r\\x{85}\\x{2028}\\x{2029}]\\z)"
    }
}
