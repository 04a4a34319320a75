/// Writes a pattern of Rust's `fancy_regex` for PCRE2. Most of the two is the same; what differs is what some escapes mean,
/// and that Rust's character classes hold classes and are intersected, subtracted and joined.
struct RustSyntax {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    private static let classDepth = 50

    static func translate(_ pattern: String) throws(RustRegexError) -> String {
        var syntax = RustSyntax(scalars: Array(pattern.unicodeScalars))
        return try syntax.expression()
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func starts(with text: String) -> Bool {
        scalars[position...].starts(with: text.unicodeScalars)
    }

    private mutating func expression() throws(RustRegexError) -> String {
        var result = ""
        while let scalar = next {
            switch scalar {
            case "\\": result += try escape()
            case "[": result += try characterClass()
            case "(":
                for refused in ["(*", "(?R", "(?0", "(?C", "(?&", "(?|", "(?P>", "(?+"] where starts(with: refused) {
                    throw RustRegexError(message: "\(refused) is not known")
                }
                // Unicode is always on.
                if starts(with: "(?u)") {
                    position += 4
                } else {
                    result += "("
                    position += 1
                }
            case "{" where starts(with: "{,"):
                // "At most", which PCRE2 has no short form for yet.
                result += "{0,"
                position += 2
            default:
                result.unicodeScalars.append(scalar)
                position += 1
            }
        }
        return result
    }

    // MARK: Escapes

    private mutating func escape() throws(RustRegexError) -> String {
        position += 1
        guard let scalar = next else { throw RustRegexError(message: "the pattern ends with a backslash") }
        position += 1
        switch scalar {
        case "h": return "[0-9A-Fa-f]"
        case "H": return "[^0-9A-Fa-f]"
        case "u", "U", "x": return try codePoint(digits: scalar == "u" ? 4 : scalar == "U" ? 8 : 2)
        case "C", "E", "Q", "X", "N", "R", "c", "g", "o", "V":
            throw RustRegexError(message: "the escape \\\(scalar) is not known")
        default: return "\\\(scalar)"
        }
    }

    private mutating func codePoint(digits: Int) throws(RustRegexError) -> String {
        var text = ""
        if next == "{" {
            position += 1
            while let scalar = next, scalar != "}" {
                text.unicodeScalars.append(scalar)
                position += 1
            }
            position += 1
        } else {
            while text.count < digits, let scalar = next {
                text.unicodeScalars.append(scalar)
                position += 1
            }
            if text.count < digits { text = "" }
        }
        guard let value = UInt32(text, radix: 16), Unicode.Scalar(value) != nil else {
            throw RustRegexError(message: "a code point is not in hexadecimal digits")
        }
        return "\\x{\(String(value, radix: 16))}"
    }

    // MARK: Classes

    /// A pattern for one character. Nested classes and set operations become lookaheads.
    private mutating func characterClass() throws(RustRegexError) -> String {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.classDepth else { throw RustRegexError(message: "classes are nested too deep") }
        position += 1
        var isNegated = false
        if next == "^" {
            isNegated = true
            position += 1
        }
        var sets: [Set] = []
        var set = Set()
        if next == "]" {
            set.items = "\\]"
            position += 1
        }
        while true {
            guard let scalar = next else { throw RustRegexError(message: "a class is not closed") }
            if scalar == "]" {
                position += 1
                break
            }
            if let operation = ["&&", "--", "~~"].first(where: { starts(with: $0) }) {
                position += 2
                sets.append(set)
                set = Set(operation: operation)
            } else if starts(with: "[:"), let name = posixClass() {
                set.items += name
            } else if scalar == "[" {
                set.nested.append(try characterClass())
            } else if scalar == "\\" {
                set.items += try classEscape()
            } else {
                set.items.unicodeScalars.append(scalar)
                position += 1
            }
        }
        sets.append(set)
        if sets.count == 1, set.nested.isEmpty { return "[\(isNegated ? "^" : "")\(set.items)]" }
        let pattern = sets.dropFirst().reduce(sets[0].pattern) { left, set in
            switch set.operation {
            case "&&": "(?=\(set.pattern))\(left)"
            case "--": "(?!\(set.pattern))\(left)"
            default: "(?:(?!\(set.pattern))\(left)|(?!\(left))\(set.pattern))"
            }
        }
        return isNegated ? "(?:(?!\(pattern))(?s:.))" : "(?:\(pattern))"
    }

    private struct Set {
        var operation = ""
        var items = ""
        var nested: [String] = []

        var pattern: String {
            let all = (items.isEmpty ? [] : ["[\(items)]"]) + nested
            return all.count == 1 ? all[0] : "(?:\(all.joined(separator: "|")))"
        }
    }

    private mutating func posixClass() -> String? {
        guard let end = scalars[position...].firstIndex(of: "]"), end > position + 2, scalars[end - 1] == ":" else {
            return nil
        }
        defer { position = end + 1 }
        return scalars[position...end].map { String($0) }.joined()
    }

    private mutating func classEscape() throws(RustRegexError) -> String {
        let start = position
        let escape = try escape()
        guard escape.hasPrefix("[") else { return escape }
        if escape.hasPrefix("[^") {
            position = start
            throw RustRegexError(message: "\\H cannot stand in a class")
        }
        return String(escape.dropFirst().dropLast())
    }
}
