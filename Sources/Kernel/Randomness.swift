import Glibc
import Synchronization

/// The source of ids and keys. With a seed it gives the same row again, so that a run can be repeated; without one keys are
/// the system's, and ids begin at a place that the system drew.
///
/// Ids are numbers of SplitMix64 (Steele, Lea, Flood 2014), whose state only counts up: lanes that draw at the same time
/// do not wait for each other.
public final class Randomness: Sendable {
    private let state: Atomic<UInt64>
    private let isSeeded: Bool

    public init(seed: UInt64?) {
        isSeeded = seed != nil
        state = Atomic(seed ?? Self.entropy(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// A number for an id: nobody can foresee it, but who sees many may compute the next.
    public func next() -> UInt64 {
        var mixed = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Bytes for a key.
    public func bytes(_ count: Int) -> [UInt8] {
        guard isSeeded else { return Self.entropy(count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count { withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0) } }
        return Array(bytes.prefix(count))
    }

    /// - Parameter count: 256 at most, which the system gives at once.
    private static func entropy(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            precondition(getentropy(bytes.baseAddress, count) == 0, "the system gives no randomness")
            filled = count
        }
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
