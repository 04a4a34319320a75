/// What a JSON string with escapes stands for.
enum Unescaping {
    private static let replacement: UInt32 = 0xFFFD

    /// Whether all escapes are such. Half a surrogate pair becomes U+FFFD, as in `JSON(parsing:)`.
    static func unescape(_ text: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
        output.removeAll(keepingCapacity: true)
        var place = 0
        while place < text.count {
            let byte = text[place]
            place += 1
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                continue
            }
            guard place < text.count else { return false }
            let escape = text[place]
            place += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(escape)
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(text, &place) else { return false }
                if let encoded = UTF8.encode(scalar) { output.append(contentsOf: encoded) }
            default: return false
            }
        }
        return true
    }

    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Unicode.Scalar? {
        guard let unit = unit(text, place) else { return nil }
        place += 4
        if unit & 0xFC00 == 0xD800, place + 1 < text.count, text[place] == UInt8(ascii: "\\"),
            text[place + 1] == UInt8(ascii: "u"), let low = Self.unit(text, place + 2), low & 0xFC00 == 0xDC00
        {
            place += 6
            return Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF))
        }
        return Unicode.Scalar(unit) ?? Unicode.Scalar(replacement)
    }

    private static func unit(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> UInt32? {
        guard place + 4 <= text.count else { return nil }
        var unit: UInt32 = 0
        for byte in text[place..<place + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return unit
    }
}
