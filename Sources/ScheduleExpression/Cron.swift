/// `min hour dom month dow year` of `cron(0 18 ? * MON-FRI *)`.
///
/// | field | values | wildcards |
/// |---|---|---|
/// | minutes | 0-59 | `, - * /` |
/// | hours | 0-23 | `, - * /` |
/// | day of month | 1-31 | `, - * ? / L W` |
/// | month | 1-12 or JAN-DEC | `, - * /` |
/// | day of week | 1-7 or SUN-SAT | `, - * ? / L #` |
/// | year | 1970-2199 | `, - * /` |
///
/// Exactly one of the day fields is `?`.
struct Cron: Hashable, Sendable {
    let minutes: UInt64
    let hours: UInt64
    let months: UInt64
    /// Progressions, since rules take years up to 2147483647.
    let years: [CronSpan]
    /// A day matches when one of them holds.
    let days: [DayRule]

    init(_ body: Substring, dialect: ScheduleExpression.Dialect) throws(ScheduleExpressionError) {
        // Rules take neither two blanks in a row nor a tab.
        let fields = body.uppercased().split(omittingEmptySubsequences: dialect == .scheduler) {
            $0 == " " || dialect == .scheduler && $0 == "\t"
        }
        guard fields.count == 6 else {
            throw ScheduleExpressionError("cron has six fields, parted by blanks; these are \(fields.count)")
        }
        func field(
            _ index: Int, _ name: String, _ range: ClosedRange<Int>, _ names: [String] = []
        ) throws(ScheduleExpressionError) -> CronField {
            try CronField(fields[index], name: name, range: range, names: names, dialect: dialect)
        }
        minutes = try field(0, "minutes", 0...59).mask()
        hours = try field(1, "hours", 0...23).mask()
        months = try field(3, "month", 1...12, Self.monthNames).mask()
        years = try field(5, "year", dialect == .rule ? 0...Int(Int32.max) : 1970...2199).spans(mayWrap: false)
        let daysOfMonth = try field(2, "day of month", 1...31)
        let daysOfWeek = try field(4, "day of week", 1...7, Self.weekdayNames)
        switch (daysOfMonth.isAny, daysOfWeek.isAny) {
        case (false, true): days = try daysOfMonth.daysOfMonth()
        case (true, false): days = try daysOfWeek.daysOfWeek()
        default: throw ScheduleExpressionError("exactly one of day of month and day of week must be ?")
        }
    }

    private static let monthNames = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]
    private static let weekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
}
