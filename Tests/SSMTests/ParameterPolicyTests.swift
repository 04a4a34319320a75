import JSON
import Kernel
import Model
import Testing

/// The clock of these tests stands at 2030-01-01T00:00:00Z until they move it.
@Suite struct ParameterPolicyTests {
    private static func expiration(_ timestamp: String) -> JSON {
        ["Type": "Expiration", "Version": "1.0", "Attributes": ["Timestamp": .string(timestamp)]]
    }

    private static func before(_ count: String, _ unit: String) -> JSON {
        [
            "Type": "ExpirationNotification", "Version": "1.0",
            "Attributes": ["Before": .string(count), "Unit": .string(unit)],
        ]
    }

    private static func noChange(_ count: String, _ unit: String) -> JSON {
        [
            "Type": "NoChangeNotification", "Version": "1.0",
            "Attributes": ["After": .string(count), "Unit": .string(unit)],
        ]
    }

    private func advanced(_ policies: JSON...) -> JSON {
        ["Tier": "Advanced", "Policies": .string(JSON.array(policies).description)]
    }

    /// The types of the policies that acted, each with the time of its event.
    private func actions(_ store: ParameterStore) throws -> [String] {
        try store.aws.events("Parameter Store Policy Action").map {
            "\($0["detail"]?["policy-type"]?.string ?? "") \($0["time"]?.string ?? "")"
        }
    }

    // MARK: By the clock

    @Test func aParameterIsDeletedWhenItExpiresAndNotBefore() async throws {
        let store = try await ParameterStore()
        try await store.put("/e", "v", advanced(Self.expiration("2030-01-02T00:00:00.000Z")))
        await store.aws.advance(milliseconds: 86_399_999)
        #expect(try await store.value("/e") == "v")
        await store.aws.advance(milliseconds: 1)
        await #expect(throws: AWSError("ParameterNotFound")) { try await store.get("/e") }
        #expect(try actions(store) == ["Expiration 2030-01-02T00:00:00Z"])
        let changes = try store.aws.events("Parameter Store Change").compactMap { $0["detail"]?["operation"]?.string }
        #expect(changes == ["Create", "Delete"])
    }

    @Test func aTimestampMayHaveAnOffset() async throws {
        let store = try await ParameterStore()
        try await store.put("/e", "v", advanced(Self.expiration("2030-01-01T03:00:00+02:00")))
        await store.aws.advance(hours: 1)
        await #expect(throws: AWSError("ParameterNotFound")) { try await store.get("/e") }
    }

    @Test func policiesActInTheOrderOfTheirTimesEachAtItsOwn() async throws {
        let store = try await ParameterStore()
        try await store.put(
            "/e", "v",
            advanced(
                Self.expiration("2030-01-10T00:00:00.000Z"), Self.before("2", "Days"), Self.before("12", "hours"),
                Self.noChange("3", "DAYS")))
        await store.aws.advance(hours: 24 * 365)
        #expect(
            try actions(store) == [
                "NoChangeNotification 2030-01-04T00:00:00Z", "ExpirationNotification 2030-01-08T00:00:00Z",
                "ExpirationNotification 2030-01-09T12:00:00Z", "Expiration 2030-01-10T00:00:00Z",
            ])
    }

    @Test func anActionNamesItsParameterAndPolicy() async throws {
        let store = try await ParameterStore()
        try await store.put("/n", "v", advanced(Self.noChange("1", "Hours")))
        await store.aws.advance(hours: 1)
        let event = try store.aws.events("Parameter Store Policy Action").first
        #expect(event?["source"] == "aws.ssm")
        #expect(event?["resources"] == ["arn:aws:ssm:us-east-1:111111111111:parameter/n"])
        #expect(event?["detail"]?["parameter-name"] == "/n")
        #expect(event?["detail"]?["policy-type"] == "NoChangeNotification")
    }

    @Test func aChangeStartsTheWaitOfNoChangeAnewAndLeavesTheExpirationAlone() async throws {
        let store = try await ParameterStore()
        try await store.put("/n", "v", advanced(Self.expiration("2030-01-03T00:00:00Z"), Self.noChange("20", "Hours")))
        await store.aws.advance(hours: 19)
        try await store.overwrite("/n", "v")
        await store.aws.advance(hours: 19)
        #expect(try actions(store) == [])
        await store.aws.advance(hours: 24)
        #expect(
            try actions(store) == ["NoChangeNotification 2030-01-02T15:00:00Z", "Expiration 2030-01-03T00:00:00Z"])
    }

    @Test func newPoliciesTakeThePlaceOfAllOldOnes() async throws {
        let store = try await ParameterStore()
        try await store.put("/k", "v", advanced(Self.expiration("2030-01-02T00:00:00Z"), Self.before("1", "Hours")))
        try await store.overwrite("/k", "w", advanced(Self.noChange("2", "Days")))
        await store.aws.advance(hours: 24 * 7)
        #expect(try actions(store) == ["NoChangeNotification 2030-01-03T00:00:00Z"])
        #expect(try await store.value("/k") == "w")
    }

    @Test(arguments: ["[{}]", "[]"]) func policiesAreKeptUntilAnEmptyListIsSent(none: String) async throws {
        let store = try await ParameterStore()
        try await store.put("/k", "v", advanced(Self.expiration("2030-01-02T00:00:00Z")))
        try await store.overwrite("/k", "w")
        let kept = try await store.description(of: "/k")["Policies"]?.array ?? []
        #expect(kept.map { $0["PolicyType"] } == ["Expiration"] && kept.map { $0["PolicyStatus"] } == ["Pending"])
        #expect(
            try kept.first?["PolicyText"]?.string.map { try JSON(parsing: $0) }
                == Self.expiration("2030-01-02T00:00:00Z"))
        try await store.overwrite("/k", "x", ["Policies": .string(none)])
        #expect(try await store.description(of: "/k")["Policies"] == [])
        await store.aws.advance(hours: 48)
        #expect(try await store.value("/k") == "x")
    }

    @Test func thePoliciesOfADeletedParameterDoNotTouchItsSuccessor() async throws {
        let store = try await ParameterStore()
        try await store.put("/d", "old", advanced(Self.expiration("2030-01-02T00:00:00Z"), Self.noChange("1", "Days")))
        try await store.call("DeleteParameter", ["Name": "/d"])
        try await store.put("/d", "new")
        await store.aws.advance(hours: 48)
        #expect(try await store.value("/d") == "new")
        #expect(try actions(store) == [])
    }

    @Test func historySaysNothingOfWhatBecameOfPolicies() async throws {
        let store = try await ParameterStore()
        try await store.put("/n", "v", advanced(Self.expiration("2030-01-03T00:00:00Z")))
        let history = try await store.call("GetParameterHistory", ["Name": "/n"])["Parameters"]?.array ?? []
        #expect(history.first?["Policies"]?.array?.map { $0["PolicyType"] } == ["Expiration"])
        #expect(history.first?["Policies"]?.array?.map { $0["PolicyStatus"] } == [nil])
    }

    @Test func aNotificationThatWasSentIsFinished() async throws {
        let store = try await ParameterStore()
        try await store.put("/n", "v", advanced(Self.expiration("2030-01-03T00:00:00Z"), Self.before("1", "Days")))
        await store.aws.advance(hours: 24)
        let policies = try await store.description(of: "/n")["Policies"]?.array ?? []
        #expect(policies.map { $0["PolicyStatus"] } == ["Pending", "Finished"])
    }

    // MARK: What is refused

    @Test(arguments: [
        ("{}", "ValidationException", "Invalid policies input: {}."),
        ("nonsense", "ValidationException", "Invalid policies input: nonsense."),
        (
            #"[{"Type":"Other","Version":"1.0","Attributes":{}}]"#, "InvalidPolicyTypeException",
            "Policy type Other is not supported."
        ),
        (
            #"[{"Type":"Expiration","Version":"2.0","Attributes":{"Timestamp":"2030-02-01T00:00:00Z"}}]"#,
            "InvalidPolicyAttributeException", "Unsupported policy version."
        ),
        (
            #"[{"Type":"Expiration","Version":"1.0"}]"#, "InvalidPolicyAttributeException",
            "Mandatory policy attribute Attributes is missing."
        ),
        (
            #"[{"Type":"Expiration","Version":"1.0","Attributes":{}}]"#, "InvalidPolicyAttributeException",
            "A valid Expiration policy must have an attribute of Timestamp."
        ),
        (
            #"[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"tomorrow"}}]"#,
            "InvalidPolicyAttributeException", "Invalid timestamp format"
        ),
        (
            #"[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"Unit":"Days"}}]"#,
            "InvalidPolicyAttributeException", "Mandatory policy attribute After is missing."
        ),
        (
            #"[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"1"}}]"#,
            "InvalidPolicyAttributeException", "Mandatory policy attribute Unit is missing."
        ),
        (
            #"[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"0","Unit":"Days"}}]"#,
            "InvalidPolicyAttributeException", "Attribute After must be a positive integer."
        ),
        (
            #"[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"0.5","Unit":"Days"}}]"#,
            "InvalidPolicyAttributeException", "Attribute After must be a positive integer smaller than 8760000 ."
        ),
        (
            #"[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"1","Unit":"Weeks"}}]"#,
            "InvalidPolicyAttributeException", "Supported time units: DAYS HOURS"
        ),
        (
            #"[{"Type":"ExpirationNotification","Version":"1.0","Attributes":{"Before":"1","Unit":"Days"}}]"#,
            "IncompatiblePolicyException", "Expiration notification policies are missing expiration policy"
        ),
    ])
    func wrongPoliciesAreRefusedInTheWordsOfAWS(policies: String, code: String, text: String) async throws {
        let store = try await ParameterStore()
        await #expect(throws: AWSError(code, text)) {
            try await store.put("/p", "v", ["Tier": "Advanced", "Policies": .string(policies)])
        }
    }

    @Test func thereIsOneExpiration() async throws {
        let store = try await ParameterStore()
        let expiration = Self.expiration("2030-02-01T00:00:00Z")
        await #expect(throws: AWSError("IncompatiblePolicyException", "There can be only one expiration policy")) {
            try await store.put("/p", "v", advanced(expiration, Self.expiration("2030-02-02T00:00:00Z")))
        }
        // The same twice is once.
        try await store.put("/p", "v", advanced(expiration, expiration))
        #expect(try await store.description(of: "/p")["Policies"]?.array?.count == 1)
    }

    @Test func aParameterHasTenPolicies() async throws {
        let store = try await ParameterStore()
        func policies(_ count: Int) -> JSON {
            let list = JSON.array((1...count).map { Self.noChange(String($0), "Hours") })
            return ["Tier": "Advanced", "Policies": .string(list.description)]
        }
        try await store.put("/ten", "v", policies(10))
        await #expect(
            throws: AWSError(
                "PoliciesLimitExceededException", "Number of policies attached to a parameter cannot exceed 10")
        ) { try await store.put("/eleven", "v", policies(11)) }
        await store.aws.advance(hours: 10)
        #expect(try actions(store).count == 10)
    }

    @Test func aStandardParameterHasNone() async throws {
        let store = try await ParameterStore()
        let error = await #expect(throws: AWSError.self) {
            try await store.put("/p", "v", ["Policies": .string(JSON.array([Self.noChange("1", "Days")]).description)])
        }
        #expect(error?.code == "ValidationException")
    }
}
