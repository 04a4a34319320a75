import JSON
import Testing

@testable import EventPattern

/// The event of EventBridge's documentation.
private let instance = """
    {"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718","detail-type":"EC2 Instance State-change Notification",
    "source":"aws.ec2","account":"111122223333","time":"2017-12-22T18:43:48Z","region":"us-west-1",
    "resources":["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0","other"],
    "detail":{"instance-id":"i-1234567890abcdef0","state":"terminated","c-count":5,"d-count":3.0e2,"empty":[],"none":null,
    "source-ip":"10.0.0.33","flag":true,"text":"5",
    "employees":[{"first":"Anna","last":"Smith"},{"first":"Peter","last":"Jones","ids":[1,2]}]}}
    """

@Suite struct PatternTests {
    private func matches(_ pattern: String, _ event: String = instance, _ dialect: Dialect = .eventBridge) throws
        -> Bool
    {
        let pattern = try Pattern(pattern, dialect: dialect)
        let event = try JSON(parsing: event)
        #expect(pattern.explain(event).matches == pattern.matches(event))
        return pattern.matches(event)
    }

    @Test(arguments: [
        (#"{"source":["aws.ec2"]}"#, true), (#"{"source":["aws.s3","aws.ec2"]}"#, true),
        (#"{"source":["aws.s3"]}"#, false),
        (#"{"source":["AWS.EC2"]}"#, false), (#"{"source":["aws.ec2"],"region":["eu-west-1"]}"#, false),
        (#"{"detail":{"state":["terminated"],"c-count":[5]}}"#, true), (#"{"resources":["other"]}"#, true),
        (#"{"detail":{"c-count":[5.0]}}"#, true), (#"{"detail":{"c-count":["5"]}}"#, false),
        (#"{"detail":{"d-count":[300]}}"#, true), (#"{"detail":{"text":[5]}}"#, false),
        (#"{"detail":{"none":[null]}}"#, true), (#"{"detail":{"missing":[null]}}"#, false),
        (#"{"detail":{"empty":[null]}}"#, false), (#"{"detail":{"flag":[true]}}"#, true),
        (#"{"detail.state":["terminated"]}"#, true), (#"{"nothing":["x"]}"#, false),
    ])
    func fieldsAreComparedByValueAndType(pattern: String, expected: Bool) throws {
        #expect(try matches(pattern) == expected)
    }

    @Test func aDotInAnEventsKeyIsNestingToo() throws {
        #expect(try matches(#"{"state":{"status":["running"]}}"#, #"{"state.status":"running"}"#))
    }

    @Test(arguments: [
        (#"[{"prefix":"term"}]"#, true), (#"[{"prefix":"TERM"}]"#, false),
        (#"[{"prefix":{"equals-ignore-case":"TERM"}}]"#, true), (#"[{"prefix":""}]"#, true),
        (#"[{"suffix":"nated"}]"#, true), (#"[{"suffix":{"equals-ignore-case":"NATED"}}]"#, true),
        (#"[{"equals-ignore-case":"Terminated"}]"#, true), (#"[{"equals-ignore-case":"terminate"}]"#, false),
        (#"[{"wildcard":"t*mi*ed"}]"#, true), (#"[{"wildcard":"*"}]"#, true), (#"[{"wildcard":"t*mi"}]"#, false),
        (#"[{"wildcard":"terminated"}]"#, true), (#"[{"wildcard":"*d*d"}]"#, false),
        (#"[{"anything-but":"running"}]"#, true), (#"[{"anything-but":["running","terminated"]}]"#, false),
        (#"[{"anything-but":[1,2]}]"#, true), (#"[{"anything-but":{"prefix":"term"}}]"#, false),
        (#"[{"anything-but":{"suffix":["ing","ed"]}}]"#, false), (#"[{"anything-but":{"wildcard":"*x*"}}]"#, true),
        (#"[{"anything-but":{"equals-ignore-case":["TERMINATED"]}}]"#, false),
        (#"["running",{"prefix":"term"}]"#, true), (#"[{"exists":true}]"#, true), (#"[{"exists":false}]"#, false),
    ])
    func textsAreMatchedByOperators(matchers: String, expected: Bool) throws {
        #expect(try matches(#"{"detail":{"state":\#(matchers)}}"#) == expected)
    }

    @Test(arguments: [
        ("c-count", #"[">",0,"<=",5]"#, true), ("c-count", #"["<",5]"#, false), ("c-count", #"["=",5]"#, true),
        ("d-count", #"[">=",300]"#, true), ("text", #"[">",0]"#, false), ("none", #"[">",0]"#, false),
    ])
    func numbersLieInRanges(field: String, range: String, expected: Bool) throws {
        #expect(try matches(#"{"detail":{"\#(field)":[{"numeric":\#(range)}]}}"#) == expected)
    }

    @Test(arguments: [
        ("10.0.0.0/24", "10.0.0.255", true), ("10.0.0.0/24", "10.0.1.0", false), ("10.0.0.0/24", "10.0.0.256", false),
        ("2001:db8::/32", "2001:db8:1::1", true), ("0.0.0.0/0", "1.2.3.4", true), ("0.0.0.0/0", "text", false),
    ])
    func addressesLieInRanges(range: String, address: String, expected: Bool) throws {
        #expect(try matches(#"{"ip":[{"cidr":"\#(range)"}]}"#, #"{"ip":"\#(address)"}"#) == expected)
    }

    @Test(arguments: [
        (#"{"detail":{"missing":[{"exists":false}]}}"#, true), (#"{"missing":{"field":[{"exists":false}]}}"#, true),
        (#"{"detail":{"empty":[{"exists":true}]}}"#, false), (#"{"detail":{"none":[{"exists":true}]}}"#, true),
        (#"{"detail":[{"exists":true}]}"#, false), (#"{"detail":{"missing":[{"anything-but":"x"}]}}"#, false),
        (#"{"detail":{"none":[{"anything-but":"x"}]}}"#, true),
        (#"{"detail":{"missing":[{"exists":false},"x"]}}"#, true),
    ])
    func onlyLeavesExist(pattern: String, expected: Bool) throws { #expect(try matches(pattern) == expected) }

    @Test(arguments: [
        (#"{"first":["Anna"],"last":["Smith"]}"#, true), (#"{"first":["Anna"],"last":["Jones"]}"#, false),
        (#"{"first":["Anna"],"ids":[{"exists":false}]}"#, true),
        (#"{"first":["Peter"],"ids":[{"exists":false}]}"#, false),
        (#"{"ids":[{"exists":false}]}"#, false), (#"{"ids":[2]}"#, true),
    ])
    func fieldsBelowAnArrayComeFromOneElement(pattern: String, expected: Bool) throws {
        #expect(try matches(#"{"detail":{"employees":\#(pattern)}}"#) == expected)
    }

    @Test(arguments: [
        (#"{"$or":[{"source":["x"]},{"region":["us-west-1"]}]}"#, true),
        (#"{"$or":[{"source":["x"]},{"region":["x"]}]}"#, false),
        (#"{"account":["x"],"$or":[{"source":["aws.ec2"]},{"region":["x"]}]}"#, false),
        (#"{"detail":{"$or":[{"state":["x"]},{"$or":[{"c-count":[5]},{"text":["x"]}]}]}}"#, true),
    ])
    func oneBranchOfOrIsEnough(pattern: String, expected: Bool) throws { #expect(try matches(pattern) == expected) }

    @Test(arguments: [
        (#"[]"#, "Filter is not an object"), (#"{"int":42}"#, "\"int\" must be an object or an array"),
        (#"{"a":[]}"#, "Empty arrays are not allowed"), (#"{"a":{}}"#, "Empty objects are not allowed"),
        (#"{"a":[[1]]}"#, "Match value must be String, number, true, false, or null"),
        (#"{"a":[{"NUMERIC":["=",1]}]}"#, "Unrecognized match type NUMERIC"),
        (#"{"a":[{"numeric":10}]}"#, "Value of numeric must be an array."),
        (#"{"a":[{"numeric":[">",0,"<"]}]}"#, "Value of < must be numeric"),
        (#"{"a":[{"numeric":[">",0,">",0]}]}"#, "Bad numeric range operator: >"),
        (#"{"a":[{"numeric":[">",3,"<",1]}]}"#, "Bottom must be less than top"),
        (#"{"a":[{"numeric":["~",1]}]}"#, "Unrecognized numeric range operator: ~"),
        (#"{"a":[{"prefix":1}]}"#, "prefix match pattern must be a string"),
        (#"{"a":[{"wildcard":"a**b"}]}"#, "Consecutive wildcard characters at pos 2"),
        (#"{"a":[{"wildcard":"a\\b"}]}"#, "Invalid escape character at pos 2"),
        (#"{"a":[{"cidr":"bad-filter"}]}"#, "Malformed CIDR, one '/' required"),
        (#"{"a":[{"cidr":"bad-/64filter"}]}"#, "Malformed CIDR, mask bits must be an integer"),
        (#"{"a":[{"cidr":"xx.11.xx/8"}]}"#, "Nonstandard IP address: xx.11.xx"),
        (#"{"a":[{"anything-but":null}]}"#, "Value of anything-but must be an array or single string/number value."),
        (
            #"{"a":[{"anything-but":[1,"a"]}]}"#,
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        ),
        (#"{"a":[{"anything-but":{"prefix":""}}]}"#, "Null prefix/suffix not allowed"),
        (#"{"a":[{"anything-but":{"cidr":"x"}}]}"#, "Unsupported anything-but pattern: cidr"),
        (#"{"a":[{"exists":1}]}"#, "exists match pattern must be either true or false."),
        (#"{"a":[{"prefix":"a","suffix":"b"}]}"#, "Only one key allowed in match expression"),
    ])
    func whatIsNoPatternIsRefusedInTheWordsOfAWS(pattern: String, message: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern, dialect: .eventBridge) }
        #expect(error?.message == message)
    }

    @Test(arguments: ["{", "this is no JSON", #"{"a":["b"]"#])
    func whatIsNotJSONIsRefused(pattern: String) {
        #expect(throws: PatternError.self) { try Pattern(pattern, dialect: .eventBridge) }
    }

    @Test func branchesCannotMultiplyWithoutEnd() {
        let branches = (0..<20).map { #"{"$or":[{"a\#($0)":["x"]},{"b\#($0)":["x"]}]}"# }
        let pattern = branches.reduce(#"["x"]"#) { inner, branch in
            #"{"c":\#(inner),\#(branch.dropFirst().dropLast())}"#
        }
        #expect(throws: PatternError.self) { try Pattern(pattern, dialect: .eventBridge) }
    }

    @Test func aHostileWildcardAndTextTakeNoTime() throws {
        let pattern = try Pattern(#"{"a":[{"wildcard":"*a*a*a*b"}]}"#, dialect: .eventBridge)
        #expect(!pattern.matches(["a": .string(String(repeating: "a", count: 100_000))]))
    }
}

@Suite struct FilterPolicyTests {
    @Test(arguments: [
        (#"{"a":{"b":["c"]}}"#, "Filter policy scope MessageAttributes does not support nested filter policy"),
        (
            #"{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]}"#,
            "Filter policy can not have more than 5 keys"
        ),
    ])
    func attributesHaveOneLevelAndFiveKeys(policy: String, message: String) {
        #expect(throws: PatternError(message)) { try Pattern(policy, dialect: .filterPolicy(.messageAttributes)) }
    }

    /// The documentation's example counts 3 x 4 values, the second a level deeper each time: 3 x 4 x 2 x 3 = 72.
    @Test func aListInABodyCountsAsOftenAsItLiesDeep() throws {
        let policy = #"{"a":{"b":{"c":["1","2","3","4"]}},"d":{"e":["1","2","3"]}}"#
        #expect(throws: Never.self) { try Pattern(policy, dialect: .filterPolicy(.messageBody)) }
        let larger = policy.replacing(#""e":["1","2","3"]"#, with: #""e":["1","2","3","4","5","6","7"]"#)
        #expect(throws: PatternError("Filter policy is too complex")) {
            try Pattern(larger, dialect: .filterPolicy(.messageBody))
        }
    }

    @Test func anExplanationNamesTheClauseAndTheValue() throws {
        let pattern = try Pattern(
            #"{"store":["a"],"kind":[{"prefix":"n"}]}"#, dialect: .filterPolicy(.messageAttributes))
        let explanation = pattern.explain(["store": "a", "kind": "old"])
        #expect(explanation.text == #"kind is "old", and the pattern asks for [{"prefix":"n"}]."#)
        #expect(
            pattern.explain(["store": "a"]).text == #"There is no kind, and the pattern asks for [{"prefix":"n"}]."#)
    }
}
