import CZlib

/// Packs bytes as `DeflatedBytes` unpacks them: zlib, then Base64 without padding.
enum Deflate {
    /// The bytes as an expression in Swift.
    static func expression(_ bytes: [UInt8]) -> String {
        "DeflatedBytes(base64: \"\(base64(bytes))\", count: \(bytes.count))"
    }

    static func base64(_ bytes: [UInt8]) -> String { encode(deflate(bytes)) }

    private static func deflate(_ bytes: [UInt8]) -> [UInt8] {
        var length = compressBound(uLong(bytes.count))
        return [UInt8](unsafeUninitializedCapacity: Int(length)) { room, filled in
            let code = compress2(room.baseAddress, &length, bytes, uLong(bytes.count), Z_BEST_COMPRESSION)
            precondition(code == Z_OK, "out of memory")
            filled = Int(length)
        }
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var pending = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            pending += 8
            while pending >= 6 {
                pending -= 6
                text.append(digits[Int(bits >> UInt32(pending) & 63)])
            }
        }
        if pending > 0 { text.append(digits[Int(bits << UInt32(6 - pending) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
