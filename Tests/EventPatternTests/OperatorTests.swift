import Testing

/// The event of EventBridge's documentation.
private let instance = """
    {"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718","detail-type":"EC2 Instance State-change Notification",
    "source":"aws.ec2","account":"111122223333","time":"2017-12-22T18:43:48Z","region":"us-west-1",
    "resources":["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0","other"],
    "detail":{"instance-id":"i-1234567890abcdef0","state":"terminated","c-count":5,"d-count":3.0e2,"empty":[],"none":null,
    "source-ip":"10.0.0.33","flag":true,"text":"5","blank":"","object":{"inner":1}}}
    """

@Suite struct OperatorTests {
    @Test(arguments: [
        (#"{"source":["aws.ec2"]}"#, true), (#"{"source":["aws.s3","aws.ec2"]}"#, true),
        (#"{"source":["aws.s3"]}"#, false),
        (#"{"source":["AWS.EC2"]}"#, false), (#"{"source":["aws.ec2"],"region":["eu-west-1"]}"#, false),
        (#"{"detail":{"state":["terminated"],"c-count":[5]}}"#, true), (#"{"resources":["other"]}"#, true),
        (#"{"detail":{"c-count":[5.0]}}"#, true), (#"{"detail":{"c-count":["5"]}}"#, false),
        (#"{"detail":{"d-count":[300]}}"#, true), (#"{"detail":{"text":[5]}}"#, false),
        (#"{"detail":{"none":[null]}}"#, true), (#"{"detail":{"missing":[null]}}"#, false),
        (#"{"detail":{"none":["null"]}}"#, false), (#"{"detail":{"blank":[""]}}"#, true),
        (#"{"detail":{"state":[""]}}"#, false), (#"{"detail":{"none":[""]}}"#, false),
        (#"{"detail":{"empty":[null]}}"#, false), (#"{"detail":{"flag":[true]}}"#, true),
        (#"{"detail":{"flag":[false]}}"#, false), (#"{"detail":{"flag":["true"]}}"#, false),
        (#"{"detail.state":["terminated"]}"#, true), (#"{"nothing":["x"]}"#, false),
        (#"{"detail":["x"]}"#, false), (#"{"detail":{"state":{"deeper":["terminated"]}}}"#, false),
    ])
    func fieldsAreComparedByValueAndType(pattern: String, expected: Bool) throws {
        #expect(try holds(pattern, instance) == expected)
    }

    @Test(arguments: [
        (#"{"state":{"status":["on"]}}"#, #"{"state.status":"on"}"#, true),
        (#"{"state.status":["on"]}"#, #"{"state":{"status":"on"}}"#, true),
        (#"{"a.b":{"c":["on"]}}"#, #"{"a":{"b.c":"on"}}"#, true),
        (#"{"a.b":["on"]}"#, #"{"a":{"x":1},"a.b":"on"}"#, true),
        (#"{"a..b":["on"]}"#, #"{"a":{"":{"b":"on"}}}"#, true),
        (#"{"a.b":["on"]}"#, #"{"a":{"c":"on"}}"#, false), (#"{"a":["on"]}"#, #"{"a.b":"on"}"#, false),
    ])
    func aDotInANameIsNestingOnBothSides(pattern: String, event: String, expected: Bool) throws {
        #expect(try holds(pattern, event) == expected)
    }

    @Test(arguments: [
        (#"[{"prefix":"term"}]"#, true), (#"[{"prefix":"TERM"}]"#, false),
        (#"[{"prefix":{"equals-ignore-case":"TERM"}}]"#, true), (#"[{"prefix":""}]"#, true),
        (#"[{"prefix":"terminated"}]"#, true), (#"[{"prefix":"terminated!"}]"#, false),
        (#"[{"suffix":"nated"}]"#, true), (#"[{"suffix":"NATED"}]"#, false), (#"[{"suffix":""}]"#, true),
        (#"[{"suffix":{"equals-ignore-case":"NATED"}}]"#, true),
        (#"[{"suffix":{"equals-ignore-case":"x"}}]"#, false),
        (#"[{"equals-ignore-case":"Terminated"}]"#, true), (#"[{"equals-ignore-case":"terminate"}]"#, false),
        (#"[{"equals-ignore-case":""}]"#, false),
        (#"[{"wildcard":"t*mi*ed"}]"#, true), (#"[{"wildcard":"*"}]"#, true), (#"[{"wildcard":"t*mi"}]"#, false),
        (#"[{"wildcard":"terminated"}]"#, true), (#"[{"wildcard":"*d*d"}]"#, false),
        (#"[{"wildcard":"terminated*"}]"#, true), (#"[{"wildcard":"*min*"}]"#, true), (#"[{"wildcard":""}]"#, false),
        (#"[{"anything-but":"running"}]"#, true), (#"[{"anything-but":["running","terminated"]}]"#, false),
        (#"[{"anything-but":[1,2]}]"#, true), (#"[{"anything-but":{"prefix":"term"}}]"#, false),
        (#"[{"anything-but":{"prefix":["x","term"]}}]"#, false), (#"[{"anything-but":{"prefix":"x"}}]"#, true),
        (#"[{"anything-but":{"suffix":["ing","ed"]}}]"#, false), (#"[{"anything-but":{"wildcard":"*x*"}}]"#, true),
        (#"[{"anything-but":{"wildcard":["*x*","*min*"]}}]"#, false),
        (#"[{"anything-but":{"equals-ignore-case":["TERMINATED"]}}]"#, false),
        (#"[{"anything-but":{"equals-ignore-case":"x"}}]"#, true),
        (#"[{"anything-but":"terminated"},{"anything-but":"running"}]"#, true),
        (#"["running",{"prefix":"term"}]"#, true), (#"[{"exists":true}]"#, true), (#"[{"exists":false}]"#, false),
    ])
    func textsAreMatchedByOperators(matchers: String, expected: Bool) throws {
        #expect(try holds(#"{"detail":{"state":\#(matchers)}}"#, instance) == expected)
    }

    @Test(arguments: [
        (#"{"equals-ignore-case":"CAFÉ"}"#, "café", true), (#"{"equals-ignore-case":"straße"}"#, "STRASSE", true),
        (#"{"prefix":{"equals-ignore-case":"\u03b0"}}"#, #"\u03a5\u0308\u0301x"#, true),
        (#"{"suffix":{"equals-ignore-case":"ⱥ"}}"#, "xȺ", true),
        (#"{"equals-ignore-case":"é"}"#, "e\u{301}", false), (#""é""#, "e\u{301}", false), (#""é""#, #"\u00e9"#, true),
        (#""𝄞""#, #"\ud834\udd1e"#, true), (#"{"prefix":"\ud834\udd1e"}"#, "𝄞!", true),
        (#"{"wildcard":"*データ*"}"#, "x_データ_y", true), (#"{"wildcard":"a\\*b"}"#, "a*b", true),
        (#"{"wildcard":"a\\*b"}"#, "axb", false), (#"{"wildcard":"a\\\\b"}"#, #"a\\b"#, true),
        (#""\ud800""#, #"\udfff"#, true), (#""a\tb""#, #"a\u0009b"#, true), (#"{"suffix":"\""}"#, #"a\""#, true),
    ])
    func textsAreUnicode(matcher: String, text: String, expected: Bool) throws {
        #expect(try holds(#"{"a":[\#(matcher)]}"#, #"{"a":"\#(text)"}"#) == expected)
    }

    @Test(arguments: [
        ("c-count", #"[">",0,"<=",5]"#, true), ("c-count", #"["<",5]"#, false), ("c-count", #"["=",5]"#, true),
        ("c-count", #"["<=",5]"#, true), ("c-count", #"[">",5]"#, false), ("c-count", #"[">=",5.0,"<",6]"#, true),
        ("d-count", #"[">=",300]"#, true), ("d-count", #"["=",3e2]"#, true), ("c-count", #"[">",-5e9]"#, true),
        ("text", #"[">",0]"#, false), ("none", #"[">",0]"#, false), ("object", #"[">",0]"#, false),
    ])
    func numbersLieInRanges(field: String, range: String, expected: Bool) throws {
        #expect(try holds(#"{"detail":{"\#(field)":[{"numeric":\#(range)}]}}"#, instance) == expected)
    }

    @Test(arguments: [
        ("1", "1.0", true), ("1", "1e0", true), ("1", "10e-1", true), ("0", "-0.0", true), ("0.1", "0.10", true),
        ("1", "1.0000001", false), ("123456789012", "123456789012", true), ("123456789012", "1.23456789012e11", true),
        ("1e400", "1e400", true), ("1e400", "1e401", false), ("27.807807921694092", "27.80780792169409", false),
        (#"{"anything-but":1}"#, "1.0", false), (#"{"anything-but":[1,2]}"#, "3", true),
        (#"{"anything-but":1}"#, #""1""#, true), (#"{"anything-but":"1"}"#, "1", true),
        (#"{"numeric":[">=",2.0e-6,"<=",4.0e-6]}"#, "4.9999999999999996E-6", false),
        (#"{"numeric":["<",0]}"#, "-0.1", true), (#"{"numeric":[">",-1,"<",1]}"#, "-0.5", true),
    ])
    func numbersAreComparedAsNumbers(matcher: String, number: String, expected: Bool) throws {
        #expect(try holds(#"{"a":[\#(matcher)]}"#, #"{"a":\#(number)}"#) == expected)
    }

    @Test(arguments: [
        ("10.0.0.0/24", "10.0.0.255", true), ("10.0.0.0/24", "10.0.1.0", false), ("10.0.0.0/24", "10.0.0.256", false),
        ("10.0.0.77/24", "10.0.0.1", true), ("10.0.0.0/31", "10.0.0.1", true), ("10.0.0.0/31", "10.0.0.2", false),
        ("10.0.0.1/32", "10.0.0.1", true), ("2001:db8::/32", "2001:db8:1::1", true),
        ("2001:db8::/33", "2001:db8:8000::1", false), ("2001:db8::/32", "10.0.0.1", false),
        ("0.0.0.0/0", "1.2.3.4", true), ("0.0.0.0/0", "text", false), ("0.0.0.0/0", "::1", false),
    ])
    func addressesLieInRanges(range: String, address: String, expected: Bool) throws {
        #expect(try holds(#"{"ip":[{"cidr":"\#(range)"}]}"#, #"{"ip":"\#(address)"}"#) == expected)
    }

    @Test func anAddressIsTheSameHoweverItIsWritten() throws {
        #expect(try holds(#"{"ip":["2001:db8::1"]}"#, #"{"ip":"2001:0db8:0:0::1"}"#))
        #expect(try holds(#"{"ip":["2001:db8::1"]}"#, #"{"ip":"2001:db8::1"}"#))
        #expect(try !holds(#"{"ip":["10.0.0.1"]}"#, #"{"ip":"10.0.0.10"}"#))
    }

    @Test(arguments: [
        (#"{"detail":{"missing":[{"exists":false}]}}"#, true), (#"{"missing":{"field":[{"exists":false}]}}"#, true),
        (#"{"detail":{"empty":[{"exists":true}]}}"#, false), (#"{"detail":{"none":[{"exists":true}]}}"#, true),
        (#"{"detail":{"empty":[{"exists":false}]}}"#, true), (#"{"detail":{"state":[{"exists":false}]}}"#, false),
        (#"{"detail":[{"exists":true}]}"#, false), (#"{"detail":{"missing":[{"anything-but":"x"}]}}"#, false),
        (#"{"detail":[{"exists":false}]}"#, true), (#"{"detail":{"none":[{"anything-but":"x"}]}}"#, true),
        (#"{"detail":{"missing":[{"exists":false},"x"]}}"#, true),
        (#"{"detail":{"state":[{"exists":false},"terminated"]}}"#, true),
        (#"{"detail":{"state":[{"exists":false},{"exists":true}]}}"#, true),
        (#"{"source":["aws.ec2"],"detail":{"missing":[{"exists":false}]}}"#, true),
        (#"{"source":["aws.s3"],"detail":{"missing":[{"exists":false}]}}"#, false),
    ])
    func onlyLeavesExist(pattern: String, expected: Bool) throws { #expect(try holds(pattern, instance) == expected) }

    @Test(arguments: [
        (#"{"$or":[{"source":["x"]},{"region":["us-west-1"]}]}"#, true),
        (#"{"$or":[{"source":["x"]},{"region":["x"]}]}"#, false),
        (#"{"account":["x"],"$or":[{"source":["aws.ec2"]},{"region":["x"]}]}"#, false),
        (#"{"detail":{"$or":[{"state":["x"]},{"$or":[{"c-count":[5]},{"text":["x"]}]}]}}"#, true),
        (#"{"$or":[{"source":["x"]},{"detail":{"state":["terminated"]},"account":["111122223333"]}]}"#, true),
        (#"{"source":["x"],"$or":[{"source":["aws.ec2"]},{"region":["x"]}]}"#, true),
        (#"{"source":["aws.s3"],"source":["aws.ec2"]}"#, true), (#"{"source":["aws.ec2"],"source":["aws.s3"]}"#, false),
    ])
    func oneBranchOfOrIsEnough(pattern: String, expected: Bool) throws {
        #expect(try holds(pattern, instance) == expected)
    }
}
