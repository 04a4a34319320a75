/// SipHash-2-4: a keyed code for short texts, at a fiftieth of what HMAC with SHA-256 costs. Whoever sees codes cannot make
/// one without the key.
///
/// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
struct SipHash: Sendable {
    private let key: (UInt64, UInt64)

    /// - Parameter key: 16 bytes of it are used.
    init(key bytes: [UInt8]) {
        precondition(bytes.count >= 16, "a key has 16 bytes")
        key = (Self.word(bytes[0..<8]), Self.word(bytes[8..<16]))
    }

    func code(_ bytes: [UInt8]) -> UInt64 {
        var state = State(key)
        var start = 0
        bytes.withUnsafeBytes { bytes in
            while bytes.count - start >= 8 {
                state.take(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)))
                start += 8
            }
        }
        state.take(Self.word(bytes[start...]) | UInt64(truncatingIfNeeded: bytes.count) << 56)
        return state.end()
    }

    /// The least significant byte comes first.
    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private struct State {
        private var a, b, c, d: UInt64

        init(_ key: (UInt64, UInt64)) {
            a = key.0 ^ 0x736f_6d65_7073_6575
            b = key.1 ^ 0x646f_7261_6e64_6f6d
            c = key.0 ^ 0x6c79_6765_6e65_7261
            d = key.1 ^ 0x7465_6462_7974_6573
        }

        mutating func take(_ word: UInt64) {
            d ^= word
            for _ in 0..<2 { mix() }
            a ^= word
        }

        mutating func end() -> UInt64 {
            c ^= 0xFF
            for _ in 0..<4 { mix() }
            return a ^ b ^ c ^ d
        }

        private mutating func mix() {
            a &+= b
            b = b << 13 | b >> 51
            b ^= a
            a = a << 32 | a >> 32
            c &+= d
            d = d << 16 | d >> 48
            d ^= c
            a &+= d
            d = d << 21 | d >> 43
            d ^= a
            c &+= b
            b = b << 17 | b >> 47
            b ^= c
            c = c << 32 | c >> 32
        }
    }
}
