import JSON
import Testing

@testable import Model

@Suite struct ValidatorTests {
    /// A shape of every kind, with the constraints that the API models have.
    private static let model = #"""
        {"operations": {"Do": {"input": "Input"}},
         "shapes": {
          "Input": {"type": "structure", "required": ["Name"], "members": {
            "Name": "Name", "Kind": "Kind", "Count": "Count", "Ratio": "Ratio", "Secret": "Secret", "Data": "Data",
            "Flag": "Flag", "When": "When", "Words": "Words", "Kinds": "Kinds", "Secrets": "Secrets",
            "Counts": "Counts",
            "Targets": "Targets", "Attributes": "Attributes", "Labels": "Labels", "Inner": "Target"}},
          "Name": {"type": "string", "min": 2, "max": 5, "pattern": "[a-z]*"},
          "Kind": {"type": "string", "enum": ["Only"]},
          "Count": {"type": "integer", "min": 1, "max": 10},
          "Ratio": {"type": "double", "min": 0, "max": 1},
          "Secret": {"type": "string", "min": 3, "max": 8, "sensitive": true},
          "Data": {"type": "blob", "max": 3},
          "Flag": {"type": "boolean"},
          "When": {"type": "timestamp"},
          "Words": {"type": "list", "min": 1, "max": 2, "member": "Name"},
          "Kinds": {"type": "list", "member": "Kind"},
          "Secrets": {"type": "list", "member": "Secret"},
          "Counts": {"type": "list", "member": "Count"},
          "Target": {"type": "structure", "required": ["Id"],
            "members": {"Id": "Name", "Next": "Target", "Words": "Words"}},
          "Targets": {"type": "list", "max": 2, "member": "Target"},
          "Attributes": {"type": "map", "key": "Name", "value": "Target"},
          "Labels": {"type": "map", "max": 2, "key": "Name", "value": "Name"}}}
        """#

    private static let length = "Member must have length less than or equal to"
    private static let rules =
        "[Member must have length less than or equal to 5, Member must have length greater than or equal to 2, "
        + "Member must satisfy regular expression pattern: [a-z]*]"

    /// Checks a request whose `Name` is right, unless it has another one or is empty.
    private func check(_ members: String) throws {
        let shape = try #require(API(try JSON(parsing: Self.model)).operations["Do"]?.input)
        var input = try #require(try JSON(parsing: members).object)
        if input["Name"] == nil, !input.isEmpty { input["Name"] = "ab" }
        try Validator.check(.object(input), against: shape)
    }

    private func message(_ members: String) -> String? {
        do {
            try check(members)
        } catch let error as AWSError where error.code == "ValidationException" {
            return error.message
        } catch {
            return "\(error)"
        }
        return nil
    }

    // MARK: What is right

    @Test(arguments: [
        #"{"Name":"ab"}"#, #"{"Name":"abcde"}"#, #"{"Kind":"Only"}"#, #"{"Count":1}"#, #"{"Count":10}"#,
        #"{"Count":1e1}"#,
        #"{"Ratio":0.5}"#, #"{"Secret":"12345678"}"#, #"{"Data":"Zm9v"}"#, #"{"Flag":false}"#,
        #"{"When":1582657288.344}"#,
        #"{"When":"2024-01-02T03:04:05Z"}"#, #"{"Words":["ab","cd"]}"#, #"{"Targets":[]}"#,
        #"{"Targets":[{"Id":"ab"}]}"#,
        #"{"Labels":{"ab":"cd"}}"#, #"{"Attributes":{"ab":{"Id":"ab","Next":{"Id":"cd"}}}}"#,
    ])
    func whatTheModelAllowsPasses(members: String) {
        #expect(message(members) == nil)
    }

    @Test(arguments: [
        #"{"Kind":null}"#, #"{"Targets":null}"#, #"{"Words":["ab",null]}"#, #"{"Unknown":{"a":[1]}}"#,
        #"{"Inner":{"Id":"ab","Unknown":1,"Next":null}}"#,
    ])
    func nullIsAbsentAndUnknownMembersAreReadOver(members: String) {
        #expect(message(members) == nil)
    }

    // MARK: One failure

    @Test(arguments: [
        ("{}", "Value null at 'name' failed to satisfy constraint: Member must not be null"),
        (#"{"Name":null}"#, "Value null at 'name' failed to satisfy constraint: Member must not be null"),
        (
            #"{"Name":""}"#,
            "Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2"
        ),
        (#"{"Name":"abcdef"}"#, "Value 'abcdef' at 'name' failed to satisfy constraint: \(length) 5"),
        (
            #"{"Name":"a-b"}"#,
            "Value 'a-b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]*"
        ),
        (
            #"{"Kind":"only"}"#,
            "Value 'only' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [Only]"
        ),
        (
            #"{"Count":0}"#,
            "Value '0' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 1"
        ),
        (
            #"{"Count":11}"#,
            "Value '11' at 'count' failed to satisfy constraint: Member must have value less than or equal to 10"
        ),
        (
            #"{"Ratio":1.5}"#,
            "Value '1.5' at 'ratio' failed to satisfy constraint: Member must have value less than or equal to 1.0"
        ),
        (#"{"Data":"Zm9vYg=="}"#, "Value at 'data' failed to satisfy constraint: \(length) 3"),
        (#"{"Secret":"open sesame"}"#, "Value at 'secret' failed to satisfy constraint: \(length) 8"),
    ])
    func aFailureNamesValuePathAndRule(members: String, failure: String) {
        #expect(message(members) == "1 validation error detected: \(failure)")
    }

    /// Lists that AWS's services have sent: SSM, EventBridge, Config, DynamoDB and KMS.
    @Test(arguments: [
        "SecureString, StringList, String",
        "BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY",
        "HEAD, POST, PATCH, DELETE, PUT, GET, OPTIONS",
        "INCLUSION_BY_RESOURCE_TYPES, ALL_SUPPORTED_RESOURCE_TYPES, EXCLUSION_BY_RESOURCE_TYPES",
        "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS",
        "RSA_2048, ECC_NIST_P384, ECC_NIST_P256, ECC_NIST_P521, HMAC_384, RSA_3072, ECC_SECG_P256K1, RSA_4096, "
            + "SYMMETRIC_DEFAULT, HMAC_256, HMAC_224, HMAC_512",
    ])
    func theValuesOfAnEnumerationStandInTheOrderOfAWSsErrors(list: String) {
        let values = list.split(separator: ", ").map(String.init)
        #expect(Validator.enumRule(values.sorted()) == "Member must satisfy enum value set: [\(list)]")
        #expect(Validator.enumRule(values.reversed()) == "Member must satisfy enum value set: [\(list)]")
    }

    @Test func aLengthIsThatOfJavasStrings() {
        #expect(message(#"{"Secret":"😀😀😀😀"}"#) == nil)
        #expect(
            message(#"{"Secret":"😀😀😀😀😀"}"#)
                == "1 validation error detected: Value at 'secret' failed to satisfy constraint: \(Self.length) 8")
    }

    @Test func aPatternIsOneForTheWholeText() {
        #expect(message(#"{"Name":"ab\nc"}"#)?.contains("regular expression pattern: [a-z]*") == true)
    }

    // MARK: Lists and maps

    @Test(arguments: [
        (
            #"{"Words":["ab","x","C-D"]}"#,
            "2 validation errors detected: Value '[ab, x, C-D]' at 'words' failed to satisfy constraint: \(length) 2; "
                + "Value '[ab, x, C-D]' at 'words' failed to satisfy constraint: Member must satisfy constraint: "
                + "\(rules)"
        ),
        (
            #"{"Words":[]}"#,
            "1 validation error detected: Value '[]' at 'words' failed to satisfy constraint: Member must have length "
                + "greater than or equal to 1"
        ),
        (
            #"{"Kinds":["Only","Other"]}"#,
            "1 validation error detected: Value '[Only, Other]' at 'kinds' failed to satisfy constraint: Member must "
                + "satisfy constraint: [Member must satisfy enum value set: [Only], Member must not be null]"
        ),
        (
            #"{"Labels":{"ab":"cd","X":"cd"}}"#,
            "1 validation error detected: Value '{ab=cd, X=cd}' at 'labels' failed to satisfy constraint: Map keys "
                + "must satisfy constraint: \(rules)"
        ),
        (
            #"{"Labels":{"ab":"c"}}"#,
            "1 validation error detected: Value '{ab=c}' at 'labels' failed to satisfy constraint: Map value must "
                + "satisfy constraint: \(rules)"
        ),
    ])
    func simpleItemsAreReportedAtTheirListOrMap(members: String, text: String) {
        #expect(message(members) == text)
    }

    @Test func numbersInAListAreReportedAtTheListToo() {
        #expect(
            message(#"{"Counts":[1,99]}"#)
                == "1 validation error detected: Value '[1, 99]' at 'counts' failed to satisfy constraint: Member "
                + "must satisfy constraint: [Member must have value less than or equal to 10, Member must have value "
                + "greater than or equal to 1]")
    }

    @Test func aListOfSecretsIsNotShown() {
        let text = message(#"{"Secrets":["open sesame"]}"#) ?? ""
        #expect(text.hasPrefix("1 validation error detected: Value at 'secrets' failed to satisfy constraint: "))
        #expect(!text.contains("sesame"))
    }

    @Test(arguments: [
        (#"{"Inner":{}}"#, "Value null at 'inner.id'", "Member must not be null"),
        (
            #"{"Inner":{"Id":"ab","Next":{"Id":"ab","Next":{}}}}"#, "Value null at 'inner.next.next.id'",
            "Member must not be null"
        ),
        (#"{"Targets":[{"Id":"ab"},{}]}"#, "Value null at 'targets.2.member.id'", "Member must not be null"),
        (
            #"{"Targets":[{"Id":"ab","Next":{"Id":"A-B"}}]}"#, "Value 'A-B' at 'targets.1.member.next.id'",
            "Member must satisfy regular expression pattern: [a-z]*"
        ),
        (#"{"Attributes":{"attr":{}}}"#, "Value null at 'attributes.attr.member.id'", "Member must not be null"),
        (
            #"{"Targets":[{"Id":"ab","Words":[]}]}"#, "Value '[]' at 'targets.1.member.words'",
            "Member must have length greater than or equal to 1"
        ),
    ])
    func aPathLeadsToTheMemberHoweverDeep(members: String, place: String, rule: String) {
        #expect(message(members) == "1 validation error detected: \(place) failed to satisfy constraint: \(rule)")
    }

    @Test func structuresInAListAreShownAsJavaShowsThem() {
        #expect(
            message(#"{"Targets":[{"Id":"ab"},{"Id":"cd","Words":["ef"]},{"Id":"gh"}]}"#)
                == "1 validation error detected: Value '[Target(id=ab, next=null, words=null), Target(id=cd, "
                + "next=null, words=[ef]), Target(id=gh, next=null, words=null)]' at 'targets' failed to satisfy "
                + "constraint: \(Self.length) 2")
    }

    // MARK: Several failures

    @Test func allFailuresStandInOneMessage() {
        #expect(
            message(#"{"Name":"A-B-C-D","Kind":"x","Inner":{"Words":["ab"]}}"#)
                == "4 validation errors detected: "
                + "Value 'A-B-C-D' at 'name' failed to satisfy constraint: \(Self.length) 5; "
                + "Value 'A-B-C-D' at 'name' failed to satisfy constraint: Member must satisfy regular expression "
                + "pattern: [a-z]*; "
                + "Value 'x' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [Only]; "
                + "Value null at 'inner.id' failed to satisfy constraint: Member must not be null")
    }

    // MARK: Wrong types

    @Test(arguments: [
        (#"{"Name":1}"#, "NUMBER_VALUE can not be converted to String"),
        (#"{"Name":true}"#, "TRUE_VALUE can not be converted to String"),
        (#"{"Count":"1"}"#, "STRING_VALUE can not be converted to Integer"),
        (#"{"Flag":"true"}"#, "STRING_VALUE can not be converted to Boolean"),
        (#"{"Name":["a"]}"#, "Start of structure or map found where not expected"),
        (#"{"Name":{}}"#, "Start of structure or map found where not expected"),
        (#"{"Data":"not base64"}"#, ""), (#"{"Count":1.5}"#, ""), (#"{"When":"tomorrow"}"#, ""),
        (#"{"Words":"ab"}"#, ""),
        (#"{"Targets":[1]}"#, ""), (#"{"Labels":[]}"#, ""), (#"{"Inner":"ab"}"#, ""), (#"{"Words":[1]}"#, ""),
    ])
    func aValueOfAnotherTypeCannotBeRead(members: String, text: String) {
        let error = #expect(throws: AWSError.self) { try check(members) }
        #expect(error?.code == "SerializationException")
        #expect(error?.message?.hasPrefix(text) == true)
    }
}
