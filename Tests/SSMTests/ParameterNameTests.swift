import JSON
import Kernel
import Model
import Testing

@Suite struct ParameterNameTests {
    private static let reserved = AWSError.validation(
        "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive).")
    private static let wrongPath = AWSError.validation(
        "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can consist of "
            + "sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the "
            + "following 3 symbols .-_")

    @Test(arguments: ["db", "/db", "/a/b/c", "/A.b-c_d/0", "/L1/L2/L3/L4/L5/L6/L7/L8/L9/L10/L11/L12/L13/L14/name"])
    func namesOfTheGrammarAreTaken(name: String) async throws {
        let store = try await ParameterStore()
        try await store.put(name, "found")
        #expect(try await store.get(name)["Name"] == .string(name))
    }

    @Test(arguments: [
        ("a/b", AWSError.validation("Parameter name must be a fully qualified name.")),
        ("/a/", .validation("Parameter name must not end with slash.")),
        ("aws", reserved), ("AwsThing", reserved), ("/awsx", reserved), ("ssm", reserved), ("/SSM-a", reserved),
        ("/aws/a", AWSError("AccessDeniedException", "No access to reserved parameter name: /aws/a.")),
        ("/AWSSEC/x/y", AWSError("AccessDeniedException", "No access to reserved parameter name: /AWSSEC/x/y.")),
        ("/ssm/a", wrongPath), ("/Ssmx/a", wrongPath), ("/a//b", wrongPath), ("/a b", wrongPath), ("/a:b", wrongPath),
        ("/ä", wrongPath), ("a*", wrongPath),
    ])
    func otherNamesAreRefusedInTheWordsOfAWS(name: String, refusal: AWSError) async throws {
        let store = try await ParameterStore()
        await #expect(throws: refusal) { try await store.put(name) }
        #expect(try await store.names("DescribeParameters") == [])
    }

    @Test func aHierarchyHasFifteenLevels() async throws {
        let store = try await ParameterStore()
        let error = await #expect(throws: AWSError.self) {
            try await store.put("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16")
        }
        #expect(error?.code == "HierarchyLevelLimitExceededException")
    }

    /// The limit of 1011 characters counts the whole ARN, whose first part has 45 here.
    @Test func aNameThatMakesTheARNTooLongIsDenied() async throws {
        let store = try await ParameterStore()
        try await store.put(String(repeating: "n", count: 966))
        let error = await #expect(throws: AWSError.self) { try await store.put(String(repeating: "n", count: 967)) }
        #expect(error?.code == "AccessDeniedException")
    }

    @Test func blanksAroundANameAreNoPartOfIt() async throws {
        let store = try await ParameterStore()
        try await store.put("  /a  ", "found")
        #expect(try await store.value("/a") == "found")
    }

    @Test(arguments: [("db", "/db"), ("/db", "db")])
    func aNameWithAndWithoutItsSlashIsOneParameter(created: String, other: String) async throws {
        let store = try await ParameterStore()
        try await store.put(created, "1")
        #expect(try await store.value(other) == "1")
        #expect(try await store.get(created)["ARN"] == "arn:aws:ssm:us-east-1:111111111111:parameter/db")
        let error = await #expect(throws: AWSError.self) { try await store.put(other) }
        #expect(error?.code == "ParameterAlreadyExists")
        try await store.call("DeleteParameter", ["Name": .string(other)])
        await #expect(throws: AWSError("ParameterNotFound")) { try await store.get(created) }
    }

    @Test(arguments: [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("ap-east-1", "aws")])
    func theARNIsOfTheRegionsPartition(region: String, partition: String) async throws {
        let store = try await ParameterStore()
        let caller = Caller.account("111111111111", region: region)
        try await store.call("PutParameter", ["Name": "/a", "Value": "v", "Type": "String"], as: caller)
        let arn = try await store.get("/a", as: caller)["ARN"]
        #expect(arn == .string("arn:\(partition):ssm:\(region):111111111111:parameter/a"))
    }
}

@Suite struct ParameterSelectorTests {
    /// A parameter of two versions; the first is labelled.
    private func store() async throws -> ParameterStore {
        let store = try await ParameterStore()
        try await store.put("/a", "one")
        try await store.overwrite("/a", "two")
        try await store.call("LabelParameterVersion", ["Name": "/a", "ParameterVersion": 1, "Labels": ["live"]])
        return store
    }

    @Test(arguments: ["/a", "a", "arn:aws:ssm:us-east-1:111111111111:parameter/a"])
    func aVersionOrALabelFollowsTheColon(name: String) async throws {
        let store = try await store()
        let latest = try await store.get(name)
        #expect(latest["Value"] == "two" && latest["Version"] == 2 && latest["Selector"] == nil)
        for (selector, value) in [(":1", "one"), (":01", "one"), (":2", "two"), (":live", "one")] {
            let found = try await store.get(name + selector)
            #expect(found["Value"] == .string(value))
            #expect(found["Selector"] == .string(selector))
            #expect(found["Name"] == (name == "a" ? "a" : "/a"))
        }
    }

    @Test func whatNoVersionHasIsNotFound() async throws {
        let store = try await store()
        await #expect(
            throws: AWSError(
                "ParameterVersionNotFound",
                "Systems Manager could not find version 9 of /a. Verify the version and try again.")
        ) { try await store.get("/a:9") }
        await #expect(
            throws: AWSError(
                "ParameterVersionNotFound",
                "Systems Manager could not find version 0 of /a. Verify the version and try again.")
        ) { try await store.get("/a:0") }
        await #expect(
            throws: AWSError(
                "ParameterVersionNotFound",
                "Systems Manager could not find a version of /a that has the specified label, LIVE. Verify the parameter "
                    + "label and try again.")
        ) { try await store.get("/a:LIVE") }
        await #expect(throws: AWSError("ParameterNotFound")) { try await store.get("/none:1") }
    }

    @Test(arguments: ["/a:", "/a:1:2", "arn:aws:ssm:us-east-1:111111111111:parameter/a:1:live"])
    func aSelectorIsOneAndNotEmpty(name: String) async throws {
        let store = try await store()
        await #expect(
            throws: AWSError.validation(
                "Invalid parameter name. Please use correct syntax for referencing a version/label  "
                    + "<name>:<version/label>")
        ) { try await store.get(name) }
    }

    @Test(arguments: ["a/b", "/a//b", "x/b/c", "/a b"]) func whatIsNoNameCannotBeRead(name: String) async throws {
        let store = try await ParameterStore()
        let error = await #expect(throws: AWSError.self) { try await store.get(name) }
        #expect(error?.code == "ValidationException")
        #expect(error?.message?.contains("sub-paths divided by slash symbol") == true)
    }

    @Test func manyAreReadAtOnceAndWhatIsMissingComesBackAsItWasAsked() async throws {
        let store = try await store()
        try await store.put("/0", "zero")
        let answer = try await store.call(
            "GetParameters",
            [
                "Names": [
                    "/a:live", "/none", "arn:aws:ssm:us-east-1:111111111111:parameter/0", "/a:9", "/a:no", "/a:live",
                ]
            ])
        let found = answer["Parameters"]?.array ?? []
        #expect(found.compactMap { $0["Name"]?.string } == ["/0", "/a"])
        #expect(found.compactMap { $0["Value"]?.string } == ["zero", "one"])
        #expect(answer["InvalidParameters"]?.strings == ["/a:9", "/a:no", "/none"])
    }

    @Test func anARNOfAnotherAccountIsDeniedWhetherItsParameterExistsOrNot() async throws {
        let store = try await store()
        for name in ["a", "none"] {
            let arn = "arn:aws:ssm:us-east-1:111111111111:parameter/\(name)"
            let error = await #expect(throws: AWSError.self) { try await store.get(arn, as: .account("222222222222")) }
            #expect(error?.code == "AccessDeniedException")
        }
    }

    @Test func accountsAndRegionsAreWorldsOfTheirOwn() async throws {
        let store = try await store()
        for caller in [Caller.account("222222222222"), .account("111111111111", region: "eu-west-1")] {
            await #expect(throws: AWSError("ParameterNotFound")) { try await store.get("/a", as: caller) }
        }
    }

    @Test func eachSpellingIsAnsweredAsAsked() async throws {
        let store = try await ParameterStore()
        try await store.put("db")
        #expect(try await store.get("/db")["Name"] == "/db")
    }

    @Test func aVersionIsWrittenAsANumber() async throws {
        let store = try await ParameterStore()
        try await store.put("/a")
        await #expect(throws: AWSError.self) { try await store.get("/a:+1") }
        #expect(try await store.get("/a:01")["Selector"] == ":01")
    }

    @Test func aSecretWithoutDecryptionIsInvalidInABatch() async throws {
        let store = try await ParameterStore()
        try await store.put("/a", "v")
        let secret: JSON = "/aws/reference/secretsmanager/db"
        let answer = try await store.call("GetParameters", ["Names": [secret, "/a"]])
        #expect(answer["InvalidParameters"] == [secret])
        #expect(answer["Parameters"]?.array?.map { $0["Name"] } == ["/a"])
    }
}
