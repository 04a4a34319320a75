import Kernel
import Testing

@testable import SQS

@Suite struct QueueAddressTests {
    private let caller = Caller(
        region: "eu-west-1", principal: .root(of: "111111111111", region: "eu-west-1"), requestID: "",
        endpoint: "http://here:4566")

    @Test(arguments: [
        ("http://127.0.0.1:4566/222222222222/q", "222222222222", "eu-west-1"),
        ("https://sqs.us-east-2.amazonaws.com/222222222222/q", "222222222222", "us-east-2"),
        ("https://us-east-2.queue.amazonaws.com/222222222222/q", "222222222222", "us-east-2"),
        ("http://x/queue/ap-south-1/222222222222/q", "222222222222", "ap-south-1"),
        ("/222222222222/q", "222222222222", "eu-west-1"), ("q", "111111111111", "eu-west-1"),
    ])
    func aQueueIsFoundByThePathOfItsURL(url: String, account: String, region: String) throws {
        let address = try QueueAddress(url: url, caller: caller)
        #expect(address == QueueAddress(account: account, region: region, name: "q"))
    }

    @Test(arguments: ["", "http://x/", "http://x/q", "http://x/12/q", "http://x/a/b/c/d/e"])
    func otherURLsAreNoQueues(url: String) {
        #expect(throws: (any Error).self) { try QueueAddress(url: url, caller: caller) }
    }

    @Test func theURLIsThatOfTheServerAsTheClientNamedIt() {
        let address = QueueAddress(account: "111111111111", region: "eu-west-1", name: "q")
        #expect(address.url(for: caller) == "http://here:4566/111111111111/q")
        #expect(address.arn.description == "arn:aws:sqs:eu-west-1:111111111111:q")
    }
}
