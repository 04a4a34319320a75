/// The rule at the end of a TZif file, a TZ string of POSIX with the extensions of RFC 9636 section 3.3:
/// `CET-1CEST,M3.5.0,M10.5.0/3`, `<+0545>-5:45`, `IST-2IDT,M3.4.4/26,M10.5.0`.
struct PosixTimeZone: Hashable, Sendable {
    /// Seconds ahead of UTC.
    let standard: Int
    let daylight: Daylight?

    struct Daylight: Hashable, Sendable {
        let offset: Int
        let start: Change
        let end: Change
    }

    /// A day of a year and the local time of that day at which the clocks change.
    struct Change: Hashable, Sendable {
        let day: Day
        /// Seconds from midnight, negative or beyond the day too.
        let time: Int
    }

    enum Day: Hashable, Sendable {
        /// `J60`: 1 to 365, 29 February is never counted.
        case julian(Int)
        /// `59`: 0 to 365, 29 February is counted.
        case ofYear(Int)
        /// `M3.5.0`: month, week 1 to 5 where 5 is the last one, weekday from 0 for Sunday.
        case weekday(month: Int, week: Int, weekday: Int)

        func number(in year: Int) -> Int64 {
            let newYear = CivilDate(year: year, month: 1, day: 1).dayNumber
            switch self {
            case .julian(let day): return newYear + Int64(day - 1 + (CivilDate.isLeap(year) && day >= 60 ? 1 : 0))
            case .ofYear(let day): return newYear + Int64(day)
            case .weekday(let month, let week, let weekday):
                let first = CivilDate(year: year, month: month, day: 1)
                var day = 1 + (weekday - (first.weekday - 1) + 7) % 7 + (week - 1) * 7
                if day > CivilDate.days(in: month, of: year) { day -= 7 }
                return first.dayNumber + Int64(day - 1)
            }
        }
    }

    /// The periods that start in the years around a stretch of time, in order.
    func periods(from: Int64, through: Int64) -> [ZonePeriod] {
        guard let daylight else { return [] }
        // A year more on both sides: changes can lie in the year beside theirs, and one before the stretch is needed.
        let years =
            CivilDate(dayNumber: from.floorDivided(by: 86_400)).year - 1...CivilDate(
                dayNumber: through.floorDivided(by: 86_400)
            ).year + 1
        let periods = years.flatMap { year in
            // The end first: where both fall together, daylight saving lasts all year.
            [
                ZonePeriod(start: daylight.end.instant(in: year, offset: daylight.offset), offset: standard),
                ZonePeriod(start: daylight.start.instant(in: year, offset: standard), offset: daylight.offset),
            ]
        }
        return periods.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
            .map(\.element)
    }
}

extension PosixTimeZone.Change {
    fileprivate func instant(in year: Int, offset: Int) -> Int64 {
        day.number(in: year) * 86_400 + Int64(time - offset)
    }
}
