/// Base64 with the standard alphabet and padding (RFC 4648 section 4).
public enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    public static func encode(_ bytes: [UInt8]) -> String {
        let count = (bytes.count + 2) / 3 * 4
        let alphabet = alphabet.utf8Start
        return String(unsafeUninitializedCapacity: count) { text in
            var place = 0
            var start = 0
            while start < bytes.count {
                let left = min(3, bytes.count - start)
                var bits = UInt32(bytes[start]) << 16
                if left > 1 { bits |= UInt32(bytes[start + 1]) << 8 }
                if left > 2 { bits |= UInt32(bytes[start + 2]) }
                text[place] = alphabet[Int(bits >> 18)]
                text[place + 1] = alphabet[Int(bits >> 12 & 63)]
                text[place + 2] = left > 1 ? alphabet[Int(bits >> 6 & 63)] : UInt8(ascii: "=")
                text[place + 3] = left > 2 ? alphabet[Int(bits & 63)] : UInt8(ascii: "=")
                place += 4
                start += 3
            }
            return count
        }
    }

    /// Nil for what is not base64.
    public static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8(decode)
    }

    private static func decode(_ symbols: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard symbols.count.isMultiple(of: 4) else { return nil }
        var end = symbols.count
        while end > 0, symbols[end - 1] == UInt8(ascii: "=") { end -= 1 }
        guard symbols.count - end <= 2 else { return nil }
        var isBroken = false
        let bytes = [UInt8](unsafeUninitializedCapacity: symbols.count / 4 * 3) { bytes, count in
            var bits: UInt32 = 0
            for offset in 0..<end {
                guard let value = value(of: symbols[offset]) else {
                    isBroken = true
                    return
                }
                bits = bits << 6 | value
                if offset % 4 == 3 {
                    bytes[count] = UInt8(bits >> 16 & 255)
                    bytes[count + 1] = UInt8(bits >> 8 & 255)
                    bytes[count + 2] = UInt8(bits & 255)
                    count += 3
                }
            }
            switch symbols.count - end {
            case 1:
                bytes[count] = UInt8(bits >> 10 & 255)
                bytes[count + 1] = UInt8(bits >> 2 & 255)
                count += 2
            case 2:
                bytes[count] = UInt8(bits >> 4 & 255)
                count += 1
            default: break
            }
        }
        return isBroken ? nil : bytes
    }

    private static func value(of symbol: UInt8) -> UInt32? {
        switch symbol {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(symbol - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(symbol - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(symbol - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
