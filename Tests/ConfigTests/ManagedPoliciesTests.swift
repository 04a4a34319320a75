import ConfigFacts
import Guard
import JSON
import Kernel
import Model
import Testing

@testable import Config

/// What managed rules say, without a server.
@Suite struct ManagedPoliciesTests {
    private func subject(_ type: String, _ configuration: JSON, tags: [(String, String)] = []) -> RuleSubject {
        let resource = ConfiguredResource(
            type: type, id: "r", configuration: configuration, tags: tags.map { .init(key: $0.0, value: $0.1) })
        return RuleSubject(
            resource: resource,
            document: [
                "resourceType": .string(type), "configuration": configuration, "supplementaryConfiguration": [:],
            ],
            account: "111111111111", now: Timestamp(milliseconds: 1_893_456_000_000))
    }

    private func judge(_ identifier: String, _ subject: RuleSubject, parameters: String? = nil) throws -> Judgement {
        let rule = try #require(ManagedRule(identifier))
        let judge = try #require(Judge(rule))
        return judge.judgement(on: subject, RuleParameters(parameters, of: rule))
    }

    @Test(arguments: ManagedPolicies.identifiers)
    func everyPolicyIsAboutARuleOfAWS(identifier: String) throws {
        let rule = try #require(ManagedRule(identifier))
        #expect(Judge(rule) != nil)
        #expect(!rule.resourceTypes.isEmpty)
    }

    @Test(arguments: ManagedPolicies.identifiers)
    func noPolicyIsContentWithAnEmptyItem(identifier: String) throws {
        let type = try #require(ManagedRule(identifier)?.resourceTypes.first)
        #expect(try judge(identifier, subject(type, [:])).compliance != .compliant)
    }

    @Test func moreThanThreeHundredRulesAreEvaluated() {
        let evaluated = ManagedRule.identifiers.filter { ManagedRule($0).flatMap { Judge($0) } != nil }
        #expect(evaluated.count > 300)
    }

    @Test func aMissingValueIsNamedInTheFindings() throws {
        let judgement = try judge("SNS_ENCRYPTED_KMS", subject("AWS::SNS::Topic", ["DisplayName": "x"]))
        #expect(judgement.compliance == .nonCompliant)
        #expect(judgement.annotation == "The topic is not encrypted with a KMS key.")
        #expect(judgement.findings.first?.clause.contains("KmsMasterKeyId") == true)
    }

    @Test func tagsOfAWSDoNotCount() throws {
        let type = "AWS::S3::Bucket"
        #expect(
            try judge("S3_BUCKET_TAGGED", subject(type, [:], tags: [("aws:x", "1")])).compliance == .nonCompliant)
        #expect(
            try judge(
                "S3_BUCKET_TAGGED", subject(type, [:], tags: [("a", "1"), ("b", "")]),
                parameters: #"{"requiredKeyTags":"a, b"}"#
            ).compliance == .compliant)
    }

    @Test func aPolicyThatCannotBeEvaluatedSaysSo() throws {
        let judge = try Judge(policy: "rule r { configuration.n empty }")
        let judgement = judge.judgement(on: subject("AWS::S3::Bucket", ["n": 1]), RuleParameters(nil, of: nil))
        #expect(judgement.compliance == .insufficientData)
    }
}
