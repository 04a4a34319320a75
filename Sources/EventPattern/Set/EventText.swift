import CScan

/// A place in an event's JSON text, and how to get on from it without looking at what is passed.
///
/// The text is taken for JSON; where it is none, the functions say so or stop at its end.
struct EventText {
    /// What a text is looked at in. A shorter one must be filled up with space.
    static let blockSize = 64

    private let base: UnsafePointer<UInt8>
    private let count: Int
    private(set) var position = 0

    /// nil for less than a block.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= Self.blockSize, let base = bytes.baseAddress else { return nil }
        self.base = base
        count = bytes.count
    }

    /// The byte here, or 0 at the end.
    @inline(__always)
    var byte: UInt8 { position < count ? base[position] : 0 }

    @inline(__always)
    mutating func advance() { position += 1 }

    @inline(__always)
    mutating func skipSpace() {
        while position < count, base[position] <= 0x20 { position += 1 }
    }

    /// What stands between quotes, as it is written.
    struct Quoted {
        let bytes: UnsafeBufferPointer<UInt8>
        let hasEscapes: Bool
        let hasDots: Bool
    }

    /// From a quote to behind the next one, or nil where the text ends before.
    @inline(__always)
    mutating func quoted() -> Quoted? {
        let start = position + 1
        var place = start
        var hasEscapes = false
        var hasDots = false
        while place < count {
            let (bytes, passed) = next16(place)
            let quotes = scan_equal16(bytes, UInt8(ascii: "\"")) >> passed
            let stops = quotes | scan_equal16(bytes, UInt8(ascii: "\\")) >> passed
            let dots = scan_equal16(bytes, FieldTree.dot) >> passed
            // Those before the first stop.
            hasDots = hasDots || dots & ~stops & (stops &- 1) != 0
            guard stops != 0 else {
                place += 16 - Int(passed)
                continue
            }
            place += stops.trailingZeroBitCount + 1
            if quotes & stops & ~(stops &- 1) != 0 {
                position = place
                let bytes = UnsafeBufferPointer(start: base + start, count: place - 1 - start)
                return Quoted(bytes: bytes, hasEscapes: hasEscapes, hasDots: hasDots)
            }
            hasEscapes = true
            place += 1
        }
        position = count
        return nil
    }

    /// A number, `true`, `false` or `null`; empty where there is none.
    @inline(__always)
    mutating func token() -> UnsafeBufferPointer<UInt8> {
        let start = position
        while position < count {
            let (bytes, passed) = next16(position)
            let stops =
                (scan_equal16(bytes, UInt8(ascii: ",")) | scan_equal16(bytes, UInt8(ascii: "}"))
                    | scan_equal16(bytes, UInt8(ascii: "]")) | scan_most16(bytes, 0x20)) >> passed
            position += stops == 0 ? 16 - Int(passed) : stops.trailingZeroBitCount
            if stops != 0 { break }
        }
        return UnsafeBufferPointer(start: base + start, count: position - start)
    }

    /// Whether there was a value.
    @inline(__always)
    mutating func skipValue() -> Bool {
        switch byte {
        case UInt8(ascii: "\""): return quoted() != nil
        case UInt8(ascii: "{"), UInt8(ascii: "["): return skipContainer()
        default: return !token().isEmpty
        }
    }

    /// From a bracket to behind the one that closes it, at whatever depth.
    mutating func skipContainer() -> Bool {
        var depth = 0
        // All bits are on where a string reaches into a block.
        var inString: UInt64 = 0
        var startsEscaped = false
        while position < count {
            let start = min(position, count - Self.blockSize)
            let bytes = base + start
            let passed = UInt64(position - start)
            let escapes = scan_equal64(bytes, UInt8(ascii: "\\"), 0) &>> passed
            var quotes = scan_equal64(bytes, UInt8(ascii: "\""), 0) &>> passed
            if escapes != 0 || startsEscaped { quotes &= ~Self.escaped(escapes, &startsEscaped) }
            let strings = Self.between(quotes) ^ inString
            inString = 0 &- strings >> 63
            let opening = scan_equal64(bytes, UInt8(ascii: "["), 0x20) &>> passed & ~strings
            let closing = scan_equal64(bytes, UInt8(ascii: "]"), 0x20) &>> passed & ~strings
            var brackets = opening | closing
            while brackets != 0 {
                depth += opening & brackets & (0 &- brackets) != 0 ? 1 : -1
                if depth == 0 {
                    position += brackets.trailingZeroBitCount + 1
                    return true
                }
                brackets &= brackets - 1
            }
            position += Self.blockSize - Int(passed)
        }
        return false
    }

    // MARK: Blocks

    /// Where to look at 16 bytes, and how many of them are passed already: near the end of the text.
    @inline(__always)
    private func next16(_ place: Int) -> (bytes: UnsafePointer<UInt8>, passed: UInt16) {
        let start = min(place, count - 16)
        return (base + start, UInt16(truncatingIfNeeded: place - start))
    }

    /// The bytes that stand behind a backslash which itself does not.
    private static func escaped(_ backslashes: UInt64, _ startsEscaped: inout Bool) -> UInt64 {
        var escaped: UInt64 = startsEscaped ? 1 : 0
        var left = backslashes & ~escaped
        startsEscaped = false
        while left != 0 {
            let first = left & (0 &- left)
            escaped |= first << 1
            startsEscaped = first >> 63 == 1
            left &= ~(first | first << 1)
        }
        return escaped
    }

    /// The bits from each first quote to before each second one.
    @inline(__always)
    private static func between(_ quotes: UInt64) -> UInt64 {
        var bits = quotes
        bits ^= bits << 1
        bits ^= bits << 2
        bits ^= bits << 4
        bits ^= bits << 8
        bits ^= bits << 16
        return bits ^ bits << 32
    }
}
