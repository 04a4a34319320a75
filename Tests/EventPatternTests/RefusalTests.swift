import EventPattern
import Testing

@Suite struct RefusalTests {
    private func refusal(_ pattern: String) -> PatternError? {
        #expect(throws: PatternError.self) { try Pattern(pattern, dialect: .eventBridge) }
    }

    @Test(arguments: [
        (#"[]"#, "Filter is not an object"), (#"{"int":42}"#, "\"int\" must be an object or an array"),
        (#"{"a":[]}"#, "Empty arrays are not allowed"), (#"{"a":{}}"#, "Empty objects are not allowed"),
        (#"{}"#, "Empty objects are not allowed"),
        (#"{"a":[[1]]}"#, "Match value must be String, number, true, false, or null"),
        (#"{"a":[{"NUMERIC":["=",1]}]}"#, "Unrecognized match type NUMERIC"),
        (#"{"a":[{}]}"#, "Match expression name not found"),
        (#"{"a":[{"numeric":10}]}"#, "Value of numeric must be an array."),
        (#"{"a":[{"numeric":[]}]}"#, "Invalid member in numeric match: ]"),
        (#"{"a":[{"numeric":["=","1"]}]}"#, "Value of equals must be numeric"),
        (#"{"a":[{"numeric":[">",0,"<"]}]}"#, "Value of < must be numeric"),
        (#"{"a":[{"numeric":[">",0,">",0]}]}"#, "Bad numeric range operator: >"),
        (#"{"a":[{"numeric":[">",0,30]}]}"#, "Bad value in numeric range: 30"),
        (#"{"a":[{"numeric":[">",3,"<",1]}]}"#, "Bottom must be less than top"),
        (#"{"a":[{"numeric":["~",1]}]}"#, "Unrecognized numeric range operator: ~"),
        (#"{"a":[{"numeric":["<",1,">",0]}]}"#, "Too many elements in numeric expression"),
        (#"{"a":[{"numeric":[">",1,"<",3,4]}]}"#, "Too many terms in numeric range expression"),
        (#"{"a":[{"numeric":["<",5000000001]}]}"#, "Value must be between -5.0E9 and 5.0E9, inclusive"),
        (#"{"a":[{"numeric":["=",1e309]}]}"#, "Cannot compare number : 1e309"),
        (#"{"a":[{"prefix":1}]}"#, "prefix match pattern must be a string"),
        (#"{"a":[{"suffix":{"prefix":"x"}}]}"#, "Unsupported suffix pattern: prefix"),
        (#"{"a":[{"prefix":{"equals-ignore-case":1}}]}"#, "equals-ignore-case match pattern must be a string"),
        (#"{"a":[{"wildcard":1}]}"#, "wildcard match pattern must be a string"),
        (#"{"a":[{"wildcard":"a**b"}]}"#, "Consecutive wildcard characters at pos 2"),
        (#"{"a":[{"wildcard":"a\\b"}]}"#, "Invalid escape character at pos 2"),
        (#"{"a":[{"cidr":1}]}"#, "prefix match pattern must be a string"),
        (#"{"a":[{"cidr":"bad-filter"}]}"#, "Malformed CIDR, one '/' required"),
        (#"{"a":[{"cidr":"bad-/64filter"}]}"#, "Malformed CIDR, mask bits must be an integer"),
        (#"{"a":[{"cidr":"xx.11.xx/8"}]}"#, "Nonstandard IP address: xx.11.xx"),
        (#"{"a":[{"anything-but":null}]}"#, "Value of anything-but must be an array or single string/number value."),
        (#"{"a":[{"anything-but":[null]}]}"#, "Inside anything but list, start|null|boolean is not supported."),
        (
            #"{"a":[{"anything-but":[1,"a"]}]}"#,
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        ),
        (
            #"{"a":[{"anything-but":{"prefix":{"equals-ignore-case":"x"}}}]}"#,
            "Value of anything-but must be an array or single string/number value."
        ),
        (
            #"{"a":[{"anything-but":{"equals-ignore-case":123}}]}"#,
            "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
        ),
        (#"{"a":[{"anything-but":{"suffix":123}}]}"#, "prefix/suffix match pattern must be a string"),
        (#"{"a":[{"anything-but":{"wildcard":123}}]}"#, "wildcard match pattern must be a string"),
        (#"{"a":[{"anything-but":{"prefix":""}}]}"#, "Null prefix/suffix not allowed"),
        (#"{"a":[{"anything-but":{"cidr":"x"}}]}"#, "Unsupported anything-but pattern: cidr"),
        (#"{"a":[{"exists":1}]}"#, "exists match pattern must be either true or false."),
        (#"{"a":[{"prefix":"a","suffix":"b"}]}"#, "Only one key allowed in match expression"),
        (#"{"$or":{"a":[1]}}"#, "It must be an Array followed with $or."),
        (#"{"$or":[{"a":[1]}]}"#, "There must have at least 2 Objects in $or relationship."),
        (#"{"$or":[{"a":[1]},1]}"#, "Only JSON object is allowed in array of $or relationship."),
        (
            #"{"$or":[{"a":[1]},{"prefix":[1]}]}"#,
            "prefix is Ruler reserved fieldName which cannot be used inside $or."
        ),
        ("{'a':[1]}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name"),
        (
            "this is no pattern",
            "Unrecognized token 'this': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        ),
    ])
    func whatIsNoPatternIsRefusedInTheWordsOfAWS(pattern: String, message: String) {
        #expect(refusal(pattern)?.message == message)
    }

    @Test(arguments: [
        "{", "", " ", #"{"a":["b"]"#, #"{"a":"#, #"{"a"}"#, #"{"a":["b""#, #"{"a":["b\"#, #"{"a":["\x"]}"#,
        #"{"a":[1,]}"#,
        #"{"a":[1 2]}"#, #"{"a":[01]}"#, #"{"a":[nul]}"#, "{\"a\":[\"\u{1}\"]}",
        String(repeating: #"{"a":"#, count: 5_000),
    ])
    func whatIsNotJSONIsRefused(pattern: String) { #expect(refusal(pattern)?.location != nil) }

    @Test(arguments: [
        (#"{"int": 42}"#, 1, 11), (#"{"a": "text"}"#, 1, 8), ("{\n \"é\": [{\"foo\": 1}]}", 2, 17),
        ("{bad", 1, 2), (#"{"a":[{"exists":"x"}]}"#, 1, 18), (#"{"a":[]}"#, 1, 8),
        (#"{"a":[{"numeric":[">",1,"<",1]}]}"#, 1, 31),
    ])
    func theFirstFaultIsNamedWithItsPlace(pattern: String, line: Int, column: Int) {
        let location = refusal(pattern)?.location
        #expect(location?.line == line && location?.column == column)
    }

    @Test func thePlaceIsQuotedAsAWSDoesIt() {
        let pattern = #"{"int": 42}"#
        #expect(
            refusal(pattern)?.text(in: pattern)
                == "\"int\" must be an object or an array\n at [Source: (String)\"{\"int\": 42}\"; line: 1, column: 11]"
        )
        let list = #"{"a":[{"anything-but":[true]}]}"#
        let place = "\n at [Source: (String)\"\(list)\"; line: 1, column: 28]"
        #expect(
            refusal(list)?.text(in: list)
                == "Inside anything but list, start|null|boolean is not supported.\(place)\(place)")
        let address = #"{"a":[{"cidr":"x"}]}"#
        #expect(refusal(address)?.text(in: address) == "Malformed CIDR, one '/' required")
    }

    @Test(arguments: [
        (#"{"a":[{"wildcard":"*:*:*:*:*:event-bus/*"}]}"#, true),
        (#"{"a":[{"wildcard":"*/f/*.bif"},{"wildcard":"*/f/*.tif"}]}"#, false),
        (
            #"{"a":[{"wildcard":"*/f/*.bif"},{"wildcard":"*/f/*.tif"},{"wildcard":"*/f/*.tiff"},{"wildcard":"*/f/*.svs"}]}"#,
            true
        ),
        (#"{"a":[{"wildcard":"*aaaaaaaaaaaaaaaa"}]}"#, true), (#"{"a":[{"prefix":"****aaaaaaaa"}]}"#, false),
        (#"{"a":[{"anything-but":{"wildcard":["*foo*","*bar*"]}}],"b":[{"wildcard":"a*b*c*d"}]}"#, false),
        (#"{"$or":[{"a":[{"wildcard":"*:*:*:x"}]},{"a":[{"wildcard":"*:*:*:y"}]},{"b":[1]}]}"#, true),
    ])
    func wildcardsMayNotBeInTooManyPlacesAtOnce(pattern: String, isTooComplex: Bool) {
        do {
            _ = try Pattern(pattern, dialect: .eventBridge)
            #expect(!isTooComplex)
        } catch {
            #expect(isTooComplex)
            #expect(
                error.message.hasPrefix("Rule is too complex - try using fewer wildcard characters or fewer repeating"))
            #expect(error.location == nil)
        }
    }

    @Test func branchesCannotMultiplyWithoutEnd() {
        let branches = (0..<20).map { #"{"$or":[{"a\#($0)":["x"]},{"b\#($0)":["x"]}]}"# }
        let pattern = branches.reduce(#"["x"]"#) { inner, branch in
            #"{"c":\#(inner),\#(branch.dropFirst().dropLast())}"#
        }
        _ = refusal(pattern)
    }
}
