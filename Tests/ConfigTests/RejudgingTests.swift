import JSON
import Kernel
import Testing

@testable import Config

/// What rules say when their resource changes again.
@Suite struct RejudgingTests {
    private func put(_ policy: String, _ account: ConfigAccount) async throws {
        try await account.aws.call(
            "PutConfigRule",
            [
                "ConfigRule": [
                    "ConfigRuleName": "r",
                    "Source": [
                        "Owner": "CUSTOM_POLICY",
                        "CustomPolicyDetails": ["PolicyRuntime": "guard-2.x.x", "PolicyText": .string(policy)],
                        "SourceDetails": [
                            ["EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"]
                        ],
                    ],
                ]
            ])
    }

    private func set(_ attribute: String, _ value: String, of url: String, _ account: ConfigAccount) async throws {
        await account.aws.advance(milliseconds: 1000)
        try await account.aws.call(
            "SetQueueAttributes", ["QueueUrl": .string(url), "Attributes": .object([attribute: .string(value)])])
    }

    /// The verdict, and the second of the test in which what was judged was captured.
    private func verdict(_ account: ConfigAccount) async throws -> String {
        let answer = try await account.aws.call("GetComplianceDetailsByConfigRule", ["ConfigRuleName": "r"])
        let result = answer["EvaluationResults"]?.array?.first
        let time = result?["EvaluationResultIdentifier"]?["OrderingTimestamp"]?.double ?? 0
        return "\(result?["ComplianceType"]?.string ?? "-") \(Int(time) - 1_893_456_000)"
    }

    @Test(arguments: [
        #"rule r when resourceType == "AWS::SQS::Queue" { configuration.DelaySeconds == "0" }"#,
        #"rule r when resourceType == "AWS::SQS::Queue" { configuration { DelaySeconds == "0" } }"#,
        #"rule r when resourceType == "AWS::SQS::Queue" { configuration.delaySeconds == "0" }"#,
        #"let d = configuration.DelaySeconds rule r when resourceType == "AWS::SQS::Queue" { %d == "0" }"#,
    ])
    func aRuleIsAskedWhereWhatItReadsChanges(policy: String) async throws {
        let account = try await ConfigAccount()
        let url = try await account.makeQueue("q")
        try await put(policy, account)
        try await set("VisibilityTimeout", "1", of: url, account)
        #expect(try await verdict(account) == "COMPLIANT 1")
        try await set("VisibilityTimeout", "2", of: url, account)
        #expect(try await verdict(account) == "COMPLIANT 2")
        try await set("DelaySeconds", "5", of: url, account)
        #expect(try await verdict(account) == "NON_COMPLIANT 3")
        try await set("VisibilityTimeout", "3", of: url, account)
        #expect(try await verdict(account) == "NON_COMPLIANT 4")
        try await set("DelaySeconds", "0", of: url, account)
        #expect(try await verdict(account) == "COMPLIANT 5")
    }

    @Test func aRuleThatReadsTheTimeOfTheItemIsAskedEachTime() async throws {
        let account = try await ConfigAccount()
        let url = try await account.makeQueue("q")
        try await put(
            #"rule r when resourceType == "AWS::SQS::Queue" { configurationItemCaptureTime != /:02.000Z$/ }"#, account)
        try await set("DelaySeconds", "1", of: url, account)
        #expect(try await verdict(account) == "COMPLIANT 1")
        try await set("DelaySeconds", "2", of: url, account)
        #expect(try await verdict(account) == "NON_COMPLIANT 2")
    }

    @Test func aRuleThatWasChangedIsAskedAgain() async throws {
        let account = try await ConfigAccount()
        // Only the first hundred are judged in the call that changes the rule; this one is among the others.
        for number in 0..<100 { _ = try await account.makeQueue("a\(number)") }
        let url = try await account.makeQueue("z")
        try await put(#"rule r when resourceType == "AWS::SQS::Queue" { configuration.DelaySeconds == "0" }"#, account)
        await account.aws.advance(milliseconds: 1)
        try await set("VisibilityTimeout", "1", of: url, account)
        try await put(#"rule r when resourceType == "AWS::SQS::Queue" { configuration.DelaySeconds == "1" }"#, account)
        try await account.aws.call(
            "SetQueueAttributes", ["QueueUrl": .string(url), "Attributes": ["VisibilityTimeout": "2"]])
        let answer = try await account.aws.call(
            "GetComplianceDetailsByResource", ["ResourceType": "AWS::SQS::Queue", "ResourceId": .string(url)])
        #expect(answer["EvaluationResults"]?.array?.first?["ComplianceType"] == "NON_COMPLIANT")
    }

    @Test func verdictsThatWereDeletedComeBackWithTheNextChange() async throws {
        let account = try await ConfigAccount()
        let url = try await account.makeQueue("q")
        try await put(#"rule r when resourceType == "AWS::SQS::Queue" { configuration.DelaySeconds == "0" }"#, account)
        try await set("VisibilityTimeout", "1", of: url, account)
        try await account.aws.call("DeleteEvaluationResults", ["ConfigRuleName": "r"])
        #expect(try await verdict(account).hasPrefix("-"))
        try await set("VisibilityTimeout", "2", of: url, account)
        #expect(try await verdict(account) == "COMPLIANT 2")
    }

    @Test func theRuleIsSaidToHaveBeenAskedWhereItNeedNotBe() async throws {
        let account = try await ConfigAccount()
        let url = try await account.makeQueue("q")
        try await put(#"rule r when resourceType == "AWS::SQS::Queue" { configuration.DelaySeconds == "0" }"#, account)
        for seconds in 1...3 { try await set("VisibilityTimeout", "\(seconds)", of: url, account) }
        let answer = try await account.aws.call("DescribeConfigRuleEvaluationStatus", ["ConfigRuleNames": ["r"]])
        #expect(
            answer["ConfigRulesEvaluationStatus"]?.array?.first?["LastSuccessfulEvaluationTime"]?.double
                == 1_893_456_003)
    }
}
