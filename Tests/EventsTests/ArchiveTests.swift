import JSON
import Model
import Testing

@testable import Events

@Suite struct ArchiveTests {
    @Test(arguments: [
        (nil, #"{"replay-name":[{"exists":false}]}"#),
        (#"{ "source" : ["a"] }"#, #"{"replay-name":[{"exists":false}],"source":["a"]}"#),
        (
            #"{"source":["a"],"replay-name":[{"exists":true}],"detail":{"n":[1]}}"#,
            #"{"replay-name":[{"exists":false}],"source":["a"],"detail":{"n":[1]}}"#
        ),
    ])
    func theRulesPatternExcludesReplayedEvents(own: String?, pattern: String) throws {
        #expect(try ArchiveRule.pattern(own) == pattern)
    }

    @Test func aReplayedEventHasTheReplaysNameBehindItsRegion() throws {
        let archived = try JSON(
            parsing: #"{"version":"0","id":"1","account":"2","region":"r","resources":[],"detail":{"id":"3"}}"#
                as String)
        let expected =
            #"{"version":"0","id":"9","account":"2","region":"r","replay-name":"x","resources":[],"detail":{"id":"3"}}"#
        #expect(ReplayJob.envelope(archived, replay: "x", id: "9").description == expected)
    }

    /// Figures that AWS showed for one event of an archive.
    @Test func anEventIsAsLargeAsAWSCounts() throws {
        let envelope = try JSON(
            parsing: """
                {"source":"core.update-account-command","detail-type":"core.update-account-command","resources":[],
                "detail":{"command":"update-account","payload":{"acc_id":"0a787ecb-4015","sf_id":"baz"}}}
                """ as String)
        #expect(ArchivedEvents.byteCount(envelope) == 159)
    }

    @Test(arguments: [(0, 0, 0), (61_999, 61_000, 60_000), (-1, -1000, -60_000)])
    func wholeSecondsAndMinutesBeginBefore(milliseconds: Int64, second: Int64, minute: Int64) {
        let moment = Timestamp(milliseconds: milliseconds)
        #expect(moment.wholeSeconds.milliseconds == second)
        #expect(moment.wholeMinutes.milliseconds == minute)
    }
}
