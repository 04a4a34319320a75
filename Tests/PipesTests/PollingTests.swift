import JSON
import Kernel
import SQS
import TestKernel
import Testing

@testable import Pipes

/// A pipe from one queue to another, on a clock that is moved by hand.
@Suite struct PollingTests {
    private static let account = "111111111111"

    private func world(_ settings: KeyValuePairs<String, JSON?> = [:]) async throws -> TestKernel {
        let aws = try await TestKernel(SQS.service, Pipes.service)
        for name in ["in", "out"] { try await aws.call("CreateQueue", .object(["QueueName": .string(name)])) }
        var pipe = JSONObject([
            ("Name", "p"), ("Source", .string(arn("in"))), ("Target", .string(arn("out"))),
            ("RoleArn", .string("arn:aws:iam::\(Self.account):role/pipe")),
            ("TargetParameters", .object(["InputTemplate": "<$.body>"])),
        ])
        for (name, value) in settings { pipe[name] = value }
        try await aws.call("CreatePipe", .object(pipe))
        await aws.advance(milliseconds: 1000)
        return aws
    }

    private func arn(_ queue: String) -> String { "arn:aws:sqs:us-east-1:\(Self.account):\(queue)" }

    private func url(_ queue: String) -> JSON {
        .string("https://sqs.us-east-1.amazonaws.com/\(Self.account)/\(queue)")
    }

    private func send(_ body: String, in aws: TestKernel) async throws {
        try await aws.call("SendMessage", .object(["QueueUrl": url("in"), "MessageBody": .string(body)]))
    }

    private func received(in aws: TestKernel) async throws -> [String] {
        let output = try await aws.call("ReceiveMessage", .object(["QueueUrl": url("out"), "MaxNumberOfMessages": 10]))
        return (output["Messages"]?.array ?? []).compactMap { $0["Body"]?.string }
    }

    @Test func whatIsSentIsOnItsWayWithoutTimePassing() async throws {
        let aws = try await world()
        try await send("a", in: aws)
        await aws.advance(milliseconds: 0)
        #expect(try await received(in: aws) == ["a"])
    }

    @Test func theTargetLearnsWhoSentInThePipesRole() async throws {
        let aws = try await world(["TargetParameters": .object(["InputTemplate": "<$.attributes.SenderId>"])])
        try await send("a", in: aws)
        await aws.advance(milliseconds: 0)
        let output = try await aws.call(
            "ReceiveMessage", .object(["QueueUrl": url("out"), "AttributeNames": ["SenderId"]]))
        #expect(output["Messages"]?.array?.first?["Body"] == .string(Self.account))
        #expect(output["Messages"]?.array?.first?["Attributes"]?["SenderId"]?.string?.hasPrefix("AROA") == true)
    }

    @Test func failuresInARowSlowThePollingDown() async throws {
        let aws = try await world(["Target": .string(arn("missing"))])
        for number in 0..<5 {
            try await send("\(number)", in: aws)
            await aws.advance(milliseconds: 0)
        }
        let before = try aws.journal().filter { $0["kind"] == "pipeExecution" }.count
        try await send("late", in: aws)
        await aws.advance(milliseconds: 500)
        #expect(try aws.journal().filter { $0["kind"] == "pipeExecution" }.count == before)
        await aws.advance(milliseconds: 500)
        #expect(try aws.journal().filter { $0["kind"] == "pipeExecution" }.count == before + 1)
    }

    @Test func whatAPipeDoesIsInTheJournalOfItsAccount() async throws {
        let aws = try await world()
        try await send("a", in: aws)
        await aws.advance(milliseconds: 0)
        let row = try #require(try aws.journal().first { $0["kind"] == "pipeExecution" })
        #expect(row["account"] == .string(Self.account) && row["service"] == "pipes")
        let delivery = try #require(try aws.journal().first { $0["kind"] == "delivery" })
        #expect(delivery["cause"] == row["sequence"])
    }
}
