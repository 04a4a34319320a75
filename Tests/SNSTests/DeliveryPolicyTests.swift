import JSON
import Testing

@testable import SNS

@Suite struct DeliveryPolicyTests {
    private let topic =
        #"{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":5,"maxDelayTarget":5,"numRetries":2},"disableSubscriptionOverrides":false}}"#
    private let subscription = #"{"healthyRetryPolicy":{"minDelayTarget":7,"maxDelayTarget":7,"numRetries":4}}"#

    @Test func withoutPoliciesThereAreThreeRetriesTwentySecondsApart() {
        let retry = DeliveryPolicy(topic: nil, subscription: nil).retry
        #expect((1...4).map { retry.delaySeconds(afterAttempts: $0) } == [20, 20, 20, nil])
    }

    @Test func theSubscriptionsPolicyCountsMoreUnlessTheTopicForbidsIt() {
        #expect(DeliveryPolicy(topic: topic, subscription: nil).retry.delaySeconds(afterAttempts: 1) == 5)
        #expect(DeliveryPolicy(topic: topic, subscription: subscription).retry.delaySeconds(afterAttempts: 4) == 7)
        let strict = topic.replacing(
            "\"disableSubscriptionOverrides\":false", with: "\"disableSubscriptionOverrides\":true")
        #expect(DeliveryPolicy(topic: strict, subscription: subscription).retry.delaySeconds(afterAttempts: 1) == 5)
    }

    @Test(arguments: [
        (#"{"numRetries":3}"#, "healthyRetryPolicy.minDelayTarget must be specified"),
        (#"{"minDelayTarget":1,"numRetries":3}"#, "healthyRetryPolicy.maxDelayTarget must be specified"),
        (#"{"minDelayTarget":1,"maxDelayTarget":1}"#, "healthyRetryPolicy.numRetries must be specified"),
        (#"{"minDelayTarget":1,"retries":1}"#, "Unexpected JSON member: retries"),
        (
            #"{"minDelayTarget":0,"maxDelayTarget":1,"numRetries":1}"#,
            "healthyRetryPolicy.minDelayTarget must be greater than or equal to 1"
        ),
        (
            #"{"minDelayTarget":1,"maxDelayTarget":3601,"numRetries":1}"#,
            "healthyRetryPolicy.maxDelayTarget must be less than or equal to 3600"
        ),
        (
            #"{"minDelayTarget":9,"maxDelayTarget":8,"numRetries":1}"#,
            "healthyRetryPolicy.maxDelayTarget must be greater than or equal to minDelayTarget"
        ),
        (
            #"{"minDelayTarget":1,"maxDelayTarget":1,"numRetries":101}"#,
            "healthyRetryPolicy.numRetries must be less than or equal to 100"
        ),
        (
            #"{"minDelayTarget":1,"maxDelayTarget":1,"numRetries":1,"numNoDelayRetries":2}"#,
            "healthyRetryPolicy.numRetries must be greater than or equal to total of numMinDelayRetries, numNoDelayRetries "
                + "and numMaxDelayRetries"
        ),
        (
            #"{"minDelayTarget":3600,"maxDelayTarget":3600,"numRetries":2}"#,
            "healthyRetryPolicy: the total delay of all retries must be less than or equal to 3600 seconds"
        ),
    ])
    func whatCannotBeIsRefused(retry: String, reason: String) {
        #expect(throws: DeliveryPolicy.Fault(reason)) {
            try DeliveryPolicy.subscriptionText(#"{"healthyRetryPolicy":\#(retry)}"#, isRaw: false)
        }
    }
}

@Suite struct EndpointTests {
    @Test(arguments: ["+15551234567", "15551234567", "+1 (555) 123-4567", "+1-555-123-4567", "+12/34-567.890"])
    func aPhoneNumberHasDigitsAndSingleSigns(number: String) { #expect(Endpoints.isPhoneNumber(number)) }

    @Test(arguments: ["NAA+15551234567", "+15--551234567", "+15551234567.", "/+15551234567", "", "+"])
    func otherTextsAreNone(number: String) { #expect(!Endpoints.isPhoneNumber(number)) }

    @Test func aPasswordIsMasked() {
        #expect(SNS.masked("https://jo:secret@host/path?a=b@c:d") == "https://jo:****@host/path?a=b@c:d")
        #expect(SNS.masked("https://host/path@x") == "https://host/path@x")
    }
}

@Suite struct DataProtectionTests {
    @Test(arguments: [
        (DataProtection.Identifier.emailAddress, "mail jo@example.com.", "jo@example.com"),
        (.emailAddress, "nobody@ @example.com a@b", ""), (.ipAddress, "at 10.0.0.255!", "10.0.0.255"),
        (.ipAddress, "version 1.2.3 and 1.2.3.256", ""),
        (.creditCardNumber, "card 4111 1111 1111 1111", "4111 1111 1111 1111"),
        (.creditCardNumber, "card 4111 1111 1111 1112", ""), (.socialSecurityNumber, "is 123-45-6789", "123-45-6789"),
        (.socialSecurityNumber, "is 123-456-789", ""),
    ])
    func anIdentifierIsFoundByItsForm(identifier: DataProtection.Identifier, text: String, found: String) {
        let characters = Array(text)
        let ranges = identifier.ranges(in: characters)
        #expect(ranges.map { String(characters[$0]) } == (found.isEmpty ? [] : [found]))
    }
}
