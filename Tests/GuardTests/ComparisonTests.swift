import Guard
import JSON
import Testing

@Suite struct ComparisonTests {
    let document: JSON = [
        "i": 5, "f": .number("1.5"), "s": "abc", "t": true, "l": [1, 2], "one": ["abc"], "texts": ["a", "b"],
        "m": ["a": 1],
        "ints": [1, 2, 3], "same": [1, 2], "pairs": [[1, 2], [3, 4]], "e": "",
    ]

    @Test(arguments: [
        ("i == 5", "PASS"), ("i != 5", "FAIL"), ("i > 4", "PASS"), ("i >= 5", "PASS"), ("i < 5", "FAIL"),
        ("i <= 5", "PASS"), ("s > 'abb'", "PASS"), ("s == \"abc\"", "PASS"), ("t == true", "PASS"),
        ("m == {a: 1}", "PASS"), ("m == {'a': 2}", "FAIL"), ("l == [1, 2]", "PASS"), ("l == [2, 1]", "FAIL"),
        ("f in r(1.0, 2.0)", "PASS"), ("i in r[1,5]", "PASS"), ("i in r[1,5)", "FAIL"), ("i == r(4,6)", "PASS"),
        ("s == /^a.c$/", "PASS"), ("s != /b/", "FAIL"), ("s == /B/", "FAIL"), ("s == /(?i)B/", "PASS"),
        ("i in [1, 5]", "PASS"), ("i not in [1, 5]", "FAIL"), ("i !in [1]", "PASS"), ("i IN [5]", "PASS"),
        ("s in ['x', /^a/]", "PASS"), ("s in 'xabcx'", "PASS"), ("s not in 'xabcx'", "FAIL"),
        ("l in [1, 2, 3]", "PASS"), ("l in [1, 3]", "FAIL"), ("l not in [3, 4]", "PASS"), ("l not in [2, 3]", "FAIL"),
        ("l in [[1, 2]]", "PASS"), ("one == 'abc'", "PASS"), ("s == ['abc']", "PASS"), ("s == ['abc', 'd']", "FAIL"),
        ("texts == 'a'", "FAIL"), ("some texts == 'a'", "PASS"), ("l < 3", "PASS"), ("l < [2, 3]", "FAIL"),
    ])
    func withLiterals(clause: String, expected: String) throws {
        #expect(try status(clause, document) == expected)
    }

    @Test(arguments: [
        ("i == '5'", "FAIL"), ("i != '5'", "FAIL"), ("i == 5.0", "FAIL"), ("i > 1.0", "FAIL"), ("f > 1", "FAIL"),
        ("s == 5", "FAIL"), ("s > 5", "FAIL"), ("t == 'true'", "FAIL"), ("m == 1", "FAIL"), ("i not in ['5']", "PASS"),
        ("i in ['5']", "FAIL"), ("l == 'x'", "FAIL"), ("i == null", "FAIL"), ("i != null", "FAIL"),
    ])
    func typesAreNotConverted(clause: String, expected: String) throws {
        #expect(try status(clause, document) == expected)
    }

    @Test(arguments: [
        ("l == same", "PASS"), ("l != same", "FAIL"), ("l == ints", "FAIL"), ("l[*] == ints[*]", "FAIL"),
        ("l[*] in ints[*]", "PASS"), ("l[*] in ints", "PASS"), ("ints[*] in l", "FAIL"), ("l in ints", "PASS"),
        ("ints[*] not in texts[*]", "PASS"), ("texts[*] == texts[*]", "PASS"), ("i > ints[*]", "PASS"),
        ("ints[*] > l[*]", "FAIL"), ("l in pairs", "PASS"), ("i == count(ints[*])", "FAIL"),
    ])
    func withQueries(clause: String, expected: String) throws {
        #expect(try status(clause, document) == expected)
    }

    @Test(arguments: [
        ("s is_string", "PASS"), ("i is_int", "PASS"), ("f is_float", "PASS"), ("t is_bool", "PASS"),
        ("l is_list", "PASS"), ("m is_struct", "PASS"), ("i is_null", "FAIL"), ("i !is_string", "PASS"),
        ("s not is_string", "FAIL"), ("i IS_INT", "PASS"), ("f is_int", "FAIL"), ("e empty", "PASS"),
        ("s !empty", "PASS"), ("l not empty", "PASS"), ("not e empty", "FAIL"), ("t !empty", "PASS"),
    ])
    func byType(clause: String, expected: String) throws {
        #expect(try status(clause, document) == expected)
    }

    /// cfn-guard does not heed a `not` before a comparison or before a call.
    @Test func notBeforeComparisons() throws {
        #expect(try status("not i == 5", document) == "PASS")
        #expect(try status("not i == 4", document) == "FAIL")
        #expect(try status("not p(i)", document, before: "rule p(x) { %x == 5 }") == "PASS")
    }

    @Test func emptyOfANumberHasNoAnswer() {
        let error = failure("rule a {\n  i empty\n}", document)
        #expect(error?.kind == .evaluation)
        #expect(error?.line == 2)
        #expect(error?.column == 3)
    }

    @Test func textIsComparedByItsBytes() throws {
        #expect(try status("s == 'e\u{301}'", ["s": "\u{E9}"]) == "FAIL")
        #expect(try status("s < '\u{1F600}'", ["s": "\u{FF5E}"]) == "PASS")
    }
}
