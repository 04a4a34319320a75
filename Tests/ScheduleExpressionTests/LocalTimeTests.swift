import ScheduleExpression
import Testing

/// Around the days on which clocks change; the moments are those of the tz database's rules, reckoned by hand.
@Suite struct LocalTimeTests {
    @Test(arguments: [
        // New York: on 8 March 2026 3:00 follows 1:59, on 1 November 1:00 follows 1:59.
        (
            "cron(30 2 * * ? *)", "America/New_York", "2026-03-07T12:00:00Z",
            ["2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z"]
        ),
        (
            "cron(0 3 * * ? *)", "America/New_York", "2026-03-07T12:00:00Z",
            ["2026-03-08T07:00:00Z", "2026-03-09T07:00:00Z"]
        ),
        (
            "cron(30 1 * * ? *)", "America/New_York", "2026-10-31T12:00:00Z",
            ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]
        ),
        ("cron(30 1 * * ? *)", "America/New_York", "2026-11-01T06:15:00Z", ["2026-11-02T06:30:00Z"]),
        (
            "cron(0/30 * * * ? *)", "America/New_York", "2026-11-01T05:00:00Z",
            ["2026-11-01T05:30:00Z", "2026-11-01T07:00:00Z", "2026-11-01T07:30:00Z"]
        ),
        (
            "cron(0/30 * * * ? *)", "America/New_York", "2026-03-08T06:00:00Z",
            ["2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z"]
        ),
        // Berlin: on 29 March 2026 3:00 follows 1:59, on 25 October 2:00 follows 2:59.
        ("cron(0 2 L-2 MAR ? *)", "Europe/Berlin", "2026-03-01T00:00:00Z", ["2027-03-29T00:00:00Z"]),
        (
            "cron(15 2 ? OCT 1L *)", "Europe/Berlin", "2026-03-01T00:00:00Z",
            ["2026-10-25T00:15:00Z", "2027-10-31T00:15:00Z"]
        ),
        ("cron(0 9 ? * MON-FRI *)", "Europe/Berlin", "2026-03-27T12:00:00Z", ["2026-03-30T07:00:00Z"]),
        ("cron(0 9 ? * MON-FRI *)", "Europe/Berlin", "2026-10-23T12:00:00Z", ["2026-10-26T08:00:00Z"]),
        ("cron(0 0 1 1 ? *)", "Europe/Berlin", "2026-11-24T00:00:00Z", ["2026-12-31T23:00:00Z"]),
        // Far beyond the listed changes: the last Sunday of March 2110 is the 30th.
        ("cron(30 2 30 MAR ? *)", "Europe/Berlin", "2110-01-01T00:00:00Z", ["2111-03-30T00:30:00Z"]),
        ("cron(0 12 30 MAR ? *)", "Europe/Berlin", "2110-01-01T00:00:00Z", ["2110-03-30T10:00:00Z"]),
        // Lord Howe Island changes by half an hour: on 4 October 2026 2:30 follows 1:59, on 5 April 1:30 follows 1:59.
        ("cron(15 2 * * ? *)", "Australia/Lord_Howe", "2026-10-02T16:00:00Z", ["2026-10-04T15:15:00Z"]),
        ("cron(45 2 * * ? *)", "Australia/Lord_Howe", "2026-10-02T17:00:00Z", ["2026-10-03T15:45:00Z"]),
        (
            "cron(45 1 * * ? *)", "Australia/Lord_Howe", "2026-04-04T00:00:00Z",
            ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]
        ),
        ("cron(0 6 * * ? *)", "Asia/Kathmandu", "2026-11-24T00:15:00Z", ["2026-11-25T00:15:00Z"]),
        // Samoa leapt over 30 December 2011.
        ("cron(0 12 30 12 ? *)", "Pacific/Apia", "2011-12-01T00:00:00Z", ["2012-12-29T22:00:00Z"]),
        ("cron(0 0 * * ? *)", "Pacific/Apia", "2011-12-29T10:00:00Z", ["2011-12-30T10:00:00Z"]),
        ("at(2026-11-20T13:00:00)", "Europe/Berlin", "2026-01-01T00:00:00Z", ["2026-11-20T12:00:00Z", "never"]),
        ("at(2026-11-20T13:00:00)", "UTC", "2026-11-20T12:59:59Z", ["2026-11-20T13:00:00Z", "never"]),
        ("at(2026-11-01T01:30:00)", "America/New_York", "2026-01-01T00:00:00Z", ["2026-11-01T05:30:00Z", "never"]),
        ("at(2027-03-14T02:30:00)", "America/New_York", "2026-01-01T00:00:00Z", ["never"]),
    ])
    func occursByTheZonesClocks(expression: String, zone: String, after: String, expected: [String]) throws {
        let expression = try ScheduleExpression(expression, dialect: .scheduler)
        let zone = try TimeZoneRules(name: zone)
        var last: Int64? = moment(after)
        let sequence = expected.map { _ in
            last = last.flatMap { expression.next(after: $0, anchor: 0, in: zone) }
            return text(last)
        }
        #expect(sequence == expected)
    }
}
