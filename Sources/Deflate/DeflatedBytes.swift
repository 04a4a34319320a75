import CZlib

/// What the build packed into the binary, with zlib and then in Base64, and that is unpacked when it is asked for.
///
/// The build makes one of every file under `Schema/` whose name says `.deflated.`, of the migrations and of the empty store.
/// The bytes are not kept: whoever needs them again keeps what was read from them.
public struct DeflatedBytes: Sendable {
    private let packed: StaticString
    private let count: Int

    /// - Parameter count: The bytes there were before they were packed.
    public init(base64 packed: StaticString, count: Int) {
        self.packed = packed
        self.count = count
    }

    public var bytes: [UInt8] {
        let deflated = packed.withUTF8Buffer(Self.decode)
        return [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            var length = uLongf(count)
            let code = uncompress(room.baseAddress, &length, deflated, uLong(deflated.count))
            // The build packed it, so that only a broken build can get here.
            precondition(code == Z_OK && Int(length) == count, "what the build embedded does not unpack")
            filled = count
        }
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var pending = 0
        for character in text {
            let value: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            default: value = 63
            }
            bits = bits << 6 | UInt32(value)
            pending += 6
            guard pending >= 8 else { continue }
            pending -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(pending)))
        }
        return bytes
    }
}
