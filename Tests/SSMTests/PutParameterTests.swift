import JSON
import Kernel
import Model
import Testing

@Suite struct PutParameterTests {
    @Test func overwritingCountsVersionsEvenOfEqualValues() async throws {
        let store = try await ParameterStore()
        #expect(try await store.put("/a", "1") == ["Version": 1, "Tier": "Standard"])
        #expect(try await store.overwrite("/a", "1") == ["Version": 2, "Tier": "Standard"])
        await #expect(
            throws: AWSError(
                "ParameterAlreadyExists",
                "The parameter already exists. To overwrite this value, set the overwrite option in the request to "
                    + "true."
            )
        ) { try await store.put("/a", "2") }
    }

    @Test func whatAnUpdateLeavesOutStays() async throws {
        let store = try await ParameterStore()
        try await store.put(
            "/a", "1,2", ["Type": "StringList", "Description": "text", "AllowedPattern": "\\d", "Tier": "Advanced"])
        try await store.overwrite("/a", "3")
        let shown = try await store.description(of: "/a")
        #expect(shown["Type"] == "StringList" && shown["Description"] == "text" && shown["AllowedPattern"] == "\\d")
        #expect(shown["Tier"] == "Advanced" && shown["DataType"] == "text" && shown["Version"] == 2)
    }

    @Test(arguments: [("String", "SecureString"), ("SecureString", "String"), ("String", "StringList")])
    func anUpdateMayChangeTheType(from old: String, to new: String) async throws {
        let store = try await ParameterStore()
        try await store.put("/a", "1", ["Type": .string(old)])
        try await store.overwrite("/a", "2", ["Type": .string(new)])
        let latest = try await store.get("/a", decrypts: true)
        #expect(latest["Type"] == .string(new) && latest["Value"] == "2")
        let first = try await store.get("/a:1", decrypts: true)
        #expect(first["Type"] == .string(old) && first["Value"] == "1")
    }

    @Test func aListIsKeptAsItWasWritten() async throws {
        let store = try await ParameterStore()
        try await store.put("/l", " a, b,,c ", ["Type": "StringList"])
        #expect(try await store.value("/l") == " a, b,,c ")
    }

    @Test func aNewParameterNeedsItsType() async throws {
        let store = try await ParameterStore()
        await #expect(throws: AWSError.validation("A parameter type is required when you create a parameter.")) {
            try await store.call("PutParameter", ["Name": "/a", "Value": "v"])
        }
    }

    @Test func tagsAndOverwriteExcludeEachOtherEvenOnCreation() async throws {
        let store = try await ParameterStore()
        await #expect(
            throws: AWSError.validation(
                "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please "
                    + "remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource "
                    + "or RemoveTagsFromResource.")
        ) { try await store.put("/a", "v", ["Overwrite": true, "Tags": [["Key": "k", "Value": "v"]]]) }
    }

    @Test func aValueCannotNestAnotherParameter() async throws {
        let store = try await ParameterStore()
        await #expect(
            throws: AWSError.validation(
                "Parameter value: 'a{{ssm:other}}' failed to satisfy constraint: Parameter value can't nest another "
                    + "parameter. Do not use \"{{}}\" in the value.")
        ) { try await store.put("/a", "a{{ssm:other}}") }
        try await store.put("/b", "{{ alone } }")
    }

    @Test(arguments: [
        ("Text", "v", "String", "The following data type is not supported: Text. (Data type names are all lowercase.)"),
        (
            "aws:ec2:image", "ami-1", "StringList",
            "The aws:ec2:image data type is not supported for the following input type: StringList"
        ),
    ])
    func dataTypesAreChecked(dataType: String, value: String, type: String, text: String) async throws {
        let store = try await ParameterStore()
        await #expect(throws: AWSError.validation(text)) {
            try await store.put("/a", value, ["DataType": .string(dataType), "Type": .string(type)])
        }
    }

    private static let image = "ami-0123456789abcdef0"

    @Test func aParameterOfAnImageIsThereWhenTheImageWasFound() async throws {
        let store = try await ParameterStore()
        let more: JSON = ["DataType": "aws:ec2:image", "Tags": [["Key": "team", "Value": "red"]]]
        #expect(try await store.put("/image", Self.image, more)["Version"] == 1)
        await store.aws.advance(milliseconds: 0)
        #expect(try await store.get("/image")["Value"] == .string(Self.image))
        #expect(try await store.get("/image")["DataType"] == "aws:ec2:image")
        let tags = try await store.call("ListTagsForResource", ["ResourceType": "Parameter", "ResourceId": "/image"])
        #expect(tags["TagList"] == [["Key": "team", "Value": "red"]])
        #expect(try store.aws.events("Parameter Store Change").count == 1)
    }

    @Test func anImageThatIsNotFoundLeavesTheOldValueAndAnEvent() async throws {
        let store = try await ParameterStore()
        try await store.put("/image", Self.image, ["DataType": "aws:ec2:image"])
        await store.aws.advance(milliseconds: 0)
        #expect(try await store.overwrite("/image", "ami-1", ["DataType": "aws:ec2:image"])["Version"] == 2)
        await store.aws.advance(milliseconds: 0)
        #expect(try await store.get("/image")["Value"] == .string(Self.image))
        let history = try await store.call("GetParameterHistory", ["Name": "/image"])
        #expect(history["Parameters"]?.array?.count == 1)
        let detail = try store.aws.events("Parameter Store Change").last?["detail"]
        #expect(
            detail == [
                "exception": "Unable to Describe Resource", "dataType": "aws:ec2:image", "name": "/image",
                "type": "String", "operation": "Update",
            ])
    }

    @Test func aNewParameterOfNoImageIsNeverSeen() async throws {
        let store = try await ParameterStore()
        try await store.put("/image", "ami-1", ["DataType": "aws:ec2:image"])
        await store.aws.advance(milliseconds: 0)
        await #expect(throws: AWSError("ParameterNotFound")) { try await store.get("/image") }
    }

    @Test func everyChangeIsAnEventWithTheNameAsItWasCreated() async throws {
        let store = try await ParameterStore()
        try await store.put("/a/b", "1", ["Description": "text"])
        try await store.overwrite("/a/b", "2")
        try await store.call("DeleteParameters", ["Names": ["a/b", "/a/b", "/none"]])
        let events = try store.aws.events("Parameter Store Change")
        #expect(events.compactMap { $0["detail"]?["operation"]?.string } == ["Create", "Update", "Delete"])
        #expect(events.first?["source"] == "aws.ssm" && events.first?["time"] == "2030-01-01T00:00:00Z")
        #expect(events.first?["resources"] == ["arn:aws:ssm:us-east-1:111111111111:parameter/a/b"])
        #expect(
            events.first?["detail"] == ["operation": "Create", "name": "/a/b", "type": "String", "description": "text"])
    }
}

@Suite struct AllowedPatternTests {
    private func mismatch(_ pattern: String) -> AWSError {
        AWSError(
            "ParameterPatternMismatchException",
            "Parameter value, cannot be validated against allowedPattern: \(pattern)")
    }

    @Test(arguments: [("\\d+", "12x"), ("a", "ab"), ("a|b", "ba"), ("^a$", "a\nb"), ("[a-c]{2}", "abc")])
    func theWholeValueMustMatch(pattern: String, value: String) async throws {
        let store = try await ParameterStore()
        await #expect(throws: mismatch(pattern)) {
            try await store.put("/a", value, ["AllowedPattern": .string(pattern)])
        }
    }

    @Test func eachElementOfAListMustMatch() async throws {
        let store = try await ParameterStore()
        let list: JSON = ["Type": "StringList", "AllowedPattern": "\\d+"]
        try await store.put("/a", "1,22,333", list)
        await #expect(throws: mismatch("\\d+")) { try await store.put("/b", "1,x,3", list) }
        await #expect(throws: mismatch("\\d+")) { try await store.put("/b", "1,,3", list) }
    }

    @Test func aPatternHoldsForLaterVersionsUntilAnEmptyOneTakesItsPlace() async throws {
        let store = try await ParameterStore()
        try await store.put("/a", "1", ["AllowedPattern": "\\d"])
        await #expect(throws: mismatch("\\d")) { try await store.overwrite("/a", "x") }
        try await store.overwrite("/a", "x", ["AllowedPattern": ""])
        #expect(try await store.value("/a") == "x")
        #expect(try await store.description(of: "/a")["AllowedPattern"] == nil)
    }

    @Test(arguments: ["(", "[a", "*", "\\p{Nothing}"]) func whatIsNoPatternIsRefused(pattern: String) async throws {
        let store = try await ParameterStore()
        await #expect(
            throws: AWSError(
                "InvalidAllowedPatternException", "The syntax of the allowedPattern parameter is invalid.")
        ) { try await store.put("/a", "v", ["AllowedPattern": .string(pattern)]) }
    }
}

@Suite struct ParameterTierTests {
    private static let standardTooLarge = AWSError.validation(
        "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter "
            + "value, upgrade the parameter to use the advanced-parameter tier. For more information, see "
            + "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html")

    private func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test func aStandardParameterHolds4096Characters() async throws {
        let store = try await ParameterStore()
        #expect(try await store.put("/a", text(4096))["Tier"] == "Standard")
        await #expect(throws: Self.standardTooLarge) { try await store.put("/b", text(4097)) }
        await #expect(throws: Self.standardTooLarge) { try await store.overwrite("/a", text(4097)) }
    }

    @Test func anAdvancedOneHolds8192() async throws {
        let store = try await ParameterStore()
        #expect(try await store.put("/a", text(8192), ["Tier": "Advanced"])["Tier"] == "Advanced")
        let error = await #expect(throws: AWSError.self) { try await store.put("/b", text(8193), ["Tier": "Advanced"]) }
        #expect(error?.code == "ValidationException")
    }

    @Test func aValueBeyondTheFrontEndsBoundIsNotShownInItsError() async throws {
        let store = try await ParameterStore()
        let error = await #expect(throws: AWSError.self) { try await store.put("/a", text(32_769)) }
        let message = error?.message ?? ""
        #expect(message.hasPrefix("1 validation error detected: Value at 'value' failed to satisfy constraint: "))
        #expect(message.contains("Member must have length less than or equal to 32768") && !message.contains("xxx"))
    }

    @Test func intelligentTieringTakesWhatIsNeededAndNeverNamesItself() async throws {
        let store = try await ParameterStore()
        let intelligent: JSON = ["Tier": "Intelligent-Tiering"]
        #expect(try await store.put("/small", "x", intelligent)["Tier"] == "Standard")
        #expect(try await store.put("/large", text(4097), intelligent)["Tier"] == "Advanced")
        #expect(try await store.overwrite("/large", "x", intelligent)["Tier"] == "Advanced")
        let policy = #"[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"1","Unit":"Days"}}]"#
        let withPolicy: JSON = ["Tier": "Intelligent-Tiering", "Policies": .string(policy)]
        #expect(try await store.put("/policy", "x", withPolicy)["Tier"] == "Advanced")
    }

    @Test func anAdvancedParameterStaysAdvanced() async throws {
        let store = try await ParameterStore()
        try await store.put("/a", "x", ["Tier": "Advanced"])
        #expect(try await store.overwrite("/a", "y")["Tier"] == "Advanced")
        await #expect(
            throws: AWSError.validation(
                "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
                    + "advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the "
                    + "advanced parameter and recreate it as a standard parameter. Be aware that standard parameters have "
                    + "a value limit of 4096 characters.")
        ) { try await store.overwrite("/a", "z", ["Tier": "Standard"]) }
        try await store.call("DeleteParameter", ["Name": "/a"])
        #expect(try await store.put("/a", "z")["Tier"] == "Standard")
    }

    @Test func theAccountsSettingIsTheTierOfParametersThatNameNone() async throws {
        let store = try await ParameterStore()
        let setting: JSON = "/ssm/parameter-store/default-parameter-tier"
        try await store.call("UpdateServiceSetting", ["SettingId": setting, "SettingValue": "Advanced"])
        #expect(try await store.put("/a")["Tier"] == "Advanced")
        #expect(try await store.put("/b", "v", ["Tier": "Standard"])["Tier"] == "Standard")
        try await store.call("ResetServiceSetting", ["SettingId": setting])
        #expect(try await store.put("/c")["Tier"] == "Standard")
    }
}
