import Glibc
import Testing

@testable import ScheduleExpression

@Suite struct TimeZoneRulesTests {
    @Test(arguments: [
        ("UTC", "2026-11-24T22:00:00Z", 0), ("Etc/UTC", "2300-01-01T00:00:00Z", 0),
        ("Etc/GMT-14", "2026-01-01T00:00:00Z", 50_400),
        ("Europe/Berlin", "2026-03-29T00:59:59Z", 3600), ("Europe/Berlin", "2026-03-29T01:00:00Z", 7200),
        ("Europe/Berlin", "2026-10-25T00:59:59Z", 7200), ("Europe/Berlin", "2026-10-25T01:00:00Z", 3600),
        ("Europe/Berlin", "1945-06-01T00:00:00Z", 10_800), ("Europe/Berlin", "1850-01-01T00:00:00Z", 3208),
        ("Europe/Berlin", "2111-07-01T00:00:00Z", 7200), ("Europe/Berlin", "2111-12-31T23:59:59Z", 3600),
        ("America/New_York", "2026-03-08T06:59:59Z", -18_000), ("America/New_York", "2026-03-08T07:00:00Z", -14_400),
        ("America/New_York", "2026-11-01T05:59:59Z", -14_400), ("America/New_York", "2026-11-01T06:00:00Z", -18_000),
        ("Australia/Lord_Howe", "2026-04-04T14:59:59Z", 39_600),
        ("Australia/Lord_Howe", "2026-04-04T15:00:00Z", 37_800),
        ("Australia/Lord_Howe", "2026-10-03T15:29:59Z", 37_800),
        ("Australia/Lord_Howe", "2026-10-03T15:30:00Z", 39_600),
        ("Australia/Lord_Howe", "2099-01-01T00:00:00Z", 39_600), ("Asia/Kathmandu", "1985-12-31T18:29:59Z", 19_800),
        ("Asia/Kathmandu", "1985-12-31T18:30:00Z", 20_700), ("Asia/Kathmandu", "2199-06-01T00:00:00Z", 20_700),
    ])
    func offsets(zone: String, at: String, expected: Int) throws {
        #expect(try TimeZoneRules(name: zone).offset(at: moment(at) / 1000) == expected)
    }

    /// The `Z` of the local times is only there to read them.
    @Test(arguments: [
        ("Europe/Berlin", "2026-03-29T01:59:59Z", "once 2026-03-29T00:59:59Z"),
        ("Europe/Berlin", "2026-03-29T02:00:00Z", "skipped 2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-03-29T02:59:59Z", "skipped 2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-03-29T03:00:00Z", "once 2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25T01:59:59Z", "once 2026-10-24T23:59:59Z"),
        ("Europe/Berlin", "2026-10-25T02:00:00Z", "2026-10-25T00:00:00Z and 2026-10-25T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25T02:59:59Z", "2026-10-25T00:59:59Z and 2026-10-25T01:59:59Z"),
        ("Europe/Berlin", "2026-10-25T03:00:00Z", "once 2026-10-25T02:00:00Z"),
        ("America/New_York", "2026-03-08T02:30:00Z", "skipped 2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01T01:30:00Z", "2026-11-01T05:30:00Z and 2026-11-01T06:30:00Z"),
        ("America/New_York", "2110-03-09T02:30:00Z", "skipped 2110-03-09T07:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00Z", "skipped 2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:30:00Z", "once 2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05T01:45:00Z", "2026-04-04T14:45:00Z and 2026-04-04T15:15:00Z"),
        ("Asia/Kathmandu", "1986-01-01T00:10:00Z", "skipped 1985-12-31T18:30:00Z"),
        ("Asia/Kathmandu", "2026-11-24T06:00:00Z", "once 2026-11-24T00:15:00Z"),
        ("Pacific/Apia", "2011-12-30T12:00:00Z", "skipped 2011-12-30T10:00:00Z"),
        ("UTC", "2026-03-29T02:30:00Z", "once 2026-03-29T02:30:00Z"),
    ])
    func localTimes(zone: String, local: String, expected: String) throws {
        let found =
            switch try TimeZoneRules(name: zone).instant(ofLocal: moment(local) / 1000) {
            case .once(let instant): "once \(text(instant * 1000))"
            case .repeated(let first, let last): "\(text(first * 1000)) and \(text(last * 1000))"
            case .skipped(let change): "skipped \(text(change * 1000))"
            }
        #expect(found == expected)
    }

    @Test(arguments: [
        "Not/AZone", "", "/etc/passwd", "../../../etc/passwd", "Europe/../../../../etc/passwd", "Europe//Berlin",
        "Europe/",
        "Europe", "europe/berlin", "Local", "localtime", "posixrules", "posix/Europe/Berlin", "right/Europe/Berlin",
        "Europe/Berlin\0", "Europe/Berlin ", "Europe/Bérlin", "+05:00", String(repeating: "A", count: 51),
    ])
    func refusesOtherNames(name: String) {
        #expect(throws: TimeZoneError.unknown(name)) { try TimeZoneRules(name: name) }
    }

    @Test func withoutADatabaseThereIsUTC() throws {
        let nowhere = "/nonexistent/zoneinfo"
        #expect(try TimeZoneRules(name: "UTC", directory: nowhere).offset(at: 0) == 0)
        let error = #expect(throws: TimeZoneError.self) { try TimeZoneRules(name: "Europe/Berlin", directory: nowhere) }
        #expect(error == .noDatabase(directory: nowhere))
        #expect(error?.message.contains("tzdata") == true)
    }

    @Test func aZoneIsReadOnce() throws {
        let first = try TimeZoneRules(name: "Europe/Berlin")
        #expect(try TimeZoneRules(name: "Europe/Berlin") == first)
        #expect(try TimeZoneRules(name: "Europe/Paris") != first)
    }
}
