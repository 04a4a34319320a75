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

    /// Each event's number differs from the policy's, but only behind the sixth decimal.
    @Test(arguments: [
        ("[100.123456789]", "100.1234567", true), ("[100.1234567]", "100.123458", false),
        ("[100.123456]", "100.1234569", true), ("[-1.5000001]", "-1.5000009", true), ("[-1.5]", "-1.500001", false),
        (#"[{"anything-but":[100.123456789]}]"#, "100.1234567", false),
        (#"[{"numeric":["=",100.123456789]}]"#, "100.1234567", true),
        (#"[{"numeric":[">",100.1234561]}]"#, "100.1234569", false),
        (#"[{"numeric":[">",100.1234561]}]"#, "100.123457", true),
        (#"[{"numeric":[">=",100.1234569]}]"#, "100.1234561", true),
        (#"[{"numeric":["<",100.1234569]}]"#, "100.1234561", false),
        (#"[{"numeric":["<=",100.1234561]}]"#, "100.1234569", true),
        (#"[{"numeric":[">",0,"<=",100.1234561]}]"#, "100.1234569", true),
    ])
    func numbersAreComparedBySixDecimals(policy: String, number: String, expected: Bool) throws {
        let policy = "{\"price\":\(policy)}"
        let event = "{\"price\":\(number)}"
        #expect(try holds(policy, event, .filterPolicy(.messageBody)) == expected)
        #expect(try holds(policy, event, .filterPolicy(.messageAttributes)) == expected)
    }

    @Test func numbersOfEventsAreComparedExactly() throws {
        #expect(try !holds(#"{"price":[100.123456789]}"#, #"{"price":100.1234567}"#, .eventBridge))
        #expect(try holds(#"{"price":[{"numeric":[">",100.1234561]}]}"#, #"{"price":100.1234569}"#, .eventBridge))
    }
}
