import EventPattern
import Testing

@Suite struct FilterPolicyTests {
    @Test(arguments: [
        (#"{"a":{"b":["c"]}}"#, "Filter policy scope MessageAttributes does not support nested filter policy"),
        (
            #"{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]}"#,
            "Filter policy can not have more than 5 keys"
        ),
    ])
    func attributesHaveOneLevelAndFiveKeys(policy: String, message: String) {
        let error = #expect(throws: PatternError.self) {
            try Pattern(policy, dialect: .filterPolicy(.messageAttributes))
        }
        #expect(error?.message == message)
    }

    /// The documentation's example counts 3 x 4 values, the second a level deeper each time: 3 x 4 x 2 x 3 = 72.
    @Test func aListInABodyCountsAsOftenAsItLiesDeep() throws {
        let policy = #"{"a":{"b":{"c":["1","2","3","4"]}},"d":{"e":["1","2","3"]}}"#
        #expect(throws: Never.self) { try Pattern(policy, dialect: .filterPolicy(.messageBody)) }
        let larger = policy.replacing(#""e":["1","2","3"]"#, with: #""e":["1","2","3","4","5","6","7"]"#)
        let error = #expect(throws: PatternError.self) { try Pattern(larger, dialect: .filterPolicy(.messageBody)) }
        #expect(error?.message == "Filter policy is too complex")
    }

    @Test(arguments: [
        (#"{}"#, #"{"a":"x"}"#, true), (#"{"$or":["x"]}"#, #"{"$or":"x"}"#, true),
        (#"{"$or":[{"prefix":"x"},{"suffix":"y"}]}"#, #"{"$or":"xx"}"#, true),
        (#"{"$or":[{"a":["x"]},{"b":["y"]}]}"#, #"{"b":"y"}"#, true),
        (#"{"$or":[{"a":["x"]},{"b":["y"]}]}"#, #"{"b":"x"}"#, false),
    ])
    func orIsANameWhereItDoesNotBranch(policy: String, event: String, expected: Bool) throws {
        #expect(try holds(policy, event, .filterPolicy(.messageBody)) == expected)
        #expect(try holds(policy, event, .filterPolicy(.messageAttributes)) == expected)
    }
}
