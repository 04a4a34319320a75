/// A position in the text of a policy, and what is found there.
struct Cursor {
    let bytes: [UInt8]
    var offset = 0
    /// The furthest place where the text was not what it should be: of all that was tried, the likeliest to be the mistake.
    private var furthest = (offset: -1, message: "")

    private let lineStarts: [Int]
    /// How many bytes up to each one continue a scalar, and are no column; nothing where all are ASCII.
    private let continuations: [Int32]

    init(_ text: String) {
        bytes = Array(text.utf8)
        lineStarts = [0] + bytes.indices.filter { [bytes] in bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
        var count: Int32 = 0
        continuations =
            bytes.allSatisfy { $0 < 0x80 }
            ? []
            : [0]
                + bytes.map { byte in
                    if byte & 0xC0 == 0x80 { count += 1 }
                    return count
                }
    }

    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }
    var isAtEnd: Bool { offset >= bytes.count }

    func byte(after count: Int) -> UInt8? {
        offset + count < bytes.count ? bytes[offset + count] : nil
    }

    func text(from start: Int, to end: Int) -> String { String(decoding: bytes[start..<end], as: UTF8.self) }

    // MARK: Errors

    mutating func note(_ message: String) {
        let start = offset
        skip()
        if offset > furthest.offset { furthest = (offset, message) }
        offset = start
    }

    /// The error to report when nothing fits; `message` says what was missing here.
    mutating func failure(_ message: String) -> GuardError {
        note(message)
        let place = place(of: furthest.offset)
        return GuardError(kind: .syntax, message: furthest.message, line: place.line, column: place.column)
    }

    /// An error in something that was understood, here and not elsewhere.
    func error(_ message: String, at offset: Int) -> GuardError {
        let place = place(of: offset)
        return GuardError(kind: .syntax, message: message, line: place.line, column: place.column)
    }

    func place(of offset: Int) -> Place {
        let offset = min(max(offset, 0), bytes.count)
        // The first line that starts after the place, by halving.
        var range = 0..<lineStarts.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            range = lineStarts[middle] <= offset ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        let start = lineStarts[range.lowerBound - 1]
        let inside = continuations.isEmpty ? 0 : Int(continuations[offset] - continuations[start])
        return Place(line: range.lowerBound, column: 1 + offset - start - inside)
    }

    // MARK: Spaces

    /// Spaces, line ends and comments.
    mutating func skip() {
        while let byte = next {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): offset += 1
            case UInt8(ascii: "#"):
                while let byte = next, byte != UInt8(ascii: "\n") { offset += 1 }
            default: return
            }
        }
    }

    mutating func skipBlanks() {
        while let byte = next, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { offset += 1 }
    }

    // MARK: Words

    mutating func eat(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard offset + count <= bytes.count else { return false }
        let isHere = text.withUTF8Buffer { $0.elementsEqual(bytes[offset..<offset + count]) }
        if isHere { offset += count }
        return isHere
    }

    /// A word that no letter, digit or underscore follows.
    mutating func eatWord(_ word: StaticString) -> Bool {
        let start = offset
        guard eat(word) else { return false }
        if let next, isNameByte(next) {
            offset = start
            return false
        }
        return true
    }

    /// Names begin with an ASCII letter; letters of other scripts may follow.
    mutating func eatName() -> String? {
        guard let first = next, isLetter(first) else { return nil }
        let start = offset
        while let byte = next, isNameByte(byte) { offset += 1 }
        return text(from: start, to: offset)
    }

    /// Up to a closing delimiter; a backslash before one takes it in, and is dropped itself.
    mutating func eatDelimited(_ delimiter: UInt8) -> String? {
        guard next == delimiter else { return nil }
        let start = offset
        var content: [UInt8] = []
        offset += 1
        while let byte = next {
            offset += 1
            if byte == delimiter { return String(decoding: content, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), next == delimiter {
                content.append(delimiter)
                offset += 1
            } else {
                content.append(byte)
            }
        }
        offset = start
        return nil
    }
}

func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: false
    }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

func isNameByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
}
