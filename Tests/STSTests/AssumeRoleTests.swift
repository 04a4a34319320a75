import JSON
import Kernel
import Model
import Testing

@Suite struct AssumeRoleTests {
    @Test func credentialsHaveTheShapesOfThoseOfAWS() async throws {
        let sts = try await TokenService()
        let answer = try await sts.assumeRole()
        let credentials = answer["Credentials"]
        #expect(isIdentifier(credentials?["AccessKeyId"]?.string, prefix: "ASIA", count: 16))
        #expect(credentials?["SecretAccessKey"]?.string?.utf8.count == 40)
        #expect((credentials?["SessionToken"]?.string?.utf8.count ?? 0) > 100)
        let id = answer["AssumedRoleUser"]?["AssumedRoleId"]?.string?.split(separator: ":").map(String.init) ?? []
        #expect(id.count == 2 && isIdentifier(id.first, prefix: "AROA", count: 17) && id.last == "ci")
        #expect(answer["PackedPolicySize"] == nil && answer["SourceIdentity"] == nil)
    }

    @Test func everySessionHasKeysOfItsOwnAndARoleOneId() async throws {
        let sts = try await TokenService()
        let answers = [try await sts.assumeRole(), try await sts.assumeRole(), try await sts.assumeRole()]
        for member in ["AccessKeyId", "SecretAccessKey", "SessionToken"] {
            #expect(Set(answers.map { $0["Credentials"]?[member]?.string }).count == 3)
        }
        #expect(Set(answers.map { $0["AssumedRoleUser"]?["AssumedRoleId"]?.string }).count == 1)
        let other = try await sts.assumeRole(["RoleArn": "arn:aws:iam::333333333333:role/Other"])
        #expect(other["AssumedRoleUser"]?["AssumedRoleId"] != answers[0]["AssumedRoleUser"]?["AssumedRoleId"])
    }

    @Test(arguments: [
        ("arn:aws:iam::333333333333:role/Deploy", "ci", "arn:aws:sts::333333333333:assumed-role/Deploy/ci"),
        ("arn:aws:iam::333333333333:role/a/b/Deploy", "a@b.c", "arn:aws:sts::333333333333:assumed-role/Deploy/a@b.c"),
        ("arn:aws-cn:iam::333333333333:role/R", "x=y", "arn:aws-cn:sts::333333333333:assumed-role/R/x=y"),
    ])
    func theSessionsNameEndsItsARNWhichHasNoPath(role: String, session: String, arn: String) async throws {
        let sts = try await TokenService()
        let answer = try await sts.assumeRole(["RoleArn": .string(role), "RoleSessionName": .string(session)])
        #expect(answer["AssumedRoleUser"]?["Arn"] == .string(arn))
    }

    @Test func whoeverUsesTheCredentialsIsTheAssumedRole() async throws {
        let sts = try await TokenService()
        let answer = try await sts.assumeRole()
        let identity = try await sts.identity(of: try sts.caller(with: answer))
        #expect(identity["Arn"] == "arn:aws:sts::333333333333:assumed-role/Deploy/ci")
        #expect(identity["Account"] == "333333333333")
        #expect(identity["UserId"] == answer["AssumedRoleUser"]?["AssumedRoleId"])
    }

    /// The clock of these tests stands at 2030-01-01T00:00:00Z, which is 1893456000.
    @Test(arguments: [(nil, 1_893_459_600), (900, 1_893_456_900), (43_200, 1_893_499_200)] as [(Int?, Double)])
    func credentialsEndAfterTheirDurationWhichIsAnHour(seconds: Int?, end: Double) async throws {
        let sts = try await TokenService()
        let answer = try await sts.assumeRole(.object(["DurationSeconds": seconds.map { .number($0) }]))
        #expect(answer["Credentials"]?["Expiration"]?.double == end)
    }

    @Test func aChainedRoleLastsAnHourAtMost() async throws {
        let sts = try await TokenService()
        let first = try sts.caller(with: try await sts.assumeRole())
        let next: JSON = "arn:aws:iam::444444444444:role/Next"
        await #expect(
            throws: AWSError.validation(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
        ) { try await sts.assumeRole(["RoleArn": next, "DurationSeconds": 3601], as: first) }
        let answer = try await sts.assumeRole(["RoleArn": next, "DurationSeconds": 3600], as: first)
        #expect(answer["AssumedRoleUser"]?["Arn"] == "arn:aws:sts::444444444444:assumed-role/Next/ci")
    }

    @Test func aPolicyOrTagsTakeAShareOfThePackedSize() async throws {
        let sts = try await TokenService()
        for more in [["Policy": #"{"Version":"2012-10-17","Statement":[]}"#], ["Tags": [["Key": "k", "Value": "v"]]]]
            as [JSON]
        {
            let size = try await sts.assumeRole(more)["PackedPolicySize"]?.int ?? 0
            #expect((1...100).contains(size))
        }
        #expect(try await sts.assumeRole(["SourceIdentity": "Alice"])["SourceIdentity"] == "Alice")
    }

    // MARK: What is refused

    @Test(arguments: [
        "not-an-arn-but-long-enough", "arn:aws:s3:::a-bucket-and-more", "arn:aws:iam::333333333333:user/Alice",
        "arn:aws:iam::333333333333:role/", "arn:aws:iam::333333333333:role//", "arn:aws:iam::3333:role/Deploy",
        "arn:aws:iam::33333333333x:role/Deploy", "arn:aws:iam:us-east-1:333333333333:role/Deploy",
    ])
    func whatIsNoRoleIsInvalid(arn: String) async throws {
        let sts = try await TokenService()
        await #expect(throws: AWSError.validation("\(arn) is invalid")) {
            try await sts.assumeRole(["RoleArn": .string(arn)])
        }
    }

    @Test(
        arguments: [
            (
                ["RoleSessionName": "a b"],
                "Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular "
                    + "expression pattern: [\\w+=,.@-]*"
            ),
            (
                ["RoleSessionName": "a"],
                "Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or "
                    + "equal to 2"
            ),
            (
                ["DurationSeconds": 899],
                "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than "
                    + "or equal to 900"
            ),
            (
                ["DurationSeconds": 43_201],
                "Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or "
                    + "equal to 43200"
            ),
            (
                ["RoleArn": "short"],
                "Value 'short' at 'roleArn' failed to satisfy constraint: Member must have length greater than or "
                    + "equal to 20"
            ),
        ] as [(JSON, String)])
    func constraintsAreThoseOfTheModel(more: JSON, text: String) async throws {
        let sts = try await TokenService()
        await #expect(throws: AWSError.validation("1 validation error detected: \(text)")) {
            try await sts.assumeRole(more)
        }
    }

    @Test(
        arguments: [
            (
                ["Tags": [["Key": "a", "Value": "1"], ["Key": "A", "Value": "2"]]],
                "Duplicate tag keys found. Please note that Tag keys are case insensitive."
            ),
            (
                ["Tags": [["Key": "a", "Value": "1"]], "TransitiveTagKeys": ["b"]],
                "The specified transitive tag key must be included in the requested tags."
            ),
        ] as [(JSON, String)])
    func wrongTagsAreRefused(more: JSON, text: String) async throws {
        let sts = try await TokenService()
        await #expect(throws: AWSError("InvalidParameterValue", text)) { try await sts.assumeRole(more) }
    }

    @Test func aPolicyThatIsNotJSONIsMalformed() async throws {
        let sts = try await TokenService()
        let error = await #expect(throws: AWSError.self) { try await sts.assumeRole(["Policy": "{"]) }
        #expect(error?.code == "MalformedPolicyDocumentException")
    }

    @Test func aTransitiveTagOfTheCallingSessionCannotBeSetAgain() async throws {
        let sts = try await TokenService()
        let tags: JSON = ["Tags": [["Key": "a", "Value": "1"]], "TransitiveTagKeys": ["a"]]
        let first = try sts.caller(with: try await sts.assumeRole(tags))
        await #expect(
            throws: AWSError(
                "InvalidParameterValue",
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from "
                    + "the calling session.")
        ) { try await sts.assumeRole(tags, as: first) }
    }
}
