import Testing

@testable import Kernel

@Suite struct PolicyTests {
    private static let queue = "arn:aws:sqs:us-east-1:111111111111:orders"

    private func verdict(
        _ statement: String, principal: PolicyRequest.Who = .service("sns.amazonaws.com"),
        conditions: [String: [String]] = ["aws:SourceArn": ["arn:aws:sns:us-east-1:111111111111:topic"]]
    ) throws -> PolicyVerdict {
        let document = try #require(PolicyDocument(#"{"Version":"2012-10-17","Statement":[\#(statement)]}"#))
        return document.verdict(
            on: PolicyRequest(
                principal: principal, action: "sqs:SendMessage", resource: Self.queue, conditions: conditions))
    }

    private func statement(_ more: String, effect: String = "Allow") -> String {
        #"{"Sid":"s","Effect":"\#(effect)",\#(more)}"#
    }

    @Test(arguments: [
        (#""Principal":"*","Action":"*","Resource":"*""#, true),
        (#""Principal":{"Service":"sns.amazonaws.com"},"Action":"SQS:SendMessage","Resource":"*""#, true),
        (#""Principal":{"Service":["x.amazonaws.com"]},"Action":"sqs:*","Resource":"*""#, false),
        (#""Principal":"*","Action":["sqs:Receive*"],"Resource":"*""#, false),
        (#""Principal":"*","NotAction":["sqs:Receive*"],"Resource":"*""#, true),
        (#""Principal":"*","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111111111111:ord*""#, true),
        (#""Principal":"*","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111111111111:other""#, false),
        (#""Principal":"*","Action":"sqs:SendMessage","NotResource":"arn:aws:sqs:*:*:other""#, true),
        (#""NotPrincipal":{"Service":"sns.amazonaws.com"},"Action":"sqs:*","Resource":"*""#, false),
    ])
    func everyElementMustFit(elements: String, isAllowed: Bool) throws {
        #expect(try verdict(statement(elements)).isAllowed == isAllowed)
    }

    @Test(arguments: [
        (#"{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111111111111:topic"}}"#, true),
        (#"{"ArnLike":{"AWS:SourceArn":"arn:aws:sns:*:111111111111:*"}}"#, true),
        (#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*"}}"#, false),
        (#"{"ArnNotEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111111111111:topic"}}"#, false),
        (#"{"StringEquals":{"aws:SourceAccount":"111111111111"}}"#, false),
        (#"{"StringEqualsIfExists":{"aws:SourceAccount":"111111111111"}}"#, true),
        (#"{"Null":{"aws:SourceAccount":"true"}}"#, true), (#"{"Null":{"aws:SourceArn":"true"}}"#, false),
        (#"{"StringLike":{"aws:SourceArn":["x","*:top?c"]}}"#, true),
        (
            #"{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111111111111:topic"},"Bool":{"aws:SecureTransport":"true"}}"#,
            false
        ),
    ])
    func everyConditionMustHold(condition: String, isAllowed: Bool) throws {
        let elements = #""Principal":"*","Action":"sqs:*","Resource":"*","Condition":\#(condition)"#
        #expect(try verdict(statement(elements)).isAllowed == isAllowed)
    }

    @Test(arguments: [
        (#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, ["aws:SourceIp": ["203.0.113.9"]], true),
        (#"{"NotIpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#, ["aws:SourceIp": ["2001:db8::1"]], false),
        (#"{"NumericLessThan":{"n":"5"}}"#, ["n": ["4"]], true),
        (#"{"NumericLessThan":{"n":"5"}}"#, ["n": ["5"]], false),
        (#"{"DateGreaterThan":{"t":"2030-01-01T00:00:00Z"}}"#, ["t": ["2031-01-01T00:00:00Z"]], true),
        (#"{"ForAllValues:StringEquals":{"k":["a","b"]}}"#, ["k": ["a", "b"]], true),
        (#"{"ForAllValues:StringEquals":{"k":["a"]}}"#, ["k": ["a", "b"]], false),
        (#"{"ForAnyValue:StringEquals":{"k":["a"]}}"#, ["k": ["a", "b"]], true),
        (#"{"StringEquals":{"k":"${aws:me}"}}"#, ["k": ["x"], "aws:me": ["x"]], true),
        (#"{"StringLike":{"k":"${*}"}}"#, ["k": ["y"]], true),
    ])
    func operatorsCompareByType(condition: String, context: [String: [String]], isAllowed: Bool) throws {
        let elements = #""Principal":"*","Action":"sqs:*","Resource":"*","Condition":\#(condition)"#
        #expect(try verdict(statement(elements), conditions: context).isAllowed == isAllowed)
    }

    @Test(arguments: [
        ("222222222222", true), ("arn:aws:iam::222222222222:root", true),
        ("arn:aws:iam::222222222222:role/deploy", true),
        ("arn:aws:iam::222222222222:role/other", false), ("arn:aws:iam::333333333333:root", false),
    ])
    func anAccountNamesEverybodyInItAndARoleItsSessions(principal: String, isAllowed: Bool) throws {
        let session = Principal(
            account: "222222222222", arn: "arn:aws:sts::222222222222:assumed-role/deploy/ci", userID: "AROA:ci",
            sessionKeyID: nil)
        let elements = #""Principal":{"AWS":"\#(principal)"},"Action":"sqs:*","Resource":"*""#
        #expect(try verdict(statement(elements), principal: .principal(session)).isAllowed == isAllowed)
    }

    @Test func aDenialOutweighsWhatIsAllowed() throws {
        let all = #""Principal":"*","Action":"*","Resource":"*""#
        let both = statement(all) + "," + statement(all, effect: "Deny")
        #expect(try verdict(both) == .denied("the statement \"s\" denies it"))
    }

    @Test func theNearestStatementIsTheReason() throws {
        let elements =
            #""Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:1:x"}}"#
        #expect(
            try verdict(statement(elements)).reason
                == "the statement \"s\" does not allow it: aws:SourceArn is arn:aws:sns:us-east-1:111111111111:topic, and its "
                + "condition ArnEquals wants arn:aws:sns:us-east-1:1:x")
    }

    @Test(arguments: ["", "[]", "{}", #"{"Statement":[{}]}"#, #"{"Statement":{"Effect":"Maybe"}}"#])
    func whatIsNoPolicyIsNone(text: String) { #expect(PolicyDocument(text) == nil) }

    @Test func theStatementThatIsOfferedWouldDo() throws {
        let request = PolicyRequest(
            principal: .service("sns.amazonaws.com"), action: "sqs:SendMessage", resource: Self.queue,
            conditions: ["aws:SourceArn": ["arn:aws:sns:us-east-1:111111111111:topic"]])
        #expect(try verdict(PolicyDocument.statement(allowing: request).description).isAllowed)
    }
}
