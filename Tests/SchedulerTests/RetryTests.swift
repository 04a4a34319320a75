import JSON
import Kernel
import Model
import SQS
import Synchronization
import TestKernel
import Testing

@testable import Scheduler

/// A service whose one operation fails as often as a test wants.
private final class Moody: Sendable {
    let failures = Mutex(0)
    let calls = Mutex<[String]>([])

    struct Note: ShapeView {
        let json: JSON
        init(json: JSON) { self.json = json }
    }

    var service: Service {
        let model = ServiceModel(
            name: "moody", title: "Moody", apiVersion: "2030-01-01", wireProtocol: .restJson, targetPrefix: nil,
            signingName: "moody", serviceID: "Moody Service", xmlNamespace: nil, isQueryCompatible: false,
            text: #"""
                {"operations": {"Call": {"input": "In"}}, "shapes": {"S": {"type": "string"}, "B": {"type": "blob"},
                "In": {"type": "structure", "required": ["text"], "members": {"text": "S", "bytes": "B"}}}}
                """#)
        return Service(
            model: model,
            operations: [
                .write("Call") { (input: Note, context: WriteContext) in
                    self.calls.withLock { $0.append(input.json.description) }
                    let fails = self.failures.withLock { left in
                        left -= 1
                        return left >= 0
                    }
                    if fails { throw AWSError("ThrottlingException", "Rate exceeded", status: 400) }
                }
            ])
    }
}

@Suite struct RetryTests {
    private let moody = Moody()

    private func schedule(failures: Int, _ policy: JSON) async throws -> TestKernel {
        moody.failures.withLock { $0 = failures }
        let aws = try await TestKernel(Scheduler.service, SQS.service, moody.service)
        try await aws.call("CreateQueue", ["QueueName": "dead"])
        try await aws.call(
            "CreateSchedule",
            [
                "Name": "s", "ScheduleExpression": "at(2030-01-01T01:00:00)", "FlexibleTimeWindow": ["Mode": "OFF"],
                "Target": [
                    "Arn": "arn:aws:scheduler:::aws-sdk:moodyservice:call",
                    "RoleArn": "arn:aws:iam::111111111111:role/r", "RetryPolicy": policy,
                    "Input": #"{"Text":"<aws.scheduler.attempt-number>","Bytes":"abc"}"#,
                    "DeadLetterConfig": ["Arn": "arn:aws:sqs:us-east-1:111111111111:dead"],
                ],
            ])
        await aws.advance(hours: 1)
        return aws
    }

    private func letter(_ aws: TestKernel) async throws -> JSON? {
        let answer = try await aws.call(
            "ReceiveMessage",
            ["QueueUrl": "http://127.0.0.1/111111111111/dead", "MessageAttributeNames": ["All"]])
        return answer["Messages"]?.array?.first
    }

    private func attribute(_ name: String, _ letter: JSON?) -> String? {
        letter?["MessageAttributes"]?[name]?["StringValue"]?.string
    }

    @Test func whatPassesIsTriedAgainWithGrowingDelays() async throws {
        let aws = try await schedule(failures: 3, [:])
        #expect(moody.calls.withLock(\.count) == 1)
        // Each is shorter by chance.
        await aws.advance(milliseconds: 1000 + 2000 + 4000)
        #expect(moody.calls.withLock { $0 } == (1...4).map { #"{"text":"\#($0)","bytes":"YWJj"}"# })
        await aws.advance(hours: 24)
        #expect(moody.calls.withLock(\.count) == 4)
        #expect(try await letter(aws) == nil)
    }

    @Test func afterTheLastRetryItIsADeadLetter() async throws {
        let aws = try await schedule(failures: 100, ["MaximumRetryAttempts": 2])
        await aws.advance(hours: 1)
        #expect(moody.calls.withLock(\.count) == 3)
        let letter = try await letter(aws)
        #expect(attribute("ERROR_CODE", letter) == "ThrottlingException")
        #expect(attribute("ERROR_MESSAGE", letter) == "Rate exceeded")
        #expect(attribute("RETRY_ATTEMPTS", letter) == "2")
        #expect(attribute("EXHAUSTED_RETRY_CONDITION", letter) == "MaximumRetryAttempts")
        #expect(letter?["Body"] == #"{"Text":"3","Bytes":"abc"}"#)
    }

    @Test func afterItsAgeItIsADeadLetter() async throws {
        let aws = try await schedule(failures: 100, ["MaximumEventAgeInSeconds": 60])
        await aws.advance(hours: 1)
        // The delays double, less up to a half of each, so that within a minute there are five retries or six.
        let retries = moody.calls.withLock(\.count) - 1
        #expect((5...6).contains(retries))
        let letter = try await letter(aws)
        #expect(attribute("EXHAUSTED_RETRY_CONDITION", letter) == "MaximumEventAgeInSeconds")
        #expect(attribute("RETRY_ATTEMPTS", letter) == "\(retries)")
    }

    @Test func aTargetThatFailsLeavesNoOtherTrace() async throws {
        let aws = try await schedule(failures: 1, [:])
        let row = try aws.journal().last { $0["kind"] == "delivery" }
        #expect(row?["detail"]?["outcome"] == "failed" && row?["detail"]?["error"] == "ThrottlingException")
    }

    @Test func missingMembersAreNamedWithACapital() async throws {
        let aws = try await TestKernel(Scheduler.service, moody.service)
        let text =
            "Invalid RequestJson provided. Reason Request payload is missing the following field(s): Text."
        await #expect(throws: AWSError.validation(text)) {
            try await aws.call(
                "CreateSchedule",
                [
                    "Name": "s", "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": ["Mode": "OFF"],
                    "Target": [
                        "Arn": "arn:aws:scheduler:::aws-sdk:moodyservice:call", "Input": #"{"text":"x"}"#,
                        "RoleArn": "arn:aws:iam::111111111111:role/r",
                    ],
                ])
        }
    }
}
