import Glibc

/// A range of IP addresses, `10.0.0.0/24` or `2001:db8::/32`.
struct AddressRange: Sendable, Hashable {
    /// Of the network, 4 or 16.
    let bytes: [UInt8]
    /// How many bits of an address must be the same.
    let bits: Int

    init(_ text: String) throws(PatternError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw PatternError("Malformed CIDR, one '/' required") }
        guard let bits = Int(parts[1]) else { throw PatternError("Malformed CIDR, mask bits must be an integer") }
        guard bits >= 0 else { throw PatternError("Malformed CIDR, mask bits must not be negative") }
        guard let bytes = Self.address(parts[0]) else { throw PatternError("Nonstandard IP address: \(parts[0])") }
        guard bits <= bytes.count * 8 else {
            throw PatternError(bytes.count == 4 ? "IPv4 mask bits must be < 32" : "IPv6 mask bits must be < 128")
        }
        self.bytes = bytes
        self.bits = bits
    }

    /// The one address, however it is written; nil unless there are several ways to write it.
    init?(literal text: String) {
        guard text.utf8.contains(UInt8(ascii: ":")), let bytes = Self.address(text) else { return nil }
        self.bytes = bytes
        bits = bytes.count * 8
    }

    func contains(_ text: String) -> Bool {
        guard let other = Self.address(text), other.count == bytes.count else { return false }
        return (0..<bits).allSatisfy { bit in (bytes[bit / 8] ^ other[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0 }
    }

    private static let longestText = 45

    /// The 4 or 16 bytes of an address; nil for any other text.
    static func address(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= longestText, !text.utf8.contains(0) else { return nil }
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }

    /// As above, without a thought for what cannot be one.
    static func address(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count <= longestText, let first = text.first else { return nil }
        let isHexadecimal = first &- 0x30 < 10 || (first | 0x20) &- 0x61 < 6
        guard isHexadecimal || first == UInt8(ascii: ":") else { return nil }
        return address(String(decoding: text, as: UTF8.self))
    }
}
