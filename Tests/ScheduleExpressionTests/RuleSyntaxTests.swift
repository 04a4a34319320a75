import ScheduleExpression
import Testing

/// What PutRule took and refused when it was tried on AWS in September 2026.
@Suite struct RuleSyntaxTests {
    @Test(arguments: [
        "cron(0 12 * * ? *)", "cron(5,35 14 * * ? *)", "cron(0-30/10 8-17 ? * MON-FRI *)", "cron(1/10 * * * ? *)",
        "cron(*/15 * * * ? *)", "cron(0/30 20-2 ? * MON-FRI *)", "cron(50-10/5 * * * ? *)", "cron(0 0 1 NOV-FEB ? *)",
        "cron(0 0 ? * FRI-MON *)", "cron(0 0 28-3 * ? *)", "cron(0 0 ? JAN,FEB,MAR MON,WED,FRI *)",
        "cron(0 0 ? * 1,7 *)", "cron(0 0 1 1,12 ? *)", "cron(0 0 ? * * *)", "cron(0 0 L * ? *)", "cron(0 0 ? * L *)",
        "cron(0 0 ? * 6L *)", "cron(0 0 ? * FRIL *)", "cron(0 0 L-3 * ? *)", "cron(0 0 3W * ? *)", "cron(0 0 LW * ? *)",
        "cron(0 0 1-5W * ? *)", "cron(0 0 ? * 3#2 *)", "cron(0 0 ? * MON#5 *)", "cron(0 0 1 1 ? 1970)",
        "cron(0 0 1 1 ? 2199)", "cron(0 0 1 1 ? 1969)", "cron(0 0 1 1 ? 2200)", "cron(0 0 1 1 ? 2027,2028-2032/2)",
        "cron(0 0 31 FEB ? *)", "cron(0 0 29 FEB ? 2027)", "cron(0 0 29 FEB ? 2028)", "cron(0/0 * * * ? *)",
        "cron(0/60 * * * ? *)", "cron(0/61 * * * ? *)", "cron(0 0 ? jan mon *)", "cron(0 0 1 1 ? 0)",
        "cron(0 0 1 1 ? 10000)", "cron(0 0 1/0 * ? *)", "cron(0 0 ? * 1/2 *)", "cron(0x 0 * * ? *)",
        "cron(0 0 ? * MONDAY *)", "cron(0 0 1 1 ? 2147483647)", "cron(15 10 ? * 6L 2002-2005)",
        "cron(0/5, 9-18, ?, *, MON-FRI, *)", "rate(1 minute)", "rate(2 minutes)", "rate(1 hour)", "rate(2 hours)",
        "rate(1 day)", "rate(2 days)", "rate(01 minute)", "rate(02 minutes)", "rate(2147483647 minutes)",
        "rate(2147483647 days)",
    ])
    func takes(expression: String) throws {
        #expect(try ScheduleExpression(expression, dialect: .rule).text == expression)
    }

    @Test(
        arguments: [
            "cron(0 0 ? * ? *)", "cron(0 0 * * * *)", "cron(0 0 1 * MON *)", "cron(0 0 ? * MON#6 *)",
            "cron(0 0 ? * MON#0 *)",
            "cron(0 0 ? * 3#1,6#3 *)", "cron(0 0 1 1 ? 2030-2027)", "cron(0 12 * * ?)", "cron(0 0 12 * * ? *)",
            "cron(60 0 * * ? *)", "cron(0 24 * * ? *)", "cron(0 0 0 * ? *)", "cron(0 0 32 * ? *)", "cron(0 0 1 0 ? *)",
            "cron(0 0 1 13 ? *)", "cron(0 0 ? * 0 *)", "cron(0 0 ? * 8 *)", "cron(? 0 * * ? *)", "CRON(0 0 * * ? *)",
            "cron(0  0 * * ? *)", "cron(0\t0 * * ? *)", "cron(0\n0 * * ? *)", "cron(0\u{A0}0 * * ? *)",
            "cron( 0 0 * * ? * )", " cron(0 0 * * ? *) ", "cron (0 0 * * ? *)", "cron(0 0 1 1 ? -1)",
            "cron(0/-1 * * * ? *)",
            "cron(0 0 0W * ? *)", "cron(0 0 32W * ? *)", "cron(0 0 1 1 ? 2147483648)", "cron(INVALID)",
            "cron(0 20 * *)",
            "cron(*/60 * * * ? *)", "cron(15 12 ? * -1 *)", "cron(7 20 * * 1-7 *)", "cron(0#1 0 * * ? *)",
            "rate(0 minutes)", "rate(-1 minute)", "rate(1.5 minutes)", "rate(1 minutes)", "rate(1 hours)",
            "rate(1 days)",
            "rate(2 minute)", "rate(10 hour)", "rate(10 day)", "rate(60 seconds)", "rate(10 years)", "rate(1 week)",
            "rate(01 minutes)", "rate(+1 minute)", "rate(1 MINUTE)", "RATE(1 minute)", "rate(1  minute)",
            "rate(1\tminute)",
            "rate( 1 minute )", " rate(1 minute) ", "rate (1 minute)", "rate()", "rate(10)", "rate(10 minutess)",
            "rate(foo minutes)", "rate(2147483648 minutes)", "rate(2147483648 days)", "", "at(2028-01-01T00:00:00)",
            "cron(0L 0 * * ? *)", "cron(0 0 5L * ? *)", "cron(0 0 ? * 6W *)", "cron(0 0 1 1 ? 2027W)",
        ])
    func refuses(expression: String) {
        #expect(throws: ScheduleExpressionError.self) { try ScheduleExpression(expression, dialect: .rule) }
    }

    @Test(arguments: [
        ("cron(60 0 * * ? *)", "minutes: 60 is not within 0 to 59"),
        ("cron(0 0 ? * 8 *)", "day of week: 8 is not within 1 to 7"),
        ("cron(0 0 1 1 ? 2030-2027)", "year: 2027 is before 2030"),
        ("cron(0 0 * * * *)", "exactly one of day of month and day of week must be ?"),
        ("cron(0 12 * * ?)", "cron has six fields, parted by blanks; these are 5"),
        ("cron(0 0 1,L * ? *)", "day of month: L stands alone"),
        ("rate(1 minutes)", "1 does not go with minutes"),
        ("rate(10 years)", "years is not minutes, hours or days"),
        ("at(2028-01-01T00:00:00)", "rules have no one-time schedules"),
        ("every 5 minutes", "it is not written rate(…), cron(…) or at(…)"),
    ])
    func saysWhy(expression: String, reason: String) {
        let error = #expect(throws: ScheduleExpressionError.self) {
            try ScheduleExpression(expression, dialect: .rule)
        }
        #expect(error?.reason == reason)
    }
}
