import Guard
import JSON
import Testing

@Suite struct SyntaxTests {
    @Test(arguments: [
        ("rule a { b == }", 1, 15), ("rule a {\n  b = 1\n}", 2, 5), ("rule a {\n  b == [1,\n}", 3, 1),
        ("rule { a exists }", 1, 6), ("rule a { }", 1, 8), ("rule a { b exists", 1, 18),
        ("rule a when { b exists }", 1, 13),
        ("let a 1", 1, 7), ("rule a { 'é' == \"x }", 1, 17), ("rule a { b == /(/ }", 1, 15),
        ("rule a { b == // }", 1, 15),
        ("let x = shout(a)", 1, 9), ("let x = join(a)", 1, 9), ("rule a { b exists <<no end }", 1, 19),
        ("rule a { b == r[1,a] }", 1, 15), ("rule a { b[ c == 1 exists }", 1, 27), ("rule a { b exists };", 1, 20),
        ("rule p(x { %x exists }", 1, 10), ("rule p(x) when y exists { %x exists }", 1, 11),
        ("rule a { %x[ keys > 1 ] exists }", 1, 19), ("rule a { b == 99999999999999999999 }", 1, 15),
    ])
    func saysWhereTheMistakeIs(policy: String, line: Int, column: Int) {
        let error = failure(policy)
        #expect(error?.kind == .syntax)
        #expect(error?.line == line, "\(error?.description ?? "")")
        #expect(error?.column == column, "\(error?.description ?? "")")
    }

    @Test func readsAllSpellings() throws {
        let policy = """
            # A comment
            let a=1 # and another
            let b := ["x", 'y', /z/, true, False, null, NULL, 1.5, -2, {k: 1, "other-key": [2]}, r(1,2)]

            rule first
            when n exists
            # between
            {
              n==%a
              "quoted key" EXISTS <<a message
              of two lines>>
              text == 'it\\'s' OR text == "a \\"b\\""
              path == /^\\/tmp\\/[a-z]+$/
              nested.'a b'["c"] == { "d": 1 }
            }rule second { first
            }
            """
        let document: JSON = [
            "n": 1, "quoted key": 1, "text": "it's", "path": "/tmp/x", "nested": ["a b": ["c": ["d": 1]]],
        ]
        #expect(try statuses(policy, document) == ["first": "PASS", "second": "PASS"])
    }

    @Test(arguments: [
        "inner == 1", "notes == 1", "order == 1", "existing == 1", "thisone == 1", "somewhere == 1", "rules == 1",
        "letter == 1", "whenever == 1", "trueish == 1", "nullable == nullable", "in == 1",
    ])
    func keysMayBeginLikeWords(clause: String) throws {
        let name = String(clause.prefix { $0 != " " })
        #expect(try status(clause, .object(JSONObject([(name, JSON.number(1))]))) == "PASS")
    }

    @Test(arguments: [
        ("abc", "/b/", true), ("abc", "/^b/", false), ("a\n", "/a$/", false), ("aBc", "/(?i)abc/", true),
        ("a\nb", "/a.b/", false), ("a\nb", "/(?s)a.b/", true), ("foobar", "/foo(?!baz)/", true),
        ("abab", "/^(ab)\\\\1$/", true), ("é", "/^\\\\w$/", true), ("f", "/^\\\\h$/", true), (" ", "/^\\\\h$/", false),
        ("x", "/^[a-z&&[^x]]$/", false), ("y", "/^[a-z&&[^x]]$/", true), ("b", "/^[a-c--b]$/", false),
        ("q", "/^[a-c[p-r]]$/", true), ("aaa", "/^a{,3}$/", true), ("é", "/^\\\\u00e9$/", true),
        ("7", "/^[[:digit:]]$/", true),
        ("https://a", "/^https:\\/\\//", true), ("z", "/(?P<last>z)/", true),
    ])
    func expressionsAreRusts(text: String, expression: String, matches: Bool) throws {
        let expression = expression.replacing("\\\\", with: "\\")
        let expected = matches ? "PASS" : "FAIL"
        #expect(try status("s == \(expression)", ["s": .string(text)]) == expected)
    }

    @Test(arguments: ["/(?R)/", "/(*ACCEPT)a/", "/\\C/", "/[a/", "/a)/", "/*a/", "/(?C1)a/", "/\\q/"])
    func expressionsThatRustRefuses(expression: String) {
        #expect(failure("rule a { s == \(expression) }")?.kind == .syntax)
    }
}
