import ConfigFacts
import Testing

@Suite struct ManagedRuleTests {
    @Test func everyRuleIsKnown() {
        #expect(ManagedRule.identifiers.count == 822)
        #expect(ManagedRule.identifiers.allSatisfy { ManagedRule($0)?.identifier == $0 })
    }

    @Test func aPeriodicRuleWithARequiredParameter() throws {
        let rule = try #require(ManagedRule("ACCESS_KEYS_ROTATED"))
        #expect(rule.isPeriodic && !rule.isTriggeredByChanges)
        #expect(rule.resourceTypes == ["AWS::IAM::User"])
        let parameter = try #require(rule.parameters.first)
        #expect(rule.parameters.count == 1)
        #expect(parameter.name == "maxAccessKeyAge")
        #expect(parameter.type == .integer)
        #expect(!parameter.isOptional)
        #expect(parameter.defaultValue == "90")
    }

    @Test func aRuleOfBothKindsWithAnOptionalParameter() throws {
        let rule = try #require(ManagedRule("ACM_CERTIFICATE_EXPIRATION_CHECK"))
        #expect(rule.isPeriodic && rule.isTriggeredByChanges)
        #expect(rule.parameters.map(\.isOptional) == [true])
        #expect(rule.parameters.map(\.defaultValue) == ["14"])
    }

    @Test func aRuleOfManyTypes() throws {
        let rule = try #require(ManagedRule("REQUIRED_TAGS"))
        #expect(rule.resourceTypes.contains("AWS::S3::Bucket"))
        #expect(!rule.resourceTypes.contains("AWS::SQS::Queue"))
        #expect(rule.parameters.map(\.name).contains("tag6Value"))
        #expect(rule.parameters.filter { !$0.isOptional }.map(\.name) == ["tag1Key"])
    }

    @Test func aDefaultMayHoldCommas() throws {
        let defaults = ManagedRule.identifiers.compactMap { ManagedRule($0) }.flatMap(\.parameters)
            .compactMap(\.defaultValue)
        #expect(defaults.contains("ERROR,INFO"))
        #expect(defaults.contains("tag-key:tag-value,other-tag-key"))
    }

    @Test func anUnknownIdentifierIsNone() {
        #expect(ManagedRule("REQUIRED_TAG") == nil)
        #expect(ManagedRule("") == nil)
    }
}
