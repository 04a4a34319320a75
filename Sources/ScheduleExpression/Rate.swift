/// `5 minutes` of `rate(5 minutes)`: a number from 1 to 2147483647, one blank, and `minute`, `hour` or `day`.
///
/// In rules the unit is in the plural unless the number is 1. A day is 24 hours, whatever the clocks do.
struct Rate: Hashable, Sendable {
    let milliseconds: Int64

    private static let units: [Substring: Int64] = ["minute": 60_000, "hour": 3_600_000, "day": 86_400_000]

    init(_ body: Substring, dialect: ScheduleExpression.Dialect) throws(ScheduleExpressionError) {
        let parts = body.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw ScheduleExpressionError("a rate is a number, a blank and a unit") }
        guard let number = Int32(digits: parts[0]), number > 0 else {
            throw ScheduleExpressionError("\(parts[0]) is not a number from 1 to \(Int32.max)")
        }
        let isPlural = parts[1].last == "s"
        guard let unit = Self.units[isPlural ? parts[1].dropLast() : parts[1]] else {
            throw ScheduleExpressionError("\(parts[1]) is not minutes, hours or days")
        }
        guard dialect == .scheduler || isPlural == (number != 1) else {
            throw ScheduleExpressionError("\(number) does not go with \(parts[1])")
        }
        milliseconds = Int64(number) * unit
    }

    /// The least anchor + n × period after a moment, with n from 0 on.
    func next(after moment: Int64, anchor: Int64) -> Int64? {
        guard moment >= anchor else { return anchor }
        let (elapsed, isTooLong) = moment.subtractingReportingOverflow(anchor)
        guard !isTooLong else { return nil }
        let (sum, isTooLate) = moment.addingReportingOverflow(milliseconds - elapsed % milliseconds)
        return isTooLate ? nil : sum
    }
}

extension FixedWidthInteger {
    /// ASCII digits only: no sign, no blanks.
    init?(digits text: Substring) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        self.init(text)
    }
}
