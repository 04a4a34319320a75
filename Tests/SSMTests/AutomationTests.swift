import JSON
import Kernel
import Model
import TestKernel
import Testing

@testable import SSM

@Suite struct AutomationTests {
    private func start(_ content: String, _ aws: TestKernel, name: String = "book") async throws -> JSON {
        try await aws.call(
            "CreateDocument", ["Name": .string(name), "Content": .string(content), "DocumentType": "Automation"])
        return try await aws.call("StartAutomationExecution", ["DocumentName": .string(name)])
    }

    private func find(_ started: JSON, _ aws: TestKernel) async throws -> JSON {
        // A millisecond lets what is due now be done.
        await aws.advance(milliseconds: 1)
        let id = try #require(started["AutomationExecutionId"])
        return try #require(
            try await aws.call("GetAutomationExecution", ["AutomationExecutionId": id])["AutomationExecution"])
    }

    @Test func stepsThatGoRoundInACircleEnd() async throws {
        let aws = try await TestKernel(SSM.service)
        let started = try await start(
            #"""
            {"schemaVersion":"0.3","mainSteps":[{"name":"a","action":"aws:sleep","inputs":{"Duration":"PT0S"}},
             {"name":"b","action":"aws:sleep","inputs":{"Duration":"PT0S"},"nextStep":"a"}]}
            """#, aws)
        let found = try await find(started, aws)
        #expect(found["AutomationExecutionStatus"] == "Failed")
        #expect(found["FailureMessage"]?.string?.contains("2500 steps") == true)
    }

    @Test func aRunbookThatRunsItselfEnds() async throws {
        let aws = try await TestKernel(SSM.service)
        let started = try await start(
            #"""
            {"schemaVersion":"0.3","mainSteps":[{"name":"a","action":"aws:executeAutomation",
             "inputs":{"DocumentName":"book"}}]}
            """#, aws)
        #expect(try await find(started, aws)["AutomationExecutionStatus"] == "Failed")
        let all = try await aws.call("DescribeAutomationExecutions")
        #expect(all["AutomationExecutionMetadataList"]?.array?.count == 21)
    }

    @Test func aChildOfNoDocumentFailsItsStep() async throws {
        let aws = try await TestKernel(SSM.service)
        let started = try await start(
            #"""
            {"schemaVersion":"0.3","mainSteps":[{"name":"a","action":"aws:executeAutomation",
             "inputs":{"DocumentName":["x","y"],"RuntimeParameters":5}}]}
            """#, aws)
        #expect(try await find(started, aws)["AutomationExecutionStatus"] == "Failed")
    }

    @Test func aLoopTimesOutWithWhatIsInIt() async throws {
        let aws = try await TestKernel(SSM.service)
        let started = try await start(
            #"""
            {"schemaVersion":"0.3","mainSteps":[{"name":"l","action":"aws:loop","timeoutSeconds":90,"inputs":{
             "Iterators":["1","2","3"],"Steps":[{"name":"nap","action":"aws:sleep","inputs":{"Duration":"PT1M"}}]}}]}
            """#, aws)
        await aws.advance(milliseconds: 89_000)
        #expect(try await find(started, aws)["AutomationExecutionStatus"] == "InProgress")
        await aws.advance(milliseconds: 1000)
        let found = try await find(started, aws)
        #expect(found["AutomationExecutionStatus"] == "TimedOut")
        #expect(found["StepExecutions"]?.array?.map { $0["StepStatus"] } == ["TimedOut", "Success", "Cancelled"])
    }

    @Test func aChildEndsWithTheStepThatWaitsForIt() async throws {
        let aws = try await TestKernel(SSM.service)
        let nap =
            #"{"schemaVersion":"0.3","mainSteps":[{"name":"nap","action":"aws:sleep","inputs":{"Duration":"PT1H"}}]}"#
        try await aws.call("CreateDocument", ["Name": "child", "Content": .string(nap), "DocumentType": "Automation"])
        let started = try await start(
            #"""
            {"schemaVersion":"0.3","mainSteps":[{"name":"run","action":"aws:executeAutomation","timeoutSeconds":60,
             "inputs":{"DocumentName":"child"}}]}
            """#, aws)
        await aws.advance(milliseconds: 60_000)
        let found = try await find(started, aws)
        #expect(found["AutomationExecutionStatus"] == "TimedOut")
        let child = try #require(found["StepExecutions"]?.array?.first?["Outputs"]?["ExecutionId"]?.array?.first)
        #expect(try await find(["AutomationExecutionId": child], aws)["AutomationExecutionStatus"] == "Cancelled")
    }

    @Test func whatHasNoValueFailsTheStepThatNamesIt() async throws {
        let aws = try await TestKernel(SSM.service)
        let started = try await start(
            #"""
            {"schemaVersion":"0.3","mainSteps":[{"name":"a","action":"aws:sleep","inputs":{"Duration":"PT0S"}},
             {"name":"b","action":"aws:sleep","inputs":{"Duration":"{{ a.Missing }}"}}]}
            """#, aws)
        let found = try await find(started, aws)
        #expect(
            found["FailureMessage"]
                == "Step fails when it is Validating and resolving the step inputs. Failed to resolve input: a.Missing to type String. a.Missing is not defined in the Automation Document.. Please refer to Automation Service Troubleshooting Guide for more diagnosis details."
        )
    }

    @Test(arguments: [
        #"{"name":"a","action":"aws:sleep","timeoutSeconds":9000000000000000000,"inputs":{"Duration":"PT0S"}}"#,
        #"{"name":"a","action":"aws:sleep","timeoutSeconds":-5,"inputs":{"Duration":"PT0S"}}"#,
        #"{"name":"a","action":"aws:sleep","inputs":{"Duration":{"x":[1]}}}"#,
        #"{"name":"a","action":"aws:sleep","inputs":{"Timestamp":"9999-12-31T23:59:59Z"}}"#,
        #"{"name":"a","action":"aws:executeAwsApi","maxAttempts":99999999,"inputs":{"Service":"ssm","Api":["x"]}}"#,
        #"{"name":"a","action":"aws:executeAwsApi","inputs":{"Service":"ssm","Api":"PutParameter","Name":{"a":1},"Value":[],"Type":7}}"#,
        #"{"name":"a","action":"aws:loop","inputs":{"Iterators":"{{ variable:v }}","Steps":[{"name":"b","action":"aws:pause"}]}}"#,
        #"{"name":"a","action":"aws:loop","inputs":{"Iterators":\#(LongList.text),"Steps":[{"name":"b","action":"aws:pause"}]}}"#,
        #"""
        {"name":"l","action":"aws:loop","inputs":{"LoopCondition":{"Variable":1,"NumericEquals":1},"MaxIterations":100,"Steps":[
         {"name":"grow","action":"aws:updateVariable","inputs":{"Name":"variable:v","Value":"{{ variable:v }}{{ variable:v }}"}}]}}
        """#,
        #"""
        {"name":"l","action":"aws:loop","inputs":{"LoopCondition":{"Variable":1,"NumericEquals":1},"MaxIterations":100,"Steps":[
         {"name":"grow","action":"aws:updateVariable","inputs":{"Name":"variable:m","Value":{"a":"{{ variable:m }}"}}},
         {"name":"more","action":"aws:updateVariable","inputs":{"Name":"variable:m","Value":{"a":"{{ variable:m }}"}}}]}}
        """#,
    ])
    func whatIsOutOfBoundsFails(step: String) async throws {
        let aws = try await TestKernel(SSM.service)
        let started = try await start(
            #"""
            {"schemaVersion":"0.3","variables":{"v":{"type":"String","default":"x"},
             "m":{"type":"StringMap","default":{}}},"mainSteps":[\#(step)]}
            """#, aws)
        #expect(try await find(started, aws)["AutomationExecutionStatus"] == "Failed")
    }

    private enum LongList {
        static let text = "[\(Array(repeating: "1", count: 101).joined(separator: ","))]"
    }

    @Test func whatEndedLongAgoIsForgotten() async throws {
        let aws = try await TestKernel(SSM.service)
        let content =
            #"{"schemaVersion":"0.3","mainSteps":[{"name":"a","action":"aws:sleep","inputs":{"Duration":"PT0S"}}]}"#
        let first = try await start(content, aws)
        await aws.advance(hours: 31 * 24)
        try await aws.call("StartAutomationExecution", ["DocumentName": "book"])
        let error = await #expect(throws: AWSError.self) {
            try await aws.call(
                "GetAutomationExecution", ["AutomationExecutionId": first["AutomationExecutionId"] ?? ""])
        }
        #expect(error?.code == "AutomationExecutionNotFoundException")
    }

    @Test func whatStepsDoHasTheStartAsItsCause() async throws {
        let aws = try await TestKernel(SSM.service)
        let started = try await start(
            #"""
            {"schemaVersion":"0.3","mainSteps":[{"name":"put","action":"aws:executeAwsApi","inputs":{"Service":"ssm",
             "Api":"PutParameter","Name":"/a","Value":"1","Type":"String"}}]}
            """#, aws)
        _ = try await find(started, aws)
        let journal = try aws.journal()
        let start = try #require(journal.first { $0["detail"]?["operation"] == "StartAutomationExecution" })
        let put = try #require(journal.first { $0["detail"]?["operation"] == "PutParameter" })
        #expect(put["cause"] == start["sequence"])
    }
}
