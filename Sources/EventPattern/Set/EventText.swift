/// A place in an event's JSON text, and how to get on from it without looking at what is passed.
///
/// The text is taken for JSON; where it is none, the functions say so or stop at its end.
struct EventText {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The byte here, or 0 at the end.
    @inline(__always)
    var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

    @inline(__always)
    mutating func advance() { position += 1 }

    @inline(__always)
    mutating func skipSpace() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    @inline(__always)
    func slice(from start: Int, to end: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[start..<end])
    }

    /// What stands between quotes, as it is written.
    struct Quoted {
        let bytes: UnsafeBufferPointer<UInt8>
        let hasEscapes: Bool
        let hasDots: Bool
    }

    /// A name; `hasDots` is only known of names.
    @inline(__always)
    mutating func name() -> Quoted? {
        guard byte == UInt8(ascii: "\"") else { return nil }
        let start = position + 1
        var hasEscapes = false
        var hasDots = false
        position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return Quoted(
                    bytes: slice(from: start, to: position - 1), hasEscapes: hasEscapes, hasDots: hasDots)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                position += 1
            } else if byte == FieldTree.dot {
                hasDots = true
            }
            position += 1
        }
        return nil
    }

    @inline(__always)
    mutating func string() -> Quoted? {
        let start = position + 1
        guard let hasEscapes = skipString() else { return nil }
        return Quoted(bytes: slice(from: start, to: position - 1), hasEscapes: hasEscapes, hasDots: false)
    }

    /// From a quote to behind the next one. The answer is whether there were escapes, or nil where the text ends before.
    @inline(__always)
    mutating func skipString() -> Bool? {
        var hasEscapes = false
        var place = position + 1
        while true {
            place = next(from: place) { Self.has($0, UInt8(ascii: "\"")) | Self.has($0, UInt8(ascii: "\\")) }
            guard place < bytes.count else { break }
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\"") {
                position = place
                return hasEscapes
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                place += 1
            }
        }
        position = bytes.count
        return nil
    }

    /// A number, `true`, `false` or `null`.
    @inline(__always)
    mutating func token() -> UnsafeBufferPointer<UInt8> {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0...0x20:
                return slice(from: start, to: position)
            default: position += 1
            }
        }
        return slice(from: start, to: position)
    }

    /// Whether there was a value.
    @inline(__always)
    mutating func skipValue() -> Bool {
        switch byte {
        case UInt8(ascii: "\""): return skipString() != nil
        case UInt8(ascii: "{"), UInt8(ascii: "["): return skipContainer()
        default: return !token().isEmpty
        }
    }

    /// From a bracket to behind the one that closes it, at whatever depth.
    mutating func skipContainer() -> Bool {
        var place = position
        var depth = 0
        var isInString = false
        while place < bytes.count {
            guard place + 8 <= bytes.count, let word = word(at: place), Self.each(word, UInt8(ascii: "\\")) == 0 else {
                // Near the end, or where something is escaped: one byte.
                let byte = bytes[place]
                if byte == UInt8(ascii: "\\"), isInString {
                    place += 1
                } else if byte == UInt8(ascii: "\"") {
                    isInString.toggle()
                } else if !isInString {
                    depth += Self.depthChange(byte)
                }
                place += 1
                if depth == 0 {
                    position = place
                    return true
                }
                continue
            }
            let quotes = Self.each(word, UInt8(ascii: "\""))
            // With these bits on, all brackets and few other bytes are 0x7F.
            var found = quotes | Self.each(word | Self.everywhere(0x26), 0x7F)
            while found != 0 {
                let bit = found.trailingZeroBitCount
                if quotes >> UInt64(bit) & 1 == 1 {
                    isInString.toggle()
                } else if !isInString {
                    depth += Self.depthChange(UInt8(truncatingIfNeeded: word >> UInt64(bit - 7)))
                    if depth == 0 {
                        position = place + bit / 8 + 1
                        return true
                    }
                }
                found &= found - 1
            }
            place += 8
        }
        position = bytes.count
        return false
    }

    @inline(__always)
    private static func depthChange(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): -1
        default: 0
        }
    }

    // MARK: Eight bytes at a time

    /// The next place where something may be looked for, or some place near the end.
    ///
    /// - Parameter find: gives a number whose lowest bit that is on lies in the first byte that is looked for, or 0.
    @inline(__always)
    private func next(from start: Int, _ find: (UInt64) -> UInt64) -> Int {
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return start }
        var place = start
        while place + 8 <= bytes.count {
            let found = find(UInt64(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
            if found != 0 { return place + found.trailingZeroBitCount / 8 }
            place += 8
        }
        return place
    }

    @inline(__always)
    private func word(at place: Int) -> UInt64? {
        UnsafeRawPointer(bytes.baseAddress).map {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        }
    }

    /// The highest bit of each byte that is this one, and no other.
    @inline(__always)
    private static func each(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ everywhere(byte)
        return ~((difference & everywhere(0x7F)) &+ everywhere(0x7F) | difference | everywhere(0x7F))
    }

    @inline(__always)
    private static func everywhere(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

    /// The lowest bit that is on lies in the first of the eight bytes that is this one. (Those above may be wrong.)
    @inline(__always)
    private static func has(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ everywhere(byte)
        return (difference &- everywhere(0x01)) & ~difference & everywhere(0x80)
    }
}
