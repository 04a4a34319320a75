import ScheduleExpression
import Testing

@Suite struct SchedulerSyntaxTests {
    @Test(arguments: [
        ("rate(1 day)", ScheduleExpression.Kind.rate), ("rate(1 minutes)", .rate), ("rate(5 minute)", .rate),
        ("rate(12 hours)", .rate), ("cron(30 1 * * ? *)", .cron), ("cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)", .cron),
        ("cron(30-30 13-13 ? * 2,4,6 *)", .cron), ("cron(1-31/30 1-1 ? * 1,7 *)", .cron),
        ("cron(15 10 ? * 6L 2022-2023)", .cron), ("cron(0 0 1 1 ? 1970,2199)", .cron), ("cron(0  0 1\t1 ? *)", .cron),
        ("cron(0 0 L-3W * ? *)", .cron), ("cron(0 0 ? * tue#2 *)", .cron), ("at(2022-11-20T13:00:00)", .at),
        ("at(2020-01-01T00:00:00)", .at), ("at(2028-02-29T23:59:59)", .at),
    ])
    func takes(expression: String, kind: ScheduleExpression.Kind) throws {
        #expect(try ScheduleExpression(expression, dialect: .scheduler).kind == kind)
    }

    @Test(arguments: [
        "cron(* * * * * *)", "cron(0 0 1 * ? 2200)", "cron(0 0 1 * ? 1969)", "cron(0 0 0 1 * ? *)",
        "cron(0 0 ? * 3#1,6#3 *)",
        "cron(0 0 1 * ? 2026junk)", "cron(0x 0 * * ? *)", "cron(0 0 ? * MONDAY *)", "cron(0, 0 * * ? *)",
        "cron(0/0 * * * ? *)", "cron(0 0 1-5W * ? *)", "cron(0 0 L,1 * ? *)", "cron(0 0 L-31 * ? *)",
        "cron(0 0 LX * ? *)",
        "cron(0 0 ? * L,2 *)", "cron(0 0 ? * 8L *)", "cron(0 0 ? * 0#1 *)", "cron(0 0 ? * # *)", "cron(1- 0 * * ? *)",
        "cron(-1 0 * * ? *)", "cron(1/ 0 * * ? *)", "cron(/5 0 * * ? *)", "cron(1-2-3 0 * * ? *)",
        "cron(1/2/3 0 * * ? *)",
        "cron(٣ 0 * * ? *)", "rate(0 minutes)", "rate(5 weeks)", "rate(5 minutess)", "rate(5  minutes)", "rate(5)",
        "at(2022-11-20)", "at(2022-11-20 13:00:00)", "at(2022-11-20T13:00)", "at(2022-11-20T13:00:00Z)",
        "at(2022-1-20T13:00:00)", "at(2027-02-29T00:00:00)", "at(2027-13-01T00:00:00)", "at(2027-00-01T00:00:00)",
        "at(2027-01-00T00:00:00)", "at(2027-01-01T24:00:00)", "at(2027-01-01T00:60:00)", "at(2027-01-01T00:00:60)",
        "at(+027-01-01T00:00:00)", "at()", "", "()", "AT(2022-11-20T13:00:00)", "at(2022-11-20T13:00:00",
    ])
    func refuses(expression: String) {
        #expect(throws: ScheduleExpressionError.self) { try ScheduleExpression(expression, dialect: .scheduler) }
    }
}
