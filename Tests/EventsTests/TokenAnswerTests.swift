import Kernel
import Model
import Testing

@testable import Events

@Suite struct TokenAnswerTests {
    private static let now = Timestamp(milliseconds: 1_893_456_000_000)

    private func answer(_ status: Int, _ body: String) -> TokenAnswer {
        TokenAnswer(.answered(WebAnswer(status: status, headers: [("retry-after", "7")], body: body)))
    }

    @Test(
        arguments: [
            (#"{"access_token":"t"}"#, nil), (#"{"access_token":"t","token_type":"bearer","expires_in":60}"#, 60.0),
            (#"{"access_token":"t","expires_in":"60"}"#, 60), (#"{"access_token":"t","expires_in":-5}"#, 1),
        ] as [(String, Double?)])
    func aTokenHasItsLifetime(body: String, lifetime: Double?) {
        #expect(answer(200, body) == .token("t", lifetimeSeconds: lifetime))
    }

    @Test(arguments: [
        (200, "{}"), (200, ""), (200, #"{"access_token":""}"#), (200, #"{"access_token":"t","token_type":"mac"}"#),
        (302, ""), (400, ""), (401, #"{"access_token":"t"}"#),
    ])
    func othersAreRefusals(status: Int, body: String) {
        guard case .refused = answer(status, body) else {
            Issue.record("\(status) \(body)")
            return
        }
    }

    @Test func aServerThatIsDownMayComeBack() {
        #expect(answer(503, "") == .unavailable("The authorization endpoint answered 503.", retryAfter: "7"))
        guard case .unavailable(_, nil) = TokenAnswer(.failed("no answer: x", isTimeout: true)) else {
            Issue.record("a lost request is a refusal")
            return
        }
    }

    @Test(arguments: [(3600.0, 3540.0), (100, 50), (1, 0.5)])
    func aTokenIsRenewedBeforeItsEnd(lifetime: Double, fresh: Double) {
        let token = OAuthToken("t", lifetimeSeconds: lifetime, now: Self.now)
        let end = Self.now.adding(milliseconds: Int64(fresh * 1000))
        #expect(token.isFresh(end.adding(milliseconds: -1)) && !token.isFresh(end))
        #expect(OAuthToken("t", lifetimeSeconds: nil, now: Self.now).isFresh(end.adding(seconds: 1_000_000)))
    }
}

@Suite struct RetryAfterTests {
    private let now = Timestamp(milliseconds: 1_893_456_000_000)  // 2030-01-01T00:00:00Z

    @Test(
        arguments: [
            ("0", RetryAfter.seconds(0)), ("120", .seconds(120)), ("-1", .never),
            ("Tue, 01 Jan 2030 00:00:30 GMT", .seconds(30)), ("Fri, 31 Dec 1999 23:59:59 GMT", .seconds(0)),
            ("soon", nil), ("", nil), ("1.5", nil), ("Tue, 32 Jan 2030 00:00:30 GMT", nil),
            ("Tue, 01 Jan 2030 00:00:30 CET", nil),
        ] as [(String, RetryAfter?)])
    func secondsAndDatesAreRead(text: String, expected: RetryAfter?) { #expect(RetryAfter(text, now: now) == expected) }
}
