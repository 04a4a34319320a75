import JSON
import Kernel
import Model
import Testing

@Suite struct DescribeParametersTests {
    private func filled() async throws -> ParameterStore {
        let store = try await ParameterStore()
        try await store.put("/app/dev/db", "1", ["Tags": [["Key": "team", "Value": "blue"]]])
        try await store.put("/app/dev/key", "1", ["Type": "SecureString", "KeyId": "alias/mine"])
        try await store.put("/app/list", "1", ["Type": "StringList", "Tier": "Advanced"])
        try await store.put(
            "/apple", "ami-12345678", ["DataType": "aws:ec2:image", "Tags": [["Key": "team", "Value": "red"]]])
        try await store.put("plain", "1", ["Type": "SecureString", "Tags": [["Key": "env", "Value": ""]]])
        await store.aws.advance(milliseconds: 0)
        return store
    }

    private func filter(_ key: String, _ option: String?, _ values: [String]) -> JSON {
        .object([
            "Key": .string(key), "Option": option.map(JSON.string),
            "Values": values.isEmpty ? nil : .array(values.map(JSON.string)),
        ])
    }

    @Test(
        arguments: [
            ("Name", nil, ["plain"], ["plain"]),
            ("Name", nil, ["/plain"], ["plain"]),
            ("Name", "Equals", ["apple", "/app/list", "none"], ["/app/list", "/apple"]),
            ("Name", "BeginsWith", ["/app/"], ["/app/dev/db", "/app/dev/key", "/app/list"]),
            ("Name", "BeginsWith", ["appl", "pl"], ["/apple", "plain"]),
            ("Name", "Contains", ["/p"], ["plain"]),
            ("Name", "Contains", ["l"], ["/app/list", "/apple", "plain"]),
            ("Type", nil, ["SecureString"], ["/app/dev/key", "plain"]),
            ("Type", "Equals", ["String"], ["/app/dev/db", "/apple"]),
            ("Type", "BeginsWith", ["String"], ["/app/dev/db", "/app/list", "/apple"]),
            ("KeyId", nil, ["alias/aws/ssm"], ["plain"]),
            ("KeyId", "BeginsWith", ["alias/"], ["/app/dev/key", "plain"]),
            ("Path", nil, ["/app"], ["/app/list"]),
            ("Path", "OneLevel", ["/app", "/app/dev"], ["/app/dev/db", "/app/dev/key", "/app/list"]),
            ("Path", "Recursive", ["/app"], ["/app/dev/db", "/app/dev/key", "/app/list"]),
            ("Path", nil, ["/"], ["/apple", "plain"]),
            ("Tier", "Equals", ["Advanced"], ["/app/list"]),
            ("DataType", nil, ["aws:ec2:image"], ["/apple"]),
            ("tag:team", nil, ["blue", "green"], ["/app/dev/db"]),
            ("tag:team", "BeginsWith", ["r"], ["/apple"]),
            ("tag:team", nil, [], ["/app/dev/db", "/apple"]),
            ("tag:env", nil, [], ["plain"]),
            ("tag:Team", nil, [], []),
        ] as [(String, String?, [String], [String])])
    func aFilterPicksWhatItSays(key: String, option: String?, values: [String], names: [String]) async throws {
        let store = try await filled()
        let found = try await store.names(
            "DescribeParameters", ["ParameterFilters": [filter(key, option, values)]])
        #expect(found == names)
    }

    @Test func severalFiltersMustAllHold() async throws {
        let store = try await filled()
        let filters: JSON = [
            filter("Path", "Recursive", ["/app"]), filter("Type", nil, ["SecureString", "StringList"]),
        ]
        #expect(
            try await store.names("DescribeParameters", ["ParameterFilters": filters]) == ["/app/dev/key", "/app/list"])
        let none: JSON = [filter("Name", nil, ["plain"]), filter("Type", nil, ["String"])]
        #expect(try await store.names("DescribeParameters", ["ParameterFilters": none]) == [])
    }

    @Test func theOldFiltersStillPickButNotTogetherWithTheNew() async throws {
        let store = try await filled()
        let old: JSON = [["Key": "Type", "Values": ["StringList"]]]
        #expect(try await store.names("DescribeParameters", ["Filters": old]) == ["/app/list"])
        let beginning: JSON = [["Key": "Name", "Values": ["/app/dev"]]]
        #expect(try await store.names("DescribeParameters", ["Filters": beginning]) == ["/app/dev/db", "/app/dev/key"])
        await #expect(
            throws: AWSError.validation("You can use either Filters or ParameterFilters in a single request.")
        ) {
            try await store.call(
                "DescribeParameters", ["Filters": old, "ParameterFilters": [filter("Name", nil, ["plain"])]])
        }
    }

    @Test(
        arguments: [
            (
                "Label", nil, ["x"], "InvalidFilterKey",
                "The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, "
                    + "Tier]."
            ),
            (
                "Name", nil, [], "InvalidFilterValue",
                "The following filter values are missing : null for filter key Name."
            ),
            (
                "Path", "Equals", ["/a"], "InvalidFilterOption",
                "The following filter option is not valid: Equals. Valid options include: [Recursive, OneLevel]."
            ),
            (
                "Type", "Contains", ["String"], "InvalidFilterOption",
                "The following filter option is not valid: Contains. Valid options include: [BeginsWith, Equals]."
            ),
            (
                "Tier", nil, ["Cheap"], "InvalidFilterOption",
                "The following filter value is not valid: Cheap. Valid values include: [Standard, Advanced, "
                    + "Intelligent-Tiering]."
            ),
            (
                "Type", nil, ["Number"], "InvalidFilterOption",
                "The following filter value is not valid: Number. Valid values include: [String, StringList, "
                    + "SecureString]."
            ),
            (
                "Path", nil, ["/AWS/x"], "ValidationException",
                "Filters for common parameters can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). When "
                    + "using global parameters, please specify within a global namespace."
            ),
            (
                "Colour", nil, ["red"], "ValidationException",
                "1 validation error detected: Value 'Colour' at 'parameterFilters.1.member.key' failed to satisfy "
                    + "constraint: Member must satisfy regular expression pattern: "
                    + "tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType"
            ),
        ] as [(String, String?, [String], String, String)])
    func wrongFiltersAreRefusedInTheWordsOfAWS(
        key: String, option: String?, values: [String], code: String, text: String
    ) async throws {
        let store = try await ParameterStore()
        await #expect(throws: AWSError(code, text)) {
            try await store.call("DescribeParameters", ["ParameterFilters": [filter(key, option, values)]])
        }
    }

    @Test func aKeyStandsOnceInTheFilters() async throws {
        let store = try await ParameterStore()
        await #expect(
            throws: AWSError(
                "InvalidFilterKey",
                "The following filter is duplicated in the request: Name. A request can contain only one occurrence "
                    + "of a specific filter.")
        ) {
            let filters: JSON = [filter("Name", nil, ["a"]), filter("Name", nil, ["b"])]
            try await store.call("DescribeParameters", ["ParameterFilters": filters])
        }
    }

    @Test func aDescriptionHasEverythingButTheValue() async throws {
        let store = try await ParameterStore()
        try await store.put("/a", "secret words", ["Description": "text", "AllowedPattern": ".*"])
        #expect(
            try await store.description(of: "/a") == [
                "Name": "/a", "ARN": "arn:aws:ssm:us-east-1:111111111111:parameter/a", "Type": "String",
                "LastModifiedDate": 1_893_456_000, "LastModifiedUser": "arn:aws:iam::111111111111:root",
                "Description": "text", "AllowedPattern": ".*", "Version": 1, "Tier": "Standard", "Policies": [],
                "DataType": "text",
            ])
    }

    @Test func pagesGoOnWhereTheLastOneEnded() async throws {
        let store = try await filled()
        var names: [String] = []
        var token: JSON?
        repeat {
            let answer = try await store.call(
                "DescribeParameters", .object(["MaxResults": 2, "NextToken": token]))
            let page = answer["Parameters"]?.array?.compactMap { $0["Name"]?.string } ?? []
            #expect(page.count <= 2)
            names += page
            token = answer["NextToken"]
        } while token != nil && names.count < 20
        #expect(names == ["/app/dev/db", "/app/dev/key", "/app/list", "/apple", "plain"])
        let error = await #expect(throws: AWSError.self) {
            try await store.call("DescribeParameters", ["NextToken": "nonsense"])
        }
        #expect(error?.code == "InvalidNextToken")
    }
}
