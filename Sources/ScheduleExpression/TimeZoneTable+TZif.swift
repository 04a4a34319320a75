extension TimeZoneTable {
    /// Reads a TZif file of version 1 to 4 (RFC 9636); nil when it is damaged.
    ///
    /// ```
    /// header: "TZif" version 15 unused, six counts of 4 bytes: isut, isstd, leap, time, type, char
    /// data:   time × (4 or 8) bytes, time × 1 byte, type × 6 bytes, char bytes, leap × (4 or 8) + 4, isstd, isut
    /// ```
    /// From version 2 on a second header and its data with times of 8 bytes follow, then `\n`, the rule and `\n`.
    init?(tzif bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let first = TZifHeader(&reader) else { return nil }
        guard first.version >= 2 else {
            guard let data = TZifData(&reader, first, timeSize: 4) else { return nil }
            self.init(initial: data.initial, transitions: data.transitions, rule: nil)
            return
        }
        guard reader.skip(first.dataSize(timeSize: 4)), let second = TZifHeader(&reader),
            let data = TZifData(&reader, second, timeSize: 8), let footer = reader.line()
        else { return nil }
        let rule = PosixTimeZone(footer)
        guard rule != nil || footer.isEmpty else { return nil }
        self.init(initial: data.initial, transitions: data.transitions, rule: rule)
    }
}

private struct TZifHeader {
    let version: Int
    let counts: [Int]

    init?(_ reader: inout ByteReader) {
        guard reader.take(4).map({ $0.elementsEqual("TZif".utf8) }) == true, let version = reader.integer(1),
            reader.skip(15)
        else { return nil }
        // A zero byte, or the digit.
        self.version = version == 0 ? 1 : Int(version) - 48
        var counts: [Int] = []
        for _ in 0..<6 {
            guard let count = reader.integer(4), count >= 0 else { return nil }
            counts.append(Int(count))
        }
        self.counts = counts
        guard typeCount > 0 else { return nil }
    }

    var timeCount: Int { counts[3] }
    var typeCount: Int { counts[4] }

    /// What stands behind the types; of no use here.
    func restSize(timeSize: Int) -> Int { counts[5] + counts[2] * (timeSize + 4) + counts[1] + counts[0] }

    func dataSize(timeSize: Int) -> Int { timeCount * (timeSize + 1) + typeCount * 6 + restSize(timeSize: timeSize) }
}

private struct TZifData {
    let initial: Int
    let transitions: [ZonePeriod]

    init?(_ reader: inout ByteReader, _ header: TZifHeader, timeSize: Int) {
        guard let times = reader.take(header.timeCount * timeSize), let types = reader.take(header.timeCount),
            let kinds = reader.take(header.typeCount * 6), reader.skip(header.restSize(timeSize: timeSize))
        else { return nil }
        var offsets: [Int] = []
        var kindReader = ByteReader(Array(kinds))
        while let offset = kindReader.integer(4), kindReader.skip(2) { offsets.append(Int(offset)) }
        var transitions: [ZonePeriod] = []
        var timeReader = ByteReader(Array(times))
        for type in types {
            guard let time = timeReader.integer(timeSize), Int(type) < offsets.count,
                time > transitions.last?.start ?? .min
            else { return nil }
            transitions.append(ZonePeriod(start: time, offset: offsets[Int(type)]))
        }
        initial = offsets[0]
        self.transitions = transitions
    }
}

private struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.count - position else { return nil }
        position += count
        return bytes[position - count..<position]
    }

    mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    /// Big-endian, with a sign from 4 bytes on.
    mutating func integer(_ size: Int) -> Int64? {
        guard let bytes = take(size) else { return nil }
        let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return size == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }

    /// What stands between two line feeds.
    mutating func line() -> String? {
        guard take(1)?.first == 0x0A, let end = bytes[position...].firstIndex(of: 0x0A) else { return nil }
        return take(end - position).map { String(decoding: $0, as: UTF8.self) }
    }
}
