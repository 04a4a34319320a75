import JSON

/// The tokens of a pattern's text one by one, so that the first fault in reading order is the one reported, as AWS does it.
struct PatternTokens {
    enum Token: Equatable {
        case objectStart, objectEnd, arrayStart, arrayEnd
        case name(String)
        case string(String)
        case number(String)
        case bool(Bool)
        case null
    }

    private let bytes: [UInt8]
    private(set) var offset = 0
    /// How far Jackson would have read: behind a name it looks at the beginning of the value as well, and of a string it reads
    /// no more than the quote until it is asked for the text.
    private var lookedAt = 0
    private var containers: [Container] = []

    private struct Container {
        let isObject: Bool
        let start: Int
        var isEmpty = true
        var awaitsValue = false
    }

    init(_ text: String) { bytes = Array(text.utf8) }

    var location: PatternError.Location { location(of: lookedAt) }

    private func location(of offset: Int) -> PatternError.Location {
        var line = 1
        var column = 1
        for byte in bytes[..<offset] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                // Jackson counts UTF-16 units.
                column += byte >= 0xF0 ? 2 : 1
            }
        }
        return .init(offset: offset, line: line, column: column)
    }

    /// The complaint after the text of the last string was asked for.
    func errorAfterText(_ message: String) -> PatternError { PatternError(message, at: location(of: offset)) }

    func error(_ message: String) -> PatternError { PatternError(message, at: location) }

    /// The text between two offsets as compact JSON.
    func text(from start: Int, to end: Int) -> String {
        let slice = Array(bytes[start..<end])
        return (try? JSON(parsing: slice))?.description ?? String(decoding: slice, as: UTF8.self)
    }

    mutating func next() throws(PatternError) -> Token {
        skipSpace()
        let token: Token
        if let container = containers.last, !container.awaitsValue {
            if peek == (container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                offset += 1
                containers.removeLast()
                lookedAt = offset
                return container.isObject ? .objectEnd : .arrayEnd
            }
            if !container.isEmpty { try separator(container) }
            containers[containers.count - 1].isEmpty = false
            token = container.isObject ? try name() : try value()
        } else {
            token = try value()
        }
        return token
    }

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { offset += 1 }
    }

    private mutating func separator(_ container: Container) throws(PatternError) {
        guard peek == UInt8(ascii: ",") else {
            throw unexpected(": was expecting comma to separate \(container.isObject ? "Object" : "Array") entries")
        }
        offset += 1
        skipSpace()
    }

    private mutating func name() throws(PatternError) -> Token {
        guard peek == UInt8(ascii: "\"") else { throw unexpected(": was expecting double-quote to start field name") }
        let name = try string()
        skipSpace()
        guard peek == UInt8(ascii: ":") else {
            throw unexpected(": was expecting a colon to separate field name and value")
        }
        offset += 1
        containers[containers.count - 1].awaitsValue = true
        var ahead = self
        ahead.skipSpace()
        if ahead.peek == UInt8(ascii: "\"") { ahead.offset += 1 } else { _ = try ahead.value() }
        lookedAt = ahead.offset
        return .name(name)
    }

    private mutating func value() throws(PatternError) -> Token {
        skipSpace()
        if !containers.isEmpty { containers[containers.count - 1].awaitsValue = false }
        switch peek {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard containers.count < JSON.depthLimit else { throw error("Document nesting depth is too large") }
            let isObject = peek == UInt8(ascii: "{")
            containers.append(Container(isObject: isObject, start: offset))
            offset += 1
            lookedAt = offset
            return isObject ? .objectStart : .arrayStart
        case UInt8(ascii: "\""):
            lookedAt = offset + 1
            return .string(try string())
        default: return try bareValue()
        }
    }

    private mutating func bareValue() throws(PatternError) -> Token {
        let start = offset
        while let byte = peek, byte >= 0x80 || Self.isOfWord(byte) { offset += 1 }
        guard offset > start else { throw unexpected(": was expecting a valid value") }
        lookedAt = offset
        switch try? JSON(parsing: Array(bytes[start..<offset])) {
        case .number(let text): return .number(text)
        case .bool(let value): return .bool(value)
        case .null: return .null
        default:
            let word = String(decoding: bytes[start..<offset], as: UTF8.self)
            throw error(
                "Unrecognized token '\(word)': was expecting (JSON String, Number, Array, Object or token 'null', 'true' "
                    + "or 'false')")
        }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "$"):
            true
        default: false
        }
    }

    private mutating func string() throws(PatternError) -> String {
        let start = offset
        offset += 1
        while let byte = peek, byte != UInt8(ascii: "\"") { offset += byte == UInt8(ascii: "\\") ? 2 : 1 }
        guard offset < bytes.count else {
            offset = bytes.count
            lookedAt = offset
            throw error("Unexpected end-of-input in VALUE_STRING")
        }
        offset += 1
        do {
            return try JSON(parsing: Array(bytes[start..<offset])).string ?? ""
        } catch {
            lookedAt = start + error.offset
            throw self.error("Illegal character or escape in a string")
        }
    }

    /// The complaint about the character here.
    private mutating func unexpected(_ expectation: String) -> PatternError {
        lookedAt = offset
        guard peek != nil else {
            guard let container = containers.last else { return error("No content to map due to end-of-input") }
            let kind = container.isObject ? "Object" : "Array"
            let start = location(of: container.start)
            return error(
                "Unexpected end-of-input: expected close marker for \(kind) (start marker at [Source: (String)\""
                    + "\(String(decoding: bytes, as: UTF8.self))\"; line: \(start.line), column: \(start.column)])")
        }
        let character = String(decoding: bytes[offset...], as: UTF8.self).unicodeScalars.first ?? " "
        return error("Unexpected character ('\(character)' (code \(character.value)))\(expectation)")
    }
}
