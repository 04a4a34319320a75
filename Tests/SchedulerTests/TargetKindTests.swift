import Kernel
import Model
import Testing

@testable import Scheduler

@Suite struct TargetKindTests {
    private func kind(_ arn: String) throws -> TargetKind? { try ARN(arn).map { try TargetKind($0) } }

    @Test(arguments: [
        ("arn:aws:sqs:us-east-1:111111111111:jobs", "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"),
        ("arn:aws:sns:us-east-1:111111111111:news", "arn:aws:scheduler:::aws-sdk:sns:publish"),
        (
            "arn:aws:events:us-east-1:111111111111:event-bus/default",
            "arn:aws:scheduler:::aws-sdk:eventbridge:putEvents"
        ),
        ("arn:aws:lambda:us-east-1:111111111111:function:job", "arn:aws:scheduler:::aws-sdk:lambda:invoke"),
        ("arn:aws:states:us-east-1:111111111111:stateMachine:m", "arn:aws:scheduler:::aws-sdk:sfn:startExecution"),
    ])
    func aTemplatedTargetStandsForOneOperation(arn: String, operation: String) throws {
        #expect(try kind(arn)?.universalARN(partition: "aws") == operation)
    }

    @Test func aUniversalTargetNamesItsOperation() throws {
        #expect(
            try kind("arn:aws:scheduler:::aws-sdk:ssm:putParameter")
                == .universal(sdkName: "ssm", action: "putParameter"))
    }

    @Test(arguments: [
        ("arn:aws:rds:us-east-1:111111111111:db:x", "rds is not a supported service for a target."),
        (
            "arn:aws:scheduler:us-east-1:111111111111:aws-sdk:sqs:sendMessage",
            "scheduler is not a supported service for a target."
        ),
        ("arn:aws:events:us-east-1:111111111111:api-destination/x", "Provided Arn is not in correct format."),
        ("arn:aws:scheduler:::aws-sdk:sqs", "Provided Arn is not in correct format."),
    ])
    func otherTargetsAreRefused(arn: String, text: String) {
        #expect(throws: AWSError.validation(text)) { try kind(arn) }
    }

    @Test func actionsThatOnlyReadAreKnownByTheirNames() {
        for action in ["getQueueUrl", "GetQueueUrl", "listQueues", "batchGetItem", "isAuthorized", "receiveMessage"] {
            #expect(TargetKind.isReading(action), "\(action)")
        }
        for action in ["sendMessage", "putParameter", "deleteQueue", "adminCreateUser", "batchWriteItem"] {
            #expect(!TargetKind.isReading(action), "\(action)")
        }
    }
}
