import Glibc
import Synchronization

/// The source of ids and keys. With a seed it gives the same row again, so that a run can be repeated; without one it is
/// the system's.
public final class Randomness: Sendable {
    /// SplitMix64 (Steele, Lea, Flood 2014): enough for ids, never used for keys unless a seed was asked for.
    private struct SplitMix64 {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private let seeded: Mutex<SplitMix64?>
    /// Asking the system for many bytes at once costs one call in place of many.
    private let drawn = Mutex<[UInt64]>([])
    /// With the word that is used at once these are the 256 bytes that `getentropy` gives at most.
    private static let drawnWords = 31

    public init(seed: UInt64?) {
        seeded = Mutex(seed.map(SplitMix64.init))
    }

    public func next() -> UInt64 {
        if let next = seeded.withLock({ $0?.next() }) { return next }
        return drawn.withLock { drawn in
            if let word = drawn.popLast() { return word }
            var words = [UInt64](repeating: 0, count: Self.drawnWords + 1)
            let isFilled = words.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) == 0 }
            precondition(isFilled, "the system gives no randomness")
            drawn = Array(words.dropLast())
            return words[Self.drawnWords]
        }
    }

    public func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count { withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0) } }
        return Array(bytes.prefix(count))
    }

    /// A version 4 UUID in lower case (RFC 9562 section 5.4).
    public func uuid() -> String {
        let high = next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                let word = digit < 16 ? high : low
                text[place] = digits.utf8Start[Int(word >> UInt64(60 - 4 * (digit % 16)) & 15)]
                place += 1
            }
            return 36
        }
    }

    /// Capital letters and digits, as AWS's unique ids are made of.
    public func identifier(length: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        return String((0..<length).map { _ in alphabet[Int(next() & 31)] })
    }
}
