import JSON
import Kernel
import Model
import TestKernel
import Testing

@testable import Events

/// What events meet while rules change between them.
@Suite struct BusRulesTests {
    /// Puts the rule that it is asked to put, lets an event meet it, and fails.
    private static let failing = Service(
        model: .events,
        operations: [
            .write("PutPermission") { (_: PutPermissionRequest, context: WriteContext) in
                _ = try Events.putRule(
                    PutRuleRequest(json: ["Name": "a", "EventPattern": #"{"source":["other"]}"#]), in: context)
                try Events.deleteRule(DeleteRuleRequest(json: ["Name": "b"]), in: context)
                _ = try Events.putRule(
                    PutRuleRequest(json: ["Name": "c", "EventPattern": #"{"source":["shop"]}"#]), in: context)
                let rules = try BusRules.of(StoredBus.arn(nil, in: context), in: context)
                let found = rules.matching(["source": "shop"]).map { JSON.string($0.rule.name) }
                throw AWSError("Undone", JSON.array(found).description)
            }
        ])

    private let aws: TestKernel

    init() async throws { aws = try await TestKernel(Self.failing, Events.service) }

    private func put(_ name: String, _ source: String) async throws {
        try await aws.call("PutRule", ["Name": .string(name), "EventPattern": #"{"source":["\#(source)"]}"#.json])
    }

    private func target(_ name: String) async throws {
        try await aws.call(
            "PutTargets",
            [
                "Rule": .string(name),
                "Targets": [["Id": "1", "Arn": "arn:aws:logs:us-east-1:111111111111:log-group:g"]],
            ])
    }

    /// The names of the rules that an event goes to from here on.
    private func matched(_ source: String) async throws -> [String] {
        let before = try aws.journal().count
        try await aws.call(
            "PutEvents", ["Entries": [["Source": .string(source), "DetailType": "t", "Detail": "{}"]]])
        return try aws.journal().dropFirst(before).filter { $0["kind"] == "delivery" }.compactMap {
            $0["detail"]?["source"]?.string?.split(separator: "/").last.map(String.init)
        }
    }

    @Test func aRuleThatIsUndoneIsAsItWas() async throws {
        try await put("a", "shop")
        try await target("a")
        try await put("b", "shop")
        #expect(try await matched("shop") == ["a"])
        let failure = await #expect(throws: AWSError.self) { try await aws.call("PutPermission") }
        #expect(failure?.message == #"["c"]"#)
        try await target("b")
        #expect(try await matched("shop") == ["a", "b"])
        #expect(try await matched("other") == [])
    }

    @Test func eachChangeCountsForTheNextEvent() async throws {
        for name in ["b", "a"] {
            try await put(name, "shop")
            #expect(try await matched("shop") == (name == "a" ? ["b"] : []))
            try await target(name)
        }
        #expect(try await matched("shop") == ["a", "b"])
        try await aws.call("DisableRule", ["Name": "a"])
        #expect(try await matched("shop") == ["b"])
        try await aws.call("EnableRule", ["Name": "a"])
        try await put("b", "other")
        #expect(try await matched("shop") == ["a"])
        #expect(try await matched("other") == ["b"])
        try await aws.call("RemoveTargets", ["Rule": "a", "Ids": ["1"]])
        try await aws.call("DeleteRule", ["Name": "a"])
        #expect(try await matched("shop") == [])
        try await put("a", "other")
        try await target("a")
        #expect(try await matched("other") == ["a", "b"])
    }

    @Test func callsAreToldAsLongAsARuleAsksForThem() async throws {
        func calls() async throws -> [JSON?] {
            let before = try aws.events("AWS API Call via CloudTrail").count
            try await aws.call("CreateEventBus", ["Name": .string("bus-\(try aws.journal().count)")])
            return try aws.events("AWS API Call via CloudTrail").dropFirst(before).map { $0["detail"]?["eventName"] }
        }
        let pattern: JSON = #"{"detail-type":["AWS API Call via CloudTrail"]}"#
        try await aws.call("PutRule", ["Name": "calls", "EventPattern": pattern])
        #expect(try await calls() == ["CreateEventBus"])
        try await put("calls", "shop")
        #expect(try await calls() == [])
        try await aws.call("PutRule", ["Name": "calls", "EventPattern": pattern])
        try await aws.call("DisableRule", ["Name": "calls"])
        #expect(try await calls() == [])
    }
}

extension String {
    fileprivate var json: JSON { .string(self) }
}
