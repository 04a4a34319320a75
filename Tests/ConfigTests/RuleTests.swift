import ConfigFacts
import JSON
import Kernel
import Model
import Testing

@testable import Config

@Suite struct RuleTests {
    @Test(
        arguments: [
            ([], ComplianceValue.insufficientData), ([.notApplicable], .insufficientData), ([.compliant], .compliant),
            ([.compliant, .nonCompliant], .nonCompliant), ([.nonCompliant, .compliant], .nonCompliant),
            ([.notApplicable, .compliant], .compliant),
        ] as [([ComplianceValue], ComplianceValue)])
    func oneThatIsNotCompliantIsEnough(values: [ComplianceValue], together: ComplianceValue) {
        #expect(ComplianceValue(values) == together)
    }

    @Test func parametersHaveTheTypesOfTheirRule() throws {
        let rule = try #require(ManagedRule("ACM_CERTIFICATE_EXPIRATION_CHECK"))
        #expect(RuleParameters(nil, of: rule)["daysToExpiration"] == 14)
        #expect(RuleParameters(#"{"daysToExpiration":"30"}"#, of: rule)["daysToExpiration"] == 30)
        #expect(RuleParameters(#"{"a":"30"}"#, of: nil)["a"] == "30")
    }

    @Test(arguments: ["a,b", " a , b ", "a,,b,"])
    func listsAreReadWithoutBlanks(text: String) { #expect(RuleParameters.list(text) == ["a", "b"]) }

    private func isPublic(_ statement: String) -> Bool {
        PolicyReading(.string("{\"Statement\":[\(statement)]}")).statements.contains(where: \.isPublic)
    }

    @Test(arguments: [
        #"{"Effect":"Allow","Principal":"*","Action":"*"}"#,
        #"{"Effect":"Allow","Principal":{"AWS":["1","*"]},"Action":"*"}"#,
        #"{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringLike":{"aws:SourceAccount":"*"}}}"#,
        #"{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#,
        #"{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}"#,
        #"{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringNotEquals":{"aws:SourceAccount":"1"}}}"#,
    ])
    func everybodyIsPublic(statement: String) { #expect(isPublic(statement)) }

    @Test(arguments: [
        #"{"Effect":"Deny","Principal":"*","Action":"*"}"#,
        #"{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"*"}"#,
        #"{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringEquals":{"AWS:SourceOwner":"111111111111"}}}"#,
        #"{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:111111111111:*"}}}"#,
    ])
    func whoIsNamedIsNotEverybody(statement: String) { #expect(!isPublic(statement)) }

    @Test func documentsOfIAMAreURLEncoded() {
        let statements = PolicyReading(
            "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A*%22%7D%7D"
        ).statements
        #expect(statements.map(\.fullActions) == [["s3:*"]])
    }
}
