/// Which days of a month an item of a day field means.
enum DayRule: Hashable, Sendable {
    /// `1`, `1-15`, `*`: a bit for each day.
    case days(UInt64)
    /// `L`, `L-3`, and as the nearest weekday `LW`, `L-3W`.
    case last(before: Int, nearestWeekday: Bool)
    /// `3W`: the weekday that is nearest to the third, in the same month.
    case nearestWeekday(Int)
    /// `MON-FRI`: a bit for each, from 1 for Sunday to 7 for Saturday. A lone `L` is Saturday.
    case weekdays(UInt64)
    /// `6L`: the last Friday.
    case lastWeekday(Int)
    /// `3#2`: the second Tuesday.
    case nthWeekday(Int, number: Int)

    /// A bit for every day of the month that is meant.
    func days(in month: CronMonth) -> UInt64 {
        switch self {
        case .days(let days): days & month.allDays
        case .last(let before, let nearestWeekday):
            month.days([month.dayCount - before], nearestWeekday: nearestWeekday)
        case .nearestWeekday(let day): month.days([day], nearestWeekday: true)
        case .weekdays(let weekdays): month.days((1...month.dayCount).filter { weekdays.has(month.weekday(of: $0)) })
        case .lastWeekday(let weekday):
            month.days((month.dayCount - 6...month.dayCount).filter { month.weekday(of: $0) == weekday })
        case .nthWeekday(let weekday, let number):
            month.days((number * 7 - 6...number * 7).filter { month.weekday(of: $0) == weekday })
        }
    }
}

/// A month as cron sees it.
struct CronMonth {
    let dayCount: Int
    private let firstWeekday: Int

    init(year: Int, month: Int) {
        dayCount = CivilDate.days(in: month, of: year)
        firstWeekday = CivilDate(year: year, month: month, day: 1).weekday
    }

    /// Bits 1 to the last day.
    var allDays: UInt64 { (1 << UInt64(dayCount + 1)) - 2 }

    /// 1 for Sunday to 7 for Saturday.
    func weekday(of day: Int) -> Int { (firstWeekday + day - 2) % 7 + 1 }

    /// Days that the month does not have are left out.
    func days(_ days: [Int], nearestWeekday: Bool = false) -> UInt64 {
        days.reduce(0) { mask, day in
            guard (1...dayCount).contains(day) else { return mask }
            return mask | 1 << UInt64(nearestWeekday ? self.nearestWeekday(to: day) : day)
        }
    }

    private func nearestWeekday(to day: Int) -> Int {
        switch weekday(of: day) {
        case 7: day == 1 ? 3 : day - 1
        case 1: day == dayCount ? day - 2 : day + 1
        default: day
        }
    }
}

extension UInt64 {
    func has(_ bit: Int) -> Bool { self >> UInt64(bit) & 1 == 1 }
}
