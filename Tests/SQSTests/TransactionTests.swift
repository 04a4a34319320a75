import JSON
import Kernel
import TestKernel
import Testing

@testable import SQS

/// What a call that fails leaves behind: nothing, also not in the memory of the writer.
@Suite struct TransactionTests {
    @Test func aPurgeThatIsRefusedLeavesTheMessages() async throws {
        let aws = try await TestKernel(SQS.service)
        try await aws.call("CreateQueue", ["QueueName": "q"])
        try await aws.call("PurgeQueue", ["QueueUrl": "q"])
        try await aws.call("SendMessage", ["QueueUrl": "q", "MessageBody": "x"])
        await #expect(throws: (any Error).self) { try await aws.call("PurgeQueue", ["QueueUrl": "q"]) }
        let received = try await aws.call("ReceiveMessage", ["QueueUrl": "q"])
        #expect(received["Messages"]?.array?.first?["Body"] == "x")
    }

    @Test func aSettingThatIsRefusedTakesTheOthersWithIt() async throws {
        let aws = try await TestKernel(SQS.service)
        try await aws.call("CreateQueue", ["QueueName": "q"])
        await #expect(throws: (any Error).self) {
            try await aws.call(
                "SetQueueAttributes",
                ["QueueUrl": "q", "Attributes": ["VisibilityTimeout": "5", "DelaySeconds": "1000"]])
        }
        try await aws.call("SendMessage", ["QueueUrl": "q", "MessageBody": "x"])
        try await aws.call("ReceiveMessage", ["QueueUrl": "q"])
        await aws.advance(milliseconds: 29_999)
        #expect(try await aws.call("ReceiveMessage", ["QueueUrl": "q"])["Messages"] == nil)
    }

    @Test func aQueueThatIsMadeAgainIsEmpty() async throws {
        let aws = try await TestKernel(SQS.service)
        try await aws.call("CreateQueue", ["QueueName": "q"])
        try await aws.call("SendMessage", ["QueueUrl": "q", "MessageBody": "x"])
        try await aws.call("DeleteQueue", ["QueueUrl": "q"])
        try await aws.call("CreateQueue", ["QueueName": "q"])
        #expect(try await aws.call("ReceiveMessage", ["QueueUrl": "q"])["Messages"] == nil)
    }
}
