import Glibc

/// A range of IP addresses, `10.0.0.0/24` or `2001:db8::/32`.
struct AddressRange: Sendable {
    private let bytes: [UInt8]
    private let bits: Int

    init(_ text: String) throws(PatternError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw PatternError("Malformed CIDR, one '/' required") }
        guard let bits = Int(parts[1]) else { throw PatternError("Malformed CIDR, mask bits must be an integer") }
        guard let bytes = Self.bytes(parts[0]) else { throw PatternError("Nonstandard IP address: \(parts[0])") }
        guard bits >= 0 else { throw PatternError("Malformed CIDR, mask bits must not be negative") }
        guard bits <= bytes.count * 8 else {
            throw PatternError(
                bytes.count == 4 ? "IPv4 mask bits must be < 32" : "IPv6 mask bits must be < 128")
        }
        self.bytes = bytes
        self.bits = bits
    }

    func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(address), other.count == bytes.count else { return false }
        return (0..<bits).allSatisfy { bit in (bytes[bit / 8] ^ other[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0 }
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }
}
