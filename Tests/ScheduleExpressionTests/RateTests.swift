import ScheduleExpression
import Testing

@Suite struct RateTests {
    @Test(arguments: [
        ("rate(5 minutes)", "2026-11-24T22:00:00Z", "2026-11-24T22:00:00Z", "2026-11-24T22:05:00Z"),
        ("rate(5 minutes)", "2026-11-24T22:04:59Z", "2026-11-24T22:00:00Z", "2026-11-24T22:05:00Z"),
        ("rate(5 minutes)", "2026-11-24T22:05:00Z", "2026-11-24T22:00:00Z", "2026-11-24T22:10:00Z"),
        ("rate(1 hour)", "2027-01-01T00:00:00Z", "2026-11-24T22:17:03Z", "2027-01-01T00:17:03Z"),
        ("rate(1 day)", "2026-11-24T21:59:59Z", "2026-11-24T22:00:00Z", "2026-11-24T22:00:00Z"),
        ("rate(1 day)", "1969-12-31T23:59:59Z", "1960-02-28T12:00:00Z", "1970-01-01T12:00:00Z"),
        ("rate(2147483647 days)", "2026-11-24T22:00:00Z", "2026-11-24T22:00:00Z", "never"),
    ])
    func countsFromTheAnchor(expression: String, after: String, anchor: String, expected: String) throws {
        let expression = try ScheduleExpression(expression, dialect: .rule)
        #expect(text(expression.next(after: moment(after), anchor: moment(anchor))) == expected)
    }

    @Test func aDayIs24HoursWhateverTheClocksDo() throws {
        let daily = try ScheduleExpression("rate(1 days)", dialect: .scheduler)
        let noon = moment("2026-03-07T17:00:00Z")
        let next = daily.next(after: noon, anchor: noon, in: try TimeZoneRules(name: "America/New_York"))
        #expect(text(next) == "2026-03-08T17:00:00Z")
    }

    @Test func keepsTheMillisecondsOfTheAnchor() throws {
        let often = try ScheduleExpression("rate(1 minute)", dialect: .rule)
        #expect(often.next(after: 60_123, anchor: 123) == 120_123)
        #expect(often.next(after: 60_122, anchor: 123) == 60_123)
        #expect(often.next(after: -60_000, anchor: -60_500) == -500)
    }

    @Test(arguments: ["rate(1 minute)", "rate(2147483647 days)", "cron(* * * * ? *)"])
    func extremeMomentsAreHarmless(expression: String) throws {
        let expression = try ScheduleExpression(expression, dialect: .rule)
        for moment in [Int64.min, -1, Int64.max - 1, .max] {
            for anchor in [Int64.min, 0, .max] { _ = expression.next(after: moment, anchor: anchor) }
        }
        #expect(expression.next(after: .max, anchor: 0) == nil)
    }
}
