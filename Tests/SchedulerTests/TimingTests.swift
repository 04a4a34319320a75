import JSON
import Model
import Testing

@testable import Scheduler

/// Moments of 2030, which the tests' clock shows first.
private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

private func timing(_ expression: String, _ more: JSON = [:]) throws -> Timing {
    var settings = JSONObject([
        ("ScheduleExpression", .string(expression)), ("FlexibleTimeWindow", .object(["Mode": "OFF"])),
    ])
    for member in more.object ?? JSONObject() { settings[member.name] = member.value }
    return try Timing(CreateScheduleInput(json: .object(settings)))
}

@Suite struct TimingTests {
    @Test func aRateBeginsAtOnceOrAtItsStartDate() throws {
        let now = try moment("2030-01-01T00:10:00Z")
        #expect(try timing("rate(1 hour)").first(enabled: now) == now)
        let start: JSON = ["StartDate": "2030-01-01T05:00:00Z"]
        #expect(try timing("rate(1 hour)", start).first(enabled: now) == moment("2030-01-01T05:00:00Z"))
        let past: JSON = ["StartDate": "2030-01-01T00:06:00Z"]
        #expect(try timing("rate(1 hour)", past).first(enabled: now) == moment("2030-01-01T01:06:00Z"))
    }

    @Test func aCronWaitsForItsNextTime() throws {
        let now = try moment("2030-01-01T00:00:00Z")
        #expect(try timing("cron(0 * * * ? *)").first(enabled: now) == moment("2030-01-01T01:00:00Z"))
        let start: JSON = ["StartDate": "2030-01-01T05:00:00Z"]
        #expect(try timing("cron(0 * * * ? *)", start).first(enabled: now) == moment("2030-01-01T05:00:00Z"))
    }

    @Test func aOneTimeScheduleHasItsTimeThoughItIsPast() throws {
        let timing = try timing("at(2020-05-01T12:00:00)", ["StartDate": "2031-01-01T00:00:00Z"])
        #expect(try timing.first(enabled: try moment("2030-01-01T00:00:00Z")) == moment("2020-05-01T12:00:00Z"))
        #expect(timing.next(after: Timestamp(milliseconds: 0), anchor: Timestamp(milliseconds: 0)) == nil)
    }

    @Test func nothingComesAfterTheEndDate() throws {
        let timing = try timing("rate(1 hour)", ["EndDate": "2030-01-01T02:00:00Z"])
        let anchor = try moment("2030-01-01T00:00:00Z")
        let (last, end) = (try moment("2030-01-01T01:00:00Z"), try moment("2030-01-01T02:00:00Z"))
        #expect(timing.next(after: last, anchor: anchor) == end)
        #expect(timing.next(after: end, anchor: anchor) == nil)
    }

    @Test func theLatestTimeIsFoundWithinTheAge() throws {
        let timing = try timing("cron(0 * * * ? *)")
        let time = try moment("2030-01-01T01:00:00Z")
        func latest(_ now: String, _ age: Int) throws -> Timestamp {
            timing.latest(from: time, by: try moment(now), ageSeconds: age, anchor: time)
        }
        #expect(try latest("2030-01-01T01:00:00Z", 60) == time)
        #expect(try latest("2030-01-05T07:30:00Z", 86_400) == moment("2030-01-05T07:00:00Z"))
        // Within the last minute there is none: what is left is too old to be invoked.
        #expect(try latest("2030-01-05T07:30:00Z", 60) == time)
    }
}
