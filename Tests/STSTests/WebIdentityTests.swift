import JSON
import Kernel
import Model
import Testing

@Suite struct WebIdentityTests {
    private static let header = "eyJhbGciOiJSUzI1NiJ9"
    /// `{"iss":"https://idp.example","sub":"me","aud":"app","exp":1893459600}`, which ends at 2030-01-01T01:00:00Z.
    private static let claims =
        "eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwic3ViIjoibWUiLCJhdWQiOiJhcHAiLCJleHAiOjE4OTM0NTk2MDB9"
    /// `{"iss":"https://idp.example","aud":["first","second"],"sub":"müller?>~ÿ"}` with escapes.
    private static let claimsOfTwo =
        "eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwiYXVkIjpbImZpcnN0Iiwic2Vjb25kIl0s"
        + "InN1YiI6Im1cdTAwZmNsbGVyPz5-XHUwMGZmIn0"

    private func assume(_ sts: TokenService, token: String) async throws -> JSON {
        try await sts.call(
            "AssumeRoleWithWebIdentity",
            [
                "RoleArn": "arn:aws:iam::333333333333:role/Web", "RoleSessionName": "web",
                "WebIdentityToken": .string(token),
            ])
    }

    @Test func theTokenSaysWhoComesFromWhere() async throws {
        let sts = try await TokenService()
        let answer = try await assume(sts, token: "\(Self.header).\(Self.claims).c2ln")
        #expect(answer["SubjectFromWebIdentityToken"] == "me" && answer["Audience"] == "app")
        #expect(answer["Provider"] == "https://idp.example")
        #expect(isIdentifier(answer["Credentials"]?["AccessKeyId"]?.string, prefix: "ASIA", count: 16))
        let identity = try await sts.identity(of: try sts.caller(with: answer))
        #expect(identity["Arn"] == "arn:aws:sts::333333333333:assumed-role/Web/web")
    }

    @Test func aTokenWithoutAnEndIsTakenAndItsFirstAudienceNamed() async throws {
        let sts = try await TokenService()
        let answer = try await assume(sts, token: "\(Self.header).\(Self.claimsOfTwo).c2ln")
        #expect(answer["Audience"] == "first" && answer["SubjectFromWebIdentityToken"] == "müller?>~ÿ")
    }

    @Test func aTokenEndsWithItsTime() async throws {
        let sts = try await TokenService()
        let token = "\(Self.header).\(Self.claims).c2ln"
        await sts.aws.advance(milliseconds: 3_599_999)
        _ = try await assume(sts, token: token)
        await sts.aws.advance(milliseconds: 1)
        let error = await #expect(throws: AWSError.self) { try await assume(sts, token: token) }
        #expect(error?.code == "ExpiredTokenException")
        #expect(error?.message?.hasPrefix("Token expired: current date/time ") == true)
        #expect(error?.message?.contains(" must be before the expiration date/time ") == true)
    }

    @Test(arguments: [
        "only-one-part", "\(header).\(claims)", "\(header).not base64.c2ln", "\(header).e30.c2ln",
        "\(header).eyJpc3MiOiJ4In0.c2ln",
    ])
    func whatIsNoTokenIsInvalid(token: String) async throws {
        let sts = try await TokenService()
        let error = await #expect(throws: AWSError.self) { try await assume(sts, token: token) }
        #expect(error?.code == "InvalidIdentityTokenException")
    }
}
