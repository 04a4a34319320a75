import JSON
import Kernel
import Model
import Testing

@Suite struct ResourcePolicyTests {
    private static let arn = "arn:aws:ssm:us-east-1:111111111111:parameter/shared"
    private static let friend = Caller.account("222222222222")

    private func store() async throws -> ParameterStore {
        let store = try await ParameterStore()
        try await store.put("/shared", "value", ["Tier": "Advanced"])
        return store
    }

    private func statement(_ principal: JSON, effect: JSON = "Allow", action: JSON = "ssm:GetParameter") -> JSON {
        ["Effect": effect, "Principal": principal, "Action": action, "Resource": .string(Self.arn)]
    }

    @discardableResult
    private func share(_ store: ParameterStore, _ statements: JSON..., replacing old: JSON = [:]) async throws -> JSON {
        let policy: JSON = ["Version": "2012-10-17", "Statement": .array(statements)]
        return try await store.call(
            "PutResourcePolicy",
            .object([
                "ResourceArn": .string(Self.arn), "Policy": .string(policy.description), "PolicyId": old["PolicyId"],
                "PolicyHash": old["PolicyHash"],
            ]))
    }

    private func isReadable(_ store: ParameterStore, by caller: Caller = friend) async -> Bool {
        (try? await store.get(Self.arn, as: caller))?["Value"] == "value"
    }

    @Test(
        arguments: [
            ["AWS": "222222222222"], ["AWS": "arn:aws:iam::222222222222:root"], "*",
            ["AWS": ["333333333333", "222222222222"]],
        ] as [JSON])
    func whomThePolicyNamesReadsTheParameterByItsARN(principal: JSON) async throws {
        let store = try await store()
        #expect(await !isReadable(store))
        try await share(store, statement(principal))
        #expect(await isReadable(store))
        await #expect(throws: AWSError("ParameterNotFound")) { try await store.get("/shared", as: Self.friend) }
    }

    @Test func othersStayOutside() async throws {
        let store = try await store()
        try await share(store, statement(["AWS": "222222222222"]))
        let error = await #expect(throws: AWSError.self) {
            try await store.get(Self.arn, as: .account("333333333333"))
        }
        #expect(error?.code == "AccessDeniedException")
        #expect(
            error?.message == "User: arn:aws:iam::333333333333:root is not authorized to perform: ssm:GetParameter on "
                + "resource: \(Self.arn) because no resource-based policy allows the ssm:GetParameter action")
    }

    @Test func aDenialOutweighsWhatIsAllowed() async throws {
        let store = try await store()
        try await share(store, statement("*"), statement(["AWS": "222222222222"], effect: "Deny"))
        #expect(await !isReadable(store))
        #expect(await isReadable(store, by: .account("333333333333")))
    }

    @Test func anotherActionDoesNotShare() async throws {
        let store = try await store()
        try await share(store, statement("*", action: "ssm:DeleteParameter"))
        #expect(await !isReadable(store))
    }

    @Test func sharedParametersAreListedForWhomTheyAreSharedWith() async throws {
        let store = try await store()
        try await share(store, statement(["AWS": "222222222222"]))
        let listed = try await store.call("DescribeParameters", ["Shared": true], as: Self.friend)
        #expect(listed["Parameters"]?.array?.map { $0["ARN"] } == [.string(Self.arn)])
        let other = try await store.call("DescribeParameters", ["Shared": true], as: .account("333333333333"))
        #expect(other["Parameters"] == [])
    }

    @Test func aPolicyIsReplacedAndDeletedByItsCurrentHashOnly() async throws {
        let store = try await store()
        let first = try await share(store, statement("*"))
        let conflicts: [JSON] = [
            [:], .object(["PolicyId": first["PolicyId"], "PolicyHash": .string(String(repeating: "0", count: 64))]),
        ]
        for old in conflicts {
            let error = await #expect(throws: AWSError.self) { try await share(store, statement("*"), replacing: old) }
            #expect(error?.code == "ResourcePolicyConflictException")
        }
        let second = try await share(store, statement(["AWS": "333333333333"]), replacing: first)
        #expect(second["PolicyId"] == first["PolicyId"] && second["PolicyHash"] != first["PolicyHash"])
        #expect(await !isReadable(store))

        func deletion(_ answer: JSON) -> JSON {
            .object([
                "ResourceArn": .string(Self.arn), "PolicyId": answer["PolicyId"], "PolicyHash": answer["PolicyHash"],
            ])
        }
        let error = await #expect(throws: AWSError.self) {
            try await store.call("DeleteResourcePolicy", deletion(first))
        }
        #expect(error?.code == "ResourcePolicyConflictException")
        try await store.call("DeleteResourcePolicy", deletion(second))
        #expect(try await store.call("GetResourcePolicies", ["ResourceArn": .string(Self.arn)]) == ["Policies": []])
    }

    @Test func policiesAreShownAsTheyWereWritten() async throws {
        let store = try await store()
        let made = try await share(store, statement("*"))
        let shown =
            try await store.call("GetResourcePolicies", ["ResourceArn": .string(Self.arn)])["Policies"]?.array ?? []
        #expect(shown.count == 1 && shown.first?["PolicyId"] == made["PolicyId"])
        #expect(shown.first?["PolicyHash"] == made["PolicyHash"])
        let text = try #require(shown.first?["Policy"]?.string)
        #expect(try JSON(parsing: text)["Statement"] == [statement("*")])
    }

    @Test func aStandardParameterCannotBeShared() async throws {
        let store = try await ParameterStore()
        try await store.put("/shared", "value")
        await #expect(throws: AWSError.self) { try await share(store, statement("*")) }
        #expect(await !isReadable(store))
    }

    @Test func aParameterTakesItsPolicyWithIt() async throws {
        let store = try await store()
        try await share(store, statement("*"))
        try await store.call("DeleteParameter", ["Name": "/shared"])
        try await store.put("/shared", "value", ["Tier": "Advanced"])
        #expect(await !isReadable(store))
    }

    @Test func whatHangsOnAConditionSharesNothing() async throws {
        let store = try await store()
        var statement = statement("*").object ?? JSONObject()
        statement["Condition"] = ["StringEquals": ["aws:PrincipalAccount": "999999999999"]]
        try await share(store, .object(statement))
        #expect(await !isReadable(store))
    }

    @Test func whatSharesGetParametersDoesNotShareGetParameter() async throws {
        let store = try await store()
        try await share(store, statement("*", action: "ssm:GetParameters"))
        #expect(await !isReadable(store))
    }

    @Test func theRootOfAnAccountIsNamedInItsOwnPartition() async throws {
        let store = try await ParameterStore()
        let owner = Caller.account("111111111111", region: "us-gov-west-1")
        let arn: JSON = "arn:aws-us-gov:ssm:us-gov-west-1:111111111111:parameter/shared"
        let input: JSON = ["Name": "/shared", "Value": "value", "Type": "String", "Tier": "Advanced"]
        try await store.call("PutParameter", input, as: owner)
        let policy: JSON = [
            "Statement": [
                [
                    "Effect": "Allow", "Principal": ["AWS": "arn:aws-us-gov:iam::222222222222:root"],
                    "Action": "ssm:GetParameter", "Resource": arn,
                ]
            ]
        ]
        try await store.call(
            "PutResourcePolicy", ["ResourceArn": arn, "Policy": .string(policy.description)], as: owner)
        let principal = Principal(
            account: "222222222222", arn: "arn:aws-us-gov:sts::222222222222:assumed-role/R/s", userID: "AROA:s",
            sessionKeyID: nil)
        let role = Caller(region: "us-gov-west-1", principal: principal, requestID: "request-of-a-test")
        #expect(try await store.get(arn.string ?? "", as: role)["Value"] == "value")
    }
}
