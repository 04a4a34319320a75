import JSON
import Kernel
import Model
import TestKernel
import Testing

@testable import Events

/// Rules with a log group as their target, which this service keeps itself.
@Suite struct RoutingTests {
    private let aws: TestKernel

    init() async throws { aws = try await TestKernel(Events.service) }

    private func rule(_ name: String, _ pattern: String, group: String = "g") async throws {
        try await aws.call("PutRule", ["Name": .string(name), "EventPattern": .string(pattern)])
        try await aws.call(
            "PutTargets",
            [
                "Rule": .string(name),
                "Targets": [["Id": "1", "Arn": .string("arn:aws:logs:us-east-1:111111111111:log-group:\(group)")]],
            ])
    }

    private func put(_ source: String) async throws {
        try await aws.call(
            "PutEvents", ["Entries": [["Source": .string(source), "DetailType": "t", "Detail": "{}"]]])
    }

    /// What became of the deliveries, in their order: the rule's ARN and the state.
    private func deliveries() throws -> [String] {
        try aws.journal().filter { $0["kind"] == "delivery" }.compactMap { $0["detail"]?["source"]?.string }
    }

    private let prefix = "arn:aws:events:us-east-1:111111111111:rule/"

    @Test func anEventGoesToTheTargetsOfTheRulesThatMatch() async throws {
        try await rule("a", #"{"source":["shop"]}"#)
        try await rule("b", #"{"source":["other"]}"#)
        try await put("shop")
        #expect(try deliveries() == [prefix + "a"])
    }

    @Test func aRuleCountsFromTheNextEventOn() async throws {
        try await put("shop")
        try await rule("a", #"{"source":["shop"]}"#)
        try await put("shop")
        try await aws.call("PutRule", ["Name": "a", "EventPattern": #"{"source":["other"]}"#])
        try await put("shop")
        try await put("other")
        try await aws.call("RemoveTargets", ["Rule": "a", "Ids": ["1"]])
        try await put("other")
        #expect(try deliveries() == [prefix + "a", prefix + "a"])
    }

    @Test func accountsAndRegionsHaveBusesOfTheirOwn() async throws {
        try await rule("a", #"{"source":["shop"]}"#)
        try await aws.call(
            "PutEvents", ["Entries": [["Source": "shop", "DetailType": "t", "Detail": "{}"]]],
            as: .account("222222222222"))
        #expect(try deliveries() == [])
    }

    @Test func deliveriesHaveTheEventAsTheirCause() async throws {
        try await rule("a", #"{"source":["shop"]}"#)
        try await put("shop")
        let journal = try aws.journal()
        let event = journal.first { $0["kind"] == "event" }
        let delivery = journal.first { $0["kind"] == "delivery" }
        #expect(event != nil && delivery?["cause"] == event?["sequence"])
    }

    @Test(arguments: [
        (#"{"detail-type":["AWS API Call via CloudTrail"]}"#, true), (#"{"detail-type":[{"prefix":"AWS API"}]}"#, true),
        (#"{"detail-type":["Parameter Store Change"]}"#, false), (#"{"source":[{"prefix":"aws."}]}"#, false),
    ])
    func callsAreToldToThoseWhoAskForThem(pattern: String, asks: Bool) async throws {
        try await rule("calls", pattern)
        try await aws.call("CreateEventBus", ["Name": "b"])
        #expect(
            try aws.events("AWS API Call via CloudTrail").map { $0["detail"]?["eventName"] }
                == (asks ? ["PutRule", "PutTargets", "CreateEventBus"] : []))
    }

    @Test func aScheduleFiresAtItsTimesAndEndsWithItsRule() async throws {
        try await aws.call("PutRule", ["Name": "s", "ScheduleExpression": "rate(1 hour)"])
        await aws.advance(hours: 2)
        try await aws.call("DeleteRule", ["Name": "s"])
        await aws.advance(hours: 5)
        #expect(
            try aws.events("Scheduled Event").map { $0["time"]?.string } == [
                "2030-01-01T01:00:00Z", "2030-01-01T02:00:00Z",
            ])
    }
}
