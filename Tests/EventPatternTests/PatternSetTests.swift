import EventPattern
import JSON
import PatternReference
import Testing

@Suite struct PatternSetTests {
    private func rules(_ patterns: [String: String]) throws -> PatternSet<String> {
        var rules = PatternSet<String>()
        for (id, pattern) in patterns { rules.add(try Pattern(pattern, dialect: .eventBridge), id: id) }
        return rules
    }

    private func matches(_ rules: PatternSet<String>, _ event: String) -> [String] {
        rules.matches(Array(event.utf8)).sorted()
    }

    @Test func rulesComeAndGo() throws {
        var rules = try rules([
            "exact": #"{"a":["x"]}"#, "same": #"{"a":["x"]}"#, "prefix": #"{"a":[{"prefix":"x"}]}"#,
            "both": #"{"a":["x"],"b":[1]}"#, "none": #"{"c":[{"exists":false}]}"#,
            "either": #"{"$or":[{"a":["x"]},{"b":[1]}]}"#,
        ])
        let event = #"{"a":"x","b":1}"#
        #expect(rules.count == 6)
        #expect(matches(rules, event) == ["both", "either", "exact", "none", "prefix", "same"])
        rules.remove("exact")
        rules.remove("missing")
        #expect(matches(rules, event) == ["both", "either", "none", "prefix", "same"])
        rules.add(try Pattern(#"{"a":["y"]}"#, dialect: .eventBridge), id: "same")
        #expect(matches(rules, event) == ["both", "either", "none", "prefix"])
        let copy = rules
        for id in ["both", "either", "none", "prefix", "same"] { rules.remove(id) }
        #expect(rules.isEmpty && matches(rules, event) == [])
        #expect(matches(copy, event) == ["both", "either", "none", "prefix"])
        rules.add(try Pattern(#"{"b":[1]}"#, dialect: .eventBridge), id: "new")
        #expect(matches(rules, event) == ["new"])
    }

    @Test func tenThousandRulesAreFoundByTheirValue() throws {
        var rules = PatternSet<Int>()
        for id in 0..<10_000 {
            rules.add(
                try Pattern(#"{"source":["shop"],"detail":{"id":["order-\#(id)"]}}"#, dialect: .eventBridge), id: id)
        }
        #expect(rules.matches(Array(#"{"source":"shop","detail":{"id":"order-4711"}}"#.utf8)) == [4711])
        #expect(rules.matches(Array(#"{"source":"other","detail":{"id":"order-4711"}}"#.utf8)) == [])
        for id in 0..<10_000 where id != 17 { rules.remove(id) }
        #expect(rules.matches(Array(#"{"source":"shop","detail":{"id":["order-4711","order-17"]}}"#.utf8)) == [17])
    }

    @Test(arguments: [
        #"{"skip":{"a":"y","deep":[{"]":"}"},"\"a\":\"x\""]},"a":"x"}"#, #"{"skip":"\\","a":"x"}"#,
        #"{"skip":[[],{},"\\\"",[{"b":[1.5e3,true,null]}]],"a":"x"}"#, "\n{ \"skip\" : -0.5 ,\t\"a\" : \"x\" } ",
        #"{"\u0061":"\u0078"}"#, #"{"long":"\#(String(repeating: "é", count: 500))\\","a":["w","x"]}"#,
        #"{"aa":"x","A":"x","":"x","a":"x"}"#, #"{"a":"x""#,
    ])
    func whatNoRuleNamesIsSkipped(event: String) throws {
        // The last one breaks off behind the last value; it is no JSON.
        let isJSON = (try? JSON(parsing: event)) != nil
        #expect(matches(try rules(["x": #"{"a":["x"]}"#]), event) == (isJSON ? ["x"] : []))
    }

    /// Whatever lies where the blocks meet in which a text is looked at.
    @Test(arguments: [
        #"{"in":"]}","deep":[["\"]"]]}"#, #"["\\",{"b":"\\\"}"}]"#, #""\\\"\\""#, "-12.5e3",
    ])
    func skippedValuesMayLieAnywhere(value: String) throws {
        let rules = try rules(["x": #"{"a":["x"]}"#, "y": #"{"read":{"a":["x"]}}"#])
        for length in 0..<150 {
            let filling = String(repeating: "-", count: length)
            #expect(matches(rules, #"{"\#(filling)":0,"skipped":["\#(filling)",\#(value)],"a":"x"}"#) == ["x"])
            #expect(matches(rules, #"{"read":{"b":\#(value),"\#(filling)":1,"a":"x"},"a":"\#(filling)"}"#) == ["y"])
        }
    }

    @Test(arguments: [
        "", " ", "[]", "null", "\"a\"", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":\"", "{\"a\":\"\\", "{\"a\":\"\\u00",
        "{\"a\":[", "{\"b\":[[\"", "{,}", "{\"a\":1,}",
    ])
    func whatIsNoObjectMatchesNothing(event: String) throws {
        #expect(matches(try rules(["1": #"{"z":[{"exists":false}]}"#, "2": #"{"a":[{"exists":true}]}"#]), event) == [])
    }

    /// Nothing but survival is asked for.
    @Test func brokenTextsAreSurvived() throws {
        var cases = RandomCases(random: SplitMix(seed: 99))
        var rules = PatternSet<Int>()
        while rules.count < 50 {
            if let pattern = try? Pattern(cases.pattern().description, dialect: .eventBridge) {
                rules.add(pattern, id: rules.count)
            }
        }
        var found = 0
        for _ in 0..<3_000 {
            let event = cases.event()
            var text = Array(cases.text(event).utf8)
            for _ in 0...cases.random.number(3) {
                let place = cases.random.number(text.count)
                switch cases.random.number(4) {
                case 0: text.removeSubrange(place...)
                case 1: text.remove(at: place)
                case 2: text[place] = UInt8(truncatingIfNeeded: cases.random.next())
                default: text.insert(cases.random.one(of: Array(#"{}[]",:\u"#.utf8)), at: place)
                }
                if text.isEmpty { break }
            }
            found += rules.matches(text).count
        }
        #expect(found > 0)
    }

    @Test func deepTextsAreSurvived() throws {
        let rules = try rules(["x": #"{"a":["x"],"b":[{"exists":false}]}"#])
        let deep = String(repeating: "[", count: 100_000)
        #expect(matches(rules, "{\"a\":\(deep)") == [])
        let closed = deep + String(repeating: "]", count: 100_000)
        #expect(matches(rules, "{\"skipped\":\(closed),\"a\":\"x\"}") == ["x"])
        #expect(matches(rules, "{\"a\":\(closed)}") == [])
    }

    @Test func manyStarsAndAHostileTextTakeNoTime() throws {
        var patterns: [String: String] = [:]
        for number in 0..<100 { patterns["\(number)"] = #"{"a":[{"wildcard":"*a*a*a*\#(number)b"}]}"# }
        let rules = try rules(patterns)
        #expect(matches(rules, #"{"a":"\#(String(repeating: "a", count: 20_000))"}"#) == [])
        #expect(matches(rules, #"{"a":"\#(String(repeating: "a", count: 2_000))7b"}"#) == ["7"])
    }

    @Test func invalidUTF8IsComparedAsItIs() throws {
        let rules = try rules(["any": #"{"a":[{"exists":true}]}"#, "fold": #"{"a":[{"equals-ignore-case":"é"}]}"#])
        let event = Array(#"{"a":""#.utf8) + [0xC3] + Array(#""}"#.utf8)
        #expect(rules.matches(event) == ["any"])
    }

    @Test func severalThreadsMatchAtOnce() async throws {
        let rules = try rules(["x": #"{"a":["x"]}"#, "y": #"{"a":[{"wildcard":"*y"}]}"#])
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<2_000).reduce(0) { count, number in
                        count + rules.matches(Array((number % 2 == 0 ? #"{"a":"x"}"# : #"{"a":"my"}"#).utf8)).count
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [2_000, 2_000, 2_000, 2_000])
    }
}
