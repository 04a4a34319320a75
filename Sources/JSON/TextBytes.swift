extension UnsafeBufferPointer<UInt8> {
    /// The place of the first byte from `start` on that stands for itself in no string of a JSON text, or that this writer
    /// escapes all the same: a control character, a quote, a backslash, DEL. The end where there is none.
    func firstSpecial(from start: Int) -> Int {
        var offset = start
        let raw = UnsafeRawBufferPointer(self)
        // Eight bytes at a time: the lowest bit that is set belongs to the first byte that is meant, whatever the others are
        // (Hacker's Delight, "Find First 0-Byte").
        while offset + 8 <= count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let found =
                (word &- Self.each(0x20)) & ~word | Self.zeros(word ^ Self.each(0x22))
                | Self.zeros(word ^ Self.each(0x5C))
                | Self.zeros(word ^ Self.each(0x7F))
            if found & Self.each(0x80) != 0 { return offset + (found & Self.each(0x80)).trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < count {
            let byte = self[offset]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F { return offset }
            offset += 1
        }
        return count
    }

    var isASCII: Bool {
        var offset = 0
        var all: UInt64 = 0
        let raw = UnsafeRawBufferPointer(self)
        while offset + 8 <= count {
            all |= raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        while offset < count {
            all |= UInt64(self[offset])
            offset += 1
        }
        return all & Self.each(0x80) == 0
    }

    private static func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- each(1)) & ~word }
}
