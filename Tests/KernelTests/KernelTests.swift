import JSON
import Model
import Testing

@testable import Kernel

@Suite struct ARNTests {
    @Test func splitsAtTheFirstFiveColons() {
        let arn = ARN("arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a:3")
        #expect(arn?.partition == "aws-cn")
        #expect(arn?.resource == "parameter/a:3")
        #expect(ARN("arn:aws:ssm") == nil)
    }

    @Test func takesThePartitionFromTheRegion() {
        let arn = ARN(service: "ssm", region: "us-gov-west-1", account: "123456789012", resource: "parameter/a")
        #expect(arn.description == "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/a")
    }
}

@Suite struct PagesTests {
    private let pages = Pages(secret: Array(repeating: 7, count: 32))
    private let alice = Caller(
        region: "us-east-1", principal: .root(of: "111111111111", region: "us-east-1"), requestID: "")
    private let bob = Caller(
        region: "us-east-1", principal: .root(of: "222222222222", region: "us-east-1"), requestID: "")

    @Test func givesThePositionBack() {
        let token = pages.token(for: "a/b", purpose: "List", caller: alice)
        #expect(pages.position(in: token, purpose: "List", caller: alice) == "a/b")
    }

    @Test func refusesTokensOfOthers() {
        let token = pages.token(for: "a/b", purpose: "List", caller: alice)
        #expect(pages.position(in: token, purpose: "List", caller: bob) == nil)
        #expect(pages.position(in: token, purpose: "Other", caller: alice) == nil)
        #expect(pages.position(in: "A" + token.dropFirst(), purpose: "List", caller: alice) == nil)
    }
}

@Suite struct RandomnessTests {
    @Test func aSeedGivesTheSameIdsAgain() {
        let ids = (0..<3).map { _ in Randomness(seed: 42).uuid() }
        #expect(Set(ids).count == 1)
        #expect(Randomness(seed: 43).uuid() != ids[0])
    }

    @Test func uuidsAreOfVersion4() {
        let id = Array(Randomness(seed: nil).uuid())
        #expect(id.count == 36)
        #expect(id[14] == "4")
        #expect("89ab".contains(id[19]))
    }
}
