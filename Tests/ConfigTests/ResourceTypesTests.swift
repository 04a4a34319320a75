import Testing

@testable import Config

@Suite struct ResourceTypesTests {
    @Test(arguments: ["My::Custom::Resource", "A::B::C"])
    func typesOfThirdPartiesHaveThreeParts(type: String) { #expect(ResourceTypes.isThirdParty(type)) }

    @Test(arguments: ["AWS::SQS::Queue", "My::Resource", "My::Custom::Resource::X", "My:Custom::Resource", ""])
    func othersAreNotOfThirdParties(type: String) { #expect(!ResourceTypes.isThirdParty(type)) }
}
