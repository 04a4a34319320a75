import JSON
import Kernel
import Model
import Testing

@Suite struct IdentityTests {
    @Test func aLongTermKeyIsTheAccountsRoot() async throws {
        let sts = try await TokenService()
        #expect(
            try await sts.identity(of: .account("111111111111")) == [
                "UserId": "111111111111", "Account": "111111111111", "Arn": "arn:aws:iam::111111111111:root",
            ])
        let china = try await sts.identity(of: .account("111111111111", region: "cn-north-1"))
        #expect(china["Arn"] == "arn:aws-cn:iam::111111111111:root")
    }

    /// Both pairs are known from AWS itself.
    @Test(arguments: [("AKIARZPUZDIKGB2VALC4", "123456789012"), ("ASIAQAAAAAAAGMKEM7X5", "000000000000")])
    func aKeyIdHoldsItsAccount(keyID: String, account: String) async throws {
        let sts = try await TokenService()
        #expect(
            try await sts.call("GetAccessKeyInfo", ["AccessKeyId": .string(keyID)]) == ["Account": .string(account)])
    }

    @Test(arguments: ["000000000000", "123456789012", "999999999999"])
    func anIssuedKeyIdHoldsTheAccountOfItsRole(account: String) async throws {
        let sts = try await TokenService()
        let answer = try await sts.assumeRole(["RoleArn": .string("arn:aws:iam::\(account):role/Deploy")])
        let keyID = try #require(answer["Credentials"]?["AccessKeyId"])
        #expect(try await sts.call("GetAccessKeyInfo", ["AccessKeyId": keyID])["Account"] == .string(account))
    }

    @Test func aTokenOfTheRootLastsAnHourAtMost() async throws {
        let sts = try await TokenService()
        let answer = try await sts.call("GetSessionToken", ["DurationSeconds": 43_200])
        #expect(answer["Credentials"]?["Expiration"]?.double == 1_893_459_600)
        #expect(
            try await sts.identity(of: try sts.caller(with: answer))["Arn"] == "arn:aws:iam::111111111111:root")
    }

    @Test func aFederatedUserHasTheNameThatWasGiven() async throws {
        let sts = try await TokenService()
        let answer = try await sts.call("GetFederationToken", ["Name": "Bob"])
        #expect(
            answer["FederatedUser"] == [
                "FederatedUserId": "111111111111:Bob", "Arn": "arn:aws:sts::111111111111:federated-user/Bob",
            ])
        #expect(answer["PackedPolicySize"] == 0)
        let identity = try await sts.identity(of: try sts.caller(with: answer))
        #expect(identity["UserId"] == "111111111111:Bob" && identity["Account"] == "111111111111")
    }

    @Test(arguments: [("GetSessionToken", [:]), ("GetFederationToken", ["Name": "Bob"])] as [(String, JSON)])
    func sessionsGetNoFurtherTokens(operation: String, input: JSON) async throws {
        let sts = try await TokenService()
        let session = try sts.caller(with: try await sts.assumeRole())
        await #expect(
            throws: AWSError("AccessDeniedException", "Cannot call \(operation) with session credentials", status: 403)
        ) { try await sts.call(operation, input, as: session) }
    }

    @Test func whatNobodyEncodedCannotBeDecoded() async throws {
        let sts = try await TokenService()
        let error = await #expect(throws: AWSError.self) {
            try await sts.call("DecodeAuthorizationMessage", ["EncodedMessage": "garbage"])
        }
        #expect(error?.code == "InvalidAuthorizationMessageException")
    }
}
