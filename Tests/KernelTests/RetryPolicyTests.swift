import Testing

@testable import Kernel

@Suite struct RetryPolicyTests {
    private func delays(_ policy: RetryPolicy, _ attempts: some Sequence<Int>) -> [Double] {
        attempts.compactMap { policy.delaySeconds(afterAttempts: $0) }
    }

    @Test func withoutRetriesThereIsNone() { #expect(RetryPolicy().delaySeconds(afterAttempts: 1) == nil) }

    /// Three at once, two after a second, ten from one second to twenty, then every twenty seconds for 23 days.
    @Test func endpointsInsideAWSAreTriedForTwentyThreeDays() {
        let policy = RetryPolicy.awsManaged
        #expect(delays(policy, 1...16) == [0, 0, 0, 1, 1, 1, 2, 4, 8, 16, 20, 20, 20, 20, 20, 20])
        #expect(policy.delaySeconds(afterAttempts: 100_015) == 20)
        #expect(policy.delaySeconds(afterAttempts: 100_016) == nil)
    }

    @Test func peopleAreTriedFiftyTimes() {
        let policy = RetryPolicy.customerFacing
        #expect(delays(policy, 1...9) == [10, 10, 10, 20, 40, 80, 160, 320, 600])
        #expect(policy.retries == 50 && policy.delaySeconds(afterAttempts: 51) == nil)
    }

    @Test(arguments: [
        (RetryPolicy.BackOffFunction.linear, [10.0, 20, 30, 40]), (.arithmetic, [10, 15, 25, 40]),
        (.geometric, [10, 15.87401051968199, 25.198420997897465, 40]), (.exponential, [10, 20, 40, 40]),
    ])
    func delaysGrowByTheFunction(function: RetryPolicy.BackOffFunction, expected: [Double]) {
        var policy = RetryPolicy()
        (policy.backOff, policy.leastSeconds, policy.greatestSeconds, policy.function) = (4, 10, 40, function)
        for (delay, wanted) in zip(delays(policy, 1...4), expected) { #expect(abs(delay - wanted) < 1e-9) }
    }

    @Test func itComesBackFromTheStoreAsItWas() {
        var policy = RetryPolicy.customerFacing
        policy.perSecond = 3
        #expect(RetryPolicy(json: policy.json) == policy)
    }

    @Test func eventBridgeBacksOffUpToAMinute() {
        let policy = RetryPolicy.eventBridge(retries: 9, ageSeconds: 3600)
        let delays = (1...10).map { policy.delaySeconds(afterAttempts: $0) }
        #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60, 60, nil])
        #expect(RetryPolicy.eventBridge(retries: 0, ageSeconds: 60).delaySeconds(afterAttempts: 1) == nil)
        #expect(RetryPolicy.eventBridge(retries: 2, ageSeconds: 60).delaySeconds(afterAttempts: 2) == 2)
    }
}
