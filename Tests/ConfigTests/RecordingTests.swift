import JSON
import Kernel
import Model
import Testing

@testable import Config

@Suite struct RecordingTests {
    @Test func aCallLeavesOneItemHoweverMuchItChanges() async throws {
        let account = try await ConfigAccount()
        let url = try await account.makeQueue("q", tags: ["a": "1", "b": "2"])
        #expect(try await account.statuses(ConfigAccount.queue, url) == ["ResourceDiscovered"])
    }

    @Test func aChangeThatChangesNothingLeavesNoItem() async throws {
        let account = try await ConfigAccount()
        let url = try await account.makeQueue("q", tags: ["a": "1"])
        try await account.aws.call("TagQueue", ["QueueUrl": .string(url), "Tags": ["a": "1"]])
        #expect(try await account.statuses(ConfigAccount.queue, url) == ["ResourceDiscovered"])
    }

    @Test func thousandsOfResourcesAreFoundStepByStep() async throws {
        let account = try await ConfigAccount(isRecording: false)
        for number in 0..<250 { _ = try await account.makeQueue("q\(number)") }
        try await account.start()
        // The rest of the inventory is due work.
        await account.aws.advance(milliseconds: 1)
        #expect(try await account.count(ConfigAccount.queue) == 250)
    }

    @Test func resourcesOfOtherRegionsHaveTheirOwnRecorder() async throws {
        let account = try await ConfigAccount()
        let elsewhere = try await account.aws.call(
            "CreateQueue", ["QueueName": "q"], as: .account("111111111111", region: "eu-west-1"))
        await #expect(throws: AWSError.self) {
            try await account.statuses(ConfigAccount.queue, elsewhere["QueueUrl"]?.string ?? "")
        }
        #expect(try await account.count(ConfigAccount.queue) == 0)
    }

    @Test func aQueueKeepsTheNameUnderWhichItWasSeenFirst() async throws {
        let account = try await ConfigAccount()
        let url = try await account.makeQueue("q")
        let other = Caller(
            region: "us-east-1", principal: .root(of: "111111111111", region: "us-east-1"), requestID: "r",
            endpoint: "http://localhost:4566")
        try await account.aws.call("DeleteQueue", ["QueueUrl": "q"], as: other)
        #expect(try await account.statuses(ConfigAccount.queue, url) == ["ResourceDeleted", "ResourceDiscovered"])
    }
}
