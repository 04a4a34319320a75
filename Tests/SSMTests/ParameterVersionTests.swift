import JSON
import Kernel
import Model
import Testing

@Suite struct ParameterVersionTests {
    /// A parameter with as many versions as are kept: 1 to 100.
    private func fullStore() async throws -> ParameterStore {
        let store = try await ParameterStore()
        try await store.put("/h", "1")
        for version in 2...100 { try await store.overwrite("/h", String(version)) }
        return store
    }

    private func versions(_ store: ParameterStore) async throws -> [Int] {
        var versions: [Int] = []
        var token: JSON?
        repeat {
            var input: JSON = ["Name": "/h", "MaxResults": 33]
            if let token { input = ["Name": "/h", "MaxResults": 33, "NextToken": token] }
            let answer = try await store.call("GetParameterHistory", input)
            versions += answer["Parameters"]?.array?.compactMap { $0["Version"]?.int } ?? []
            token = answer["NextToken"]
        } while token != nil && versions.count < 300
        return versions
    }

    @Test func aHundredVersionsAreKeptAndTheOldestGoesFirst() async throws {
        let store = try await fullStore()
        #expect(try await versions(store) == Array(1...100))
        #expect(try await store.overwrite("/h", "101")["Version"] == 101)
        #expect(try await versions(store) == Array(2...101))
        let error = await #expect(throws: AWSError.self) { try await store.get("/h:1") }
        #expect(error?.code == "ParameterVersionNotFound")
        #expect(try await store.call("GetParameters", ["Names": ["/h:1"]])["InvalidParameters"] == ["/h:1"])
    }

    @Test func aLabelOnTheOldestOfThemHoldsTheNextVersionBack() async throws {
        let store = try await fullStore()
        try await store.call("LabelParameterVersion", ["Name": "/h", "ParameterVersion": 1, "Labels": ["keep"]])
        await #expect(
            throws: AWSError(
                "ParameterMaxVersionLimitExceeded",
                "You attempted to create a new version of /h by calling the PutParameter API with the overwrite flag. "
                    + "Version 1, the oldest version, can't be deleted because it has a label associated with it. "
                    + "Move the label to another version of the parameter, and try again.")
        ) { try await store.overwrite("/h", "101") }
        #expect(try await versions(store) == Array(1...100))

        try await store.call("LabelParameterVersion", ["Name": "/h", "ParameterVersion": 2, "Labels": ["keep"]])
        #expect(try await store.overwrite("/h", "101")["Version"] == 101)
        #expect(try await store.value("/h:keep") == "2")
    }
}

@Suite struct ParameterLabelTests {
    private func twoVersions() async throws -> ParameterStore {
        let store = try await ParameterStore()
        try await store.put("/l", "one")
        try await store.overwrite("/l", "two")
        return store
    }

    private func labels(_ store: ParameterStore) async throws -> [[String]] {
        let history = try await store.call("GetParameterHistory", ["Name": "/l"])
        return history["Parameters"]?.array?.map { $0["Labels"]?.strings ?? ["no list"] } ?? []
    }

    @Test func aLabelMovesToTheVersionThatGetsIt() async throws {
        let store = try await twoVersions()
        try await store.call(
            "LabelParameterVersion", ["Name": "/l", "ParameterVersion": 1, "Labels": ["live", "old"]])
        #expect(try await labels(store) == [["old", "live"], []])
        let answer = try await store.call("LabelParameterVersion", ["Name": "/l", "Labels": ["live"]])
        #expect(answer == ["InvalidLabels": [], "ParameterVersion": 2])
        #expect(try await labels(store) == [["old"], ["live"]])
        #expect(try await store.value("/l:live") == "two")
    }

    @Test func wrongLabelsComeBackAndTheOthersAreAttached() async throws {
        let store = try await twoVersions()
        let wrong: Set = ["1st", "aws", "AWSx", "ssm-x", "a b", "a/b", "a:b", "é"]
        let answer = try await store.call(
            "LabelParameterVersion", ["Name": "/l", "Labels": .array(wrong.map(JSON.string))])
        #expect(answer["InvalidLabels"].map { Set($0.strings) } == wrong)
        let right: JSON = ["A.b-c_d", "Live", "_x", "live", "no-aws"]
        let second = try await store.call("LabelParameterVersion", ["Name": "/l", "Labels": right])
        #expect(second["InvalidLabels"] == [])
        #expect(try await Set(labels(store)[1]) == Set(right.strings))
    }

    /// The order is that of the service's own answers.
    @Test(arguments: [
        (["valid", "123bad", "awsBad", "ssmBad", "bad label"], ["awsBad", "123bad", "bad label", "ssmBad"]),
        (["bad label", "bad label", "AWSbad", "Ssmbad", "valid"], ["Ssmbad", "AWSbad", "bad label"]),
        (["1number", "bad:colon"], ["1number", "bad:colon"]),
    ])
    func labelsAreASet(sent: [String], wrong: [String]) async throws {
        let store = try await twoVersions()
        try await store.call("LabelParameterVersion", ["Name": "/l", "Labels": ["stable"]])
        let answer = try await store.call(
            "LabelParameterVersion", ["Name": "/l", "Labels": .array(sent.map(JSON.string))])
        #expect(answer["InvalidLabels"]?.strings == wrong)
        #expect(try await labels(store)[1] == (sent.contains("valid") ? ["valid", "stable"] : ["stable"]))
    }

    @Test func aVersionHoldsTenLabelsAndOneMoreAttachesNone() async throws {
        let store = try await twoVersions()
        let nine = JSON.array((1...9).map { .string("l\($0)") })
        try await store.call("LabelParameterVersion", ["Name": "/l", "Labels": nine])
        let error = await #expect(throws: AWSError.self) {
            try await store.call("LabelParameterVersion", ["Name": "/l", "Labels": ["tenth", "eleventh"]])
        }
        #expect(error?.code == "ParameterVersionLabelLimitExceeded")
        #expect(try await labels(store)[1].count == 9)
        try await store.call("LabelParameterVersion", ["Name": "/l", "Labels": ["l1", "tenth"]])
        #expect(try await labels(store)[1].count == 10)
    }

    @Test func aLabelHasAHundredCharacters() async throws {
        let store = try await twoVersions()
        try await store.call(
            "LabelParameterVersion", ["Name": "/l", "Labels": [.string(String(repeating: "l", count: 100))]])
        let long = String(repeating: "l", count: 101)
        await #expect(
            throws: AWSError.validation(
                "1 validation error detected: Value '[\(long)]' at 'labels' failed to satisfy constraint: Member must "
                    + "satisfy constraint: [Member must have length less than or equal to 100, Member must have length "
                    + "greater than or equal to 1]")
        ) { try await store.call("LabelParameterVersion", ["Name": "/l", "Labels": [.string(long)]]) }
    }

    @Test func onlyWhatExistsIsLabelled() async throws {
        let store = try await twoVersions()
        await #expect(throws: AWSError("ParameterNotFound")) {
            try await store.call("LabelParameterVersion", ["Name": "/none", "Labels": ["live"]])
        }
        await #expect(
            throws: AWSError(
                "ParameterVersionNotFound",
                "Systems Manager could not find version 7 of /l. Verify the version and try again.")
        ) { try await store.call("LabelParameterVersion", ["Name": "/l", "ParameterVersion": 7, "Labels": ["live"]]) }
    }

    @Test func labelsAreTakenOffTheVersionThatHasThem() async throws {
        let store = try await twoVersions()
        try await store.call(
            "LabelParameterVersion", ["Name": "/l", "ParameterVersion": 1, "Labels": ["live", "old"]])
        let answer = try await store.call(
            "UnlabelParameterVersion", ["Name": "/l", "ParameterVersion": 2, "Labels": ["live"]])
        #expect(answer == ["RemovedLabels": [], "InvalidLabels": ["live"]])
        let second = try await store.call(
            "UnlabelParameterVersion", ["Name": "/l", "ParameterVersion": 1, "Labels": ["live", "none"]])
        #expect(second == ["RemovedLabels": ["live"], "InvalidLabels": ["none"]])
        #expect(try await labels(store) == [["old"], []])
    }

    @Test func aNewParameterOfAnOldNameHasNoneOfItsLabelsOrTags() async throws {
        let store = try await twoVersions()
        try await store.call("LabelParameterVersion", ["Name": "/l", "Labels": ["live"]])
        try await store.call(
            "AddTagsToResource",
            ["ResourceType": "Parameter", "ResourceId": "/l", "Tags": [["Key": "team", "Value": "blue"]]])
        try await store.call("DeleteParameter", ["Name": "/l"])
        try await store.put("/l", "new")
        #expect(try await labels(store) == [[]])
        let tags = try await store.call("ListTagsForResource", ["ResourceType": "Parameter", "ResourceId": "/l"])
        #expect(tags == ["TagList": []])
    }

    @Test func eachLabelThatIsSetIsAnEvent() async throws {
        let store = try await twoVersions()
        try await store.call(
            "LabelParameterVersion", ["Name": "/l", "ParameterVersion": 1, "Labels": ["live", "1st"]])
        try await store.call("LabelParameterVersion", ["Name": "/l", "Labels": ["live", "new"]])
        func detail(_ label: JSON, from: JSON, to: JSON) -> JSON {
            [
                "fromVersion": from, "name": "/l", "label": label, "type": "String",
                "operation": "LabelParameterVersion", "toVersion": to,
            ]
        }
        #expect(
            try store.aws.events("Parameter Store Change").suffix(3).map { $0["detail"] } == [
                detail("live", from: "", to: "1"), detail("live", from: "1", to: "2"), detail("new", from: "", to: "2"),
            ])
    }
}
