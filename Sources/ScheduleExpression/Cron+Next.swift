extension Cron {
    /// Where the search ends: no clock here counts further.
    private static let lastYear = 9999

    /// The first occurrence after a moment, in seconds since 1970.
    ///
    /// Local times are tried in their order. The moments at which they first happen have the same order, so the first
    /// one that is late enough is the answer.
    func next(after second: Int64, in zone: TimeZoneRules) -> Int64? {
        var local = second + Int64(zone.offset(at: second))
        while let candidate = firstMatch(notBefore: local) {
            if let instant = zone.instant(ofLocal: candidate).first, instant > second { return instant }
            local = candidate + 60
        }
        return nil
    }

    /// The first full minute at or after a local time that matches; its own minute too when it has begun.
    private func firstMatch(notBefore second: Int64) -> Int64? {
        let dayNumber = second.floorDivided(by: 86_400)
        let minute = Int(second - dayNumber * 86_400) / 60
        let start = CivilDate(dayNumber: dayNumber)
        var from = start.year
        while let year = firstYear(notBefore: from), year <= Self.lastYear {
            for month in 1...12 where months.has(month) && (year, month) >= (start.year, start.month) {
                let shape = CronMonth(year: year, month: month)
                let matching = days.reduce(0) { $0 | $1.days(in: shape) }
                for day in 1...shape.dayCount where matching.has(day) {
                    let date = CivilDate(year: year, month: month, day: day)
                    guard date.dayNumber >= dayNumber else { continue }
                    if let minute = firstMinute(notBefore: date == start ? minute : 0) {
                        return date.dayNumber * 86_400 + Int64(minute * 60)
                    }
                }
            }
            from = year + 1
        }
        return nil
    }

    private func firstYear(notBefore year: Int) -> Int? {
        years.compactMap { span in
            let missing = max(0, year - span.start)
            let candidate = span.start + (missing + span.step - 1) / span.step * span.step
            return candidate <= span.end ? candidate : nil
        }.min()
    }

    /// Of the day.
    private func firstMinute(notBefore minute: Int) -> Int? {
        for hour in minute / 60..<24 where hours.has(hour) {
            let first = hour == minute / 60 ? minute % 60 : 0
            let rest = minutes >> UInt64(first)
            if rest != 0 { return hour * 60 + first + rest.trailingZeroBitCount }
        }
        return nil
    }
}
