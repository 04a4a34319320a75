/// Texts that differ in case only have the same folded text.
///
/// Upper case first, then lower, scalar by scalar: `ß` and `SS`, `ΰ` and its three-scalar capital fall together.
enum CaseFolding {
    static func folded(_ text: String) -> [UInt8] {
        var text = text
        var output: [UInt8] = []
        text.withUTF8 { fold($0, into: &output) }
        return output
    }

    /// What is no UTF-8 becomes U+FFFD, on both sides.
    static func fold(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        output.removeAll(keepingCapacity: true)
        for byte in bytes {
            if byte >= 0x80 { return foldScalars(bytes, into: &output) }
            output.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
        }
    }

    private static func foldScalars(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        output.removeAll(keepingCapacity: true)
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            for upper in scalar.properties.uppercaseMapping.unicodeScalars {
                output.append(contentsOf: upper.properties.lowercaseMapping.utf8)
            }
        }
    }
}
