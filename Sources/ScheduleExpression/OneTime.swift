/// `2026-11-20T13:00:00` of `at(2026-11-20T13:00:00)`, a local time.
///
/// AWS accepts one that the clocks leap over; what it does with it then is not known. Here it never happens, as with
/// cron.
struct OneTime: Hashable, Sendable {
    /// Seconds since 1970 on the clocks of the schedule's time zone.
    private let localSecond: Int64

    init(_ body: Substring) throws(ScheduleExpressionError) {
        let parts = body.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let date = Self.numbers(parts[0], "-", [4, 2, 2]),
            let time = Self.numbers(parts[1], ":", [2, 2, 2])
        else { throw ScheduleExpressionError("\(body) is not written yyyy-mm-ddThh:mm:ss") }
        guard (1...12).contains(date[1]), (1...CivilDate.days(in: date[1], of: date[0])).contains(date[2]),
            time[0] < 24, time[1] < 60, time[2] < 60
        else { throw ScheduleExpressionError("there is no \(body)") }
        let day = CivilDate(year: date[0], month: date[1], day: date[2]).dayNumber
        localSecond = day * 86_400 + Int64(time[0] * 3600 + time[1] * 60 + time[2])
    }

    private static func numbers(_ text: Substring, _ separator: Character, _ widths: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == widths else { return nil }
        let numbers = parts.compactMap { Int(digits: $0) }
        return numbers.count == widths.count ? numbers : nil
    }

    func next(after second: Int64, in zone: TimeZoneRules) -> Int64? {
        guard let instant = zone.instant(ofLocal: localSecond).first, instant > second else { return nil }
        return instant
    }
}

extension LocalInstant {
    /// When a scheduled local time happens: once, and not at all when it is skipped.
    var first: Int64? {
        switch self {
        case .once(let instant), .repeated(first: let instant, last: _): instant
        case .skipped: nil
        }
    }
}
