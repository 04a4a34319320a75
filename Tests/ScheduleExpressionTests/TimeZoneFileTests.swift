import Testing

@testable import ScheduleExpression

@Suite struct TimeZoneFileTests {
    /// Big-endian bytes.
    private static func bytes(_ value: Int64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> Int64(8 * (count - 1 - $0))) }
    }

    /// A header and a block of two types, UTC+1 and UTC+2, with changes at the given times.
    private static func block(version: Character, timeSize: Int, times: [(Int64, UInt8)]) -> [UInt8] {
        var bytes =
            Array("TZif".utf8) + [version == "1" ? 0 : version.asciiValue ?? 0] + [UInt8](repeating: 0, count: 15)
        for count in [0, 0, 0, Int64(times.count), 2, 4] { bytes += Self.bytes(count, 4) }
        for (time, _) in times { bytes += Self.bytes(time, timeSize) }
        bytes += times.map(\.1)
        bytes += Self.bytes(3600, 4) + [0, 0] + Self.bytes(7200, 4) + [1, 0]
        return bytes + Array("CET\0".utf8)
    }

    private static func file(version: Character, footer: String = "CET-1CEST,M3.5.0,M10.5.0/3") -> [UInt8] {
        let times: [(Int64, UInt8)] = [(1000, 1), (2000, 0)]
        let first = block(version: version, timeSize: 4, times: times)
        guard version != "1" else { return first }
        return first + block(version: version, timeSize: 8, times: [(-5_000_000_000, 1)] + times)
            + Array("\n\(footer)\n".utf8)
    }

    @Test func version1HasNoRule() {
        let table = TimeZoneTable(tzif: Self.file(version: "1"))
        #expect(table?.initial == 3600)
        #expect(table?.transitions == [ZonePeriod(start: 1000, offset: 7200), ZonePeriod(start: 2000, offset: 3600)])
        #expect(table?.rule == nil)
    }

    @Test(arguments: ["2", "3", "4"] as [Character])
    func laterVersionsAreReadFromTheSecondBlock(version: Character) {
        let table = TimeZoneTable(tzif: Self.file(version: version))
        #expect(table?.transitions.map(\.start) == [-5_000_000_000, 1000, 2000])
        #expect(table?.rule?.standard == 3600)
    }

    @Test func aFileMayHaveNoRule() {
        let table = TimeZoneTable(tzif: Self.file(version: "2", footer: ""))
        #expect(table != nil)
        #expect(table?.rule == nil)
    }

    @Test func damagedFilesAreNoticed() {
        let whole = Self.file(version: "2")
        for count in 0..<whole.count {
            #expect(TimeZoneTable(tzif: Array(whole.prefix(count))) == nil, "\(count) bytes")
        }
        #expect(TimeZoneTable(tzif: Self.file(version: "2", footer: "CET-1CEST")) == nil)
        var order = Self.block(version: "1", timeSize: 4, times: [(2000, 1), (1000, 0)])
        #expect(TimeZoneTable(tzif: order) == nil)
        order = Self.block(version: "1", timeSize: 4, times: [(2000, 2)])
        #expect(TimeZoneTable(tzif: order) == nil)
        // Every byte in turn turned over: an error or a table, never a crash.
        for index in whole.indices {
            var bytes = whole
            bytes[index] ^= 0xFF
            _ = TimeZoneTable(tzif: bytes)
        }
    }

    @Test(
        arguments: [
            ("UTC0", 0, nil), ("<+0545>-5:45", 20_700, nil), ("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", -10_800, -7200),
            ("EST5EDT,M3.2.0,M11.1.0", -18_000, -14_400), ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 37_800, 39_600),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", 3600, 0), ("IST-2IDT,M3.4.4/26,M10.5.0", 7200, 10_800),
            ("XXX3EDT4,0/0,J365/23", -10_800, -14_400), ("AAA+1:02:03", -3723, nil),
        ] as [(String, Int, Int?)])
    func rulesAreRead(text: String, standard: Int, daylight: Int?) {
        let rule = PosixTimeZone(text)
        #expect(rule?.standard == standard)
        #expect(rule?.daylight?.offset == daylight)
    }

    @Test(arguments: [
        "", "CET", "-1", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J5", "CET-1CEST,366,5", "CET-1CEST,M3.5.0/168,M10.5.0", "<+05-5",
        "CET-1CEST,M3.5.0,M10.5.0,", "CET-1:60", "CET-1 ",
    ])
    func otherTextsAreNoRules(text: String) {
        #expect(PosixTimeZone(text) == nil)
    }

    /// RFC 9636 section 3.3.1: daylight saving all year.
    @Test func daylightSavingCanLastAllYear() {
        let table = TimeZoneTable(initial: 0, transitions: [], rule: PosixTimeZone("XXX3EDT4,0/0,J365/23"))
        for day in ["2026-01-01T02:59:59Z", "2026-01-01T03:00:00Z", "2026-07-01T00:00:00Z", "2026-12-31T23:59:59Z"] {
            let second = moment(day) / 1000
            #expect(table.periods(from: second, through: second).last?.offset == -14_400, "\(day)")
        }
    }

    @Test(arguments: [
        // 29 February is counted by `59` and not by `J60`; 26 o'clock on a Thursday is 2 o'clock on the Friday.
        ("AAA0BBB,J60/0,J300/0", "2028-03-01T00:00:00Z"), ("AAA0BBB,59/0,300/0", "2028-02-29T00:00:00Z"),
        ("AAA0BBB,J60/0,J300/0", "2027-03-01T00:00:00Z"), ("AAA0BBB,59/0,300/0", "2027-03-01T00:00:00Z"),
        ("IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-27T00:00:00Z"), ("AAA0BBB,M2.5.0/0,M10.5.0", "2027-02-28T00:00:00Z"),
        ("AAA0BBB,M3.5.0/-2,M10.5.0", "2026-03-28T22:00:00Z"),
    ])
    func rulesNameTheirDays(text: String, start: String) {
        let table = TimeZoneTable(initial: 0, transitions: [], rule: PosixTimeZone(text))
        let second = moment(start) / 1000
        let offsets = [second - 1, second].map { table.periods(from: $0, through: $0).last?.offset ?? 0 }
        #expect(offsets[1] == offsets[0] + 3600)
    }
}
