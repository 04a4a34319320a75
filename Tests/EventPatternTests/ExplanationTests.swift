import EventPattern
import JSON
import Testing

@Suite struct ExplanationTests {
    private func explain(_ pattern: String, _ event: JSON) throws -> Explanation {
        try Pattern(pattern, dialect: .eventBridge).explain(event)
    }

    @Test(
        arguments: [
            (["store": "a", "kind": "old"], #"kind is "old", and the pattern asks for [{"prefix":"n"}]."#),
            (["store": "a"], #"There is no kind, and the pattern asks for [{"prefix":"n"}]."#),
            (
                ["store": "b", "kind": [1, 2, 3, 4, 5, 6, 7]],
                #"store is "b", and the pattern asks for ["a"]."#
            ),
            (
                ["store": "a", "kind": [1, 2, 3, 4, 5, 6, 7]],
                #"kind is 1, 2, 3, 4, 5 and 2 more, and the pattern asks for [{"prefix":"n"}]."#
            ),
            ("text", "The event is not a JSON object."),
            (["store": "a", "kind": "new"], "Every clause of the pattern fits."),
        ] as [(JSON, String)])
    func theFirstClauseThatFailsIsNamedWithItsValue(event: JSON, text: String) throws {
        #expect(try explain(#"{"store":["a"],"kind":[{"prefix":"n"}]}"#, event).text == text)
    }

    @Test func everyBranchOfOrFailsForItself() throws {
        let explanation = try explain(#"{"a":[1],"$or":[{"b":[1]},{"c":[1]}]}"#, ["a": 1, "b": 2])
        #expect(
            explanation.text
                == "b is 2, and the pattern asks for [1]. And the other branch of $or: There is no c, and the pattern asks for "
                + "[1].")
        #expect(explanation.failures.map(\.path) == ["b", "c"])
        #expect(explanation.failures[0].found == [2])
        // A clause outside of $or fails once.
        #expect(try explain(#"{"a":[1],"$or":[{"b":[1]},{"c":[1]}]}"#, [:]).failures.map(\.path) == ["a"])
    }

    @Test func clausesThatFitApartAreToldApart() throws {
        let event = try JSON(parsing: #"{"a":[{"x":1},{"y":1}]}"#)
        let explanation = try explain(#"{"a":{"x":[1],"y":[1]}}"#, event)
        #expect(
            explanation.text
                == "Each of a.x, a.y fits by itself, but in different elements of an array; one element must have them all."
        )
        guard case .all(let holds, let parts) = explanation.verdict else {
            Issue.record("the pattern is no whole of clauses")
            return
        }
        #expect(!holds && parts.allSatisfy(\.holds))
        #expect(!explanation.matches)
    }

    @Test func everyClauseHasItsVerdict() throws {
        let explanation = try explain(
            #"{"a":[1],"$or":[{"b":[1]},{"c":[{"exists":false}]}],"d":{"e":["x"]}}"#,
            ["a": 1, "b": [2, 3], "d": ["e": "y"]])
        let expected = try JSON(
            parsing: #"""
                {"holds":false,"all":[
                 {"holds":true,"path":"a","clause":"[1]","found":[1],"text":"a is 1, as the pattern asks for [1]."},
                 {"holds":true,"$or":[
                  {"holds":false,"path":"b","clause":"[1]","found":[2,3],"text":"b is 2, 3, and the pattern asks for [1]."},
                  {"holds":true,"path":"c","clause":"[{\"exists\":false}]","found":[],
                   "text":"There is no c, as the pattern asks for [{\"exists\":false}]."}]},
                 {"holds":false,"path":"d.e","clause":"[\"x\"]","found":["y"],
                  "text":"d.e is \"y\", and the pattern asks for [\"x\"]."}]}
                """#)
        #expect(explanation.verdict?.json == expected)
    }
}
