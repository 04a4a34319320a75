extension JSON {
    /// Takes the escapes out of what stands between the quotes of a string.
    ///
    /// - Parameter text: is given the result, in the memory that it has.
    /// - Returns: whether all escapes are such. Half a surrogate pair becomes U+FFFD, as in `JSON(parsing:)`.
    public static func unescape(_ raw: UnsafeBufferPointer<UInt8>, into text: inout [UInt8]) -> Bool {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: repeatElement(0, count: raw.count))
        let count = text.withUnsafeMutableBufferPointer { text -> Int? in
            var unescaping = JSONUnescaping(raw, from: 0, to: raw.count, into: text)
            do { try unescaping.run() } catch { return nil }
            return unescaping.count
        }
        guard let count else { return false }
        text.removeLast(raw.count - count)
        return true
    }
}

/// Takes the escapes out of the inside of a string.
struct JSONUnescaping {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset: Int
    private let end: Int
    private let text: UnsafeMutableBufferPointer<UInt8>
    /// So many bytes of the text are written.
    private(set) var count = 0

    /// - Parameters:
    ///   - bytes: the whole document, since errors say where they are in it.
    ///   - text: has space for all that stands from `start` to `end`.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, into text: UnsafeMutableBufferPointer<UInt8>
    ) {
        self.bytes = bytes
        self.end = end
        self.text = text
        offset = start
    }

    mutating func run() throws(JSONError) {
        while offset < end {
            let next = min(bytes.firstSpecial(from: offset), end)
            count = text[count...].initialize(fromContentsOf: bytes[offset..<next])
            offset = next
            guard offset < end else { return }
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\\") { try escape() } else { put(byte) }
        }
    }

    private mutating func put(_ byte: UInt8) {
        text.initializeElement(at: count, to: byte)
        count += 1
    }

    private func error(_ message: String) -> JSONError { JSONError(message: message, offset: offset) }

    private mutating func escape() throws(JSONError) {
        guard offset < end else { throw error("the text ends inside a string") }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): put(byte)
        case UInt8(ascii: "b"): put(0x08)
        case UInt8(ascii: "f"): put(0x0C)
        case UInt8(ascii: "n"): put(0x0A)
        case UInt8(ascii: "r"): put(0x0D)
        case UInt8(ascii: "t"): put(0x09)
        case UInt8(ascii: "u"): for byte in UTF8.encode(try scalar()) ?? UTF8.encodedReplacementCharacter { put(byte) }
        default: throw error("no escape is written like this")
        }
    }

    /// A lone surrogate has no UTF-8; it becomes U+FFFD, as RFC 8259 section 8.2 leaves open.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let unit = try hexUnit()
        if unit & 0xFC00 == 0xD800, offset + 1 < end, bytes[offset] == UInt8(ascii: "\\"),
            bytes[offset + 1] == UInt8(ascii: "u")
        {
            let mark = offset
            offset += 2
            let low = try hexUnit()
            if low & 0xFC00 == 0xDC00,
                let scalar = Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF))
            {
                return scalar
            }
            offset = mark
        }
        return Unicode.Scalar(unit) ?? "\u{FFFD}"
    }

    private mutating func hexUnit() throws(JSONError) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw error("four hexadecimal digits should stand here") }
        var unit: UInt32 = 0
        for byte in bytes[offset..<offset + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: throw error("four hexadecimal digits should stand here")
            }
        }
        offset += 4
        return unit
    }
}
