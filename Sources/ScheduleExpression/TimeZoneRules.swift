import Synchronization

/// What a time zone's clocks show, from the system's tz database.
///
/// ```swift
/// let berlin = try TimeZoneRules(name: "Europe/Berlin")
/// berlin.offset(at: 1_720_000_000)         // 7200
/// berlin.instant(ofLocal: 1_711_852_200)   // .skipped(at: 1_711_846_800): 2:30 on the day when 3:00 follows 2:00
/// ```
public struct TimeZoneRules: Hashable, Sendable {
    public let name: String
    private let table: TimeZoneTable

    public static let utc = TimeZoneRules(name: "UTC", table: TimeZoneTable(initial: 0, transitions: [], rule: nil))

    /// Where Linux keeps the database.
    static let systemDirectory = "/usr/share/zoneinfo"

    private static let cache = Mutex<[String: TimeZoneRules]>([:])

    /// The zone of that name in the IANA tz database, case-sensitive as in AWS. `UTC` needs no database.
    public init(name: String) throws(TimeZoneError) {
        if let known = Self.cache.withLock({ $0[name] }) {
            self = known
            return
        }
        try self.init(name: name, directory: Self.systemDirectory)
        let zone = self
        // Bounded by what the database holds.
        Self.cache.withLock { $0[name] = zone }
    }

    init(name: String, directory: String) throws(TimeZoneError) {
        if name == "UTC" || name == "Etc/UTC" {
            self.init(name: name, table: Self.utc.table)
            return
        }
        guard Self.isSafe(name) else { throw .unknown(name) }
        switch ZoneFile.read("\(directory)/\(name)") {
        case .bytes(let bytes):
            guard let table = TimeZoneTable(tzif: bytes) else { throw .damaged(name) }
            self.init(name: name, table: table)
        case .other: throw .unknown(name)
        case .missing:
            guard ZoneFile.isDirectory(directory) else { throw .noDatabase(directory: directory) }
            throw .unknown(name)
        }
    }

    private init(name: String, table: TimeZoneTable) {
        self.name = name
        self.table = table
    }

    /// No path out of the database: parts of letters, digits, `_`, `+` and `-` only. The zones all begin with a capital
    /// letter, other than `posixrules`, `localtime` and the copies in `posix/` and `right/` that lie beside them.
    private static func isSafe(_ name: String) -> Bool {
        guard name.utf8.count <= 50, let first = name.first, "A"..."Z" ~= first else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_+-".contains($0)) }
        }
    }

    /// Seconds by which local time is ahead of UTC at a moment, which is given in seconds since 1970.
    public func offset(at second: Int64) -> Int {
        table.periods(from: second, through: second).last?.offset ?? 0
    }

    /// The moments at which the clocks show a local time, which is given as seconds since 1970 on these clocks.
    public func instant(ofLocal second: Int64) -> LocalInstant {
        // No zone was ever further from UTC than that.
        let reach: Int64 = 26 * 3600
        let periods = table.periods(from: second - reach, through: second + reach)
        var instants: [Int64] = []
        var change: Int64?
        for (index, period) in periods.enumerated() {
            let end = index + 1 < periods.count ? periods[index + 1].start : Int64.max
            let instant = second - Int64(period.offset)
            if instant >= period.start, instant < end { instants.append(instant) }
            // Not before the change by the clocks until then, not after it by the clocks from then on.
            if index + 1 < periods.count, instant >= end, second - Int64(periods[index + 1].offset) < end {
                change = end
            }
        }
        guard let first = instants.first, let last = instants.last else { return .skipped(at: change ?? second) }
        return first == last ? .once(first) : .repeated(first: first, last: last)
    }
}

/// When a local time happens, in seconds since 1970.
public enum LocalInstant: Hashable, Sendable {
    case once(Int64)
    /// The clocks go back over it.
    case repeated(first: Int64, last: Int64)
    /// The clocks leap over it, at this moment.
    case skipped(at: Int64)
}
