extension CronField {
    /// The items of a day of month: `L`, `LW`, `L-3`, `L-3W`, `3W` or a range. A list holds no `L`.
    func daysOfMonth() throws(ScheduleExpressionError) -> [DayRule] {
        var rules: [DayRule] = []
        for item in items {
            if item.first == "L" {
                guard items.count == 1 else { throw error("L stands alone") }
                rules.append(try lastDay(item))
            } else if item.last == "W", Int(digits: item.dropLast()) != nil {
                rules.append(.nearestWeekday(try number(item.dropLast())))
            } else {
                rules.append(.days(mask(of: try span(item))))
            }
        }
        return rules
    }

    private func lastDay(_ item: Substring) throws(ScheduleExpressionError) -> DayRule {
        let isWeekday = item.last == "W"
        let offset = isWeekday ? item.dropFirst().dropLast() : item.dropFirst()
        if offset.isEmpty { return .last(before: 0, nearestWeekday: isWeekday) }
        guard offset.first == "-", let before = Int(digits: offset.dropFirst()), before <= 30 else {
            throw error("\(item) is not L, L-n, LW or L-nW")
        }
        return .last(before: before, nearestWeekday: isWeekday)
    }

    /// The items of a day of week: `L`, `6L`, `FRIL`, `3#2`, `TUE#2` or a range. A list holds neither `L` nor `#`.
    func daysOfWeek() throws(ScheduleExpressionError) -> [DayRule] {
        var rules: [DayRule] = []
        for item in items {
            if item.contains("#") {
                guard items.count == 1 else { throw error("# stands alone") }
                rules.append(try nthWeekday(item))
            } else if item.last == "L" {
                guard items.count == 1 else { throw error("L stands alone") }
                rules.append(item == "L" ? .weekdays(1 << 7) : .lastWeekday(try number(item.dropLast())))
            } else {
                rules.append(.weekdays(mask(of: try span(item))))
            }
        }
        return rules
    }

    private func nthWeekday(_ item: Substring) throws(ScheduleExpressionError) -> DayRule {
        let parts = item.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let number = Int(digits: parts[1]), (1...5).contains(number) else {
            throw error("behind # stands a number from 1 to 5")
        }
        return .nthWeekday(try self.number(parts[0]), number: number)
    }
}
