import Guard
import JSON
import Testing

@Suite struct ReportTests {
    let document: JSON = ["Resources": ["B": ["Size": 3, "Tags": ["a", "b"]], "C": ["Size": 12]]]

    func checks(_ policy: String) throws -> [Check] { try Policy(policy).evaluate(document, now: 0).checks }

    @Test func nameTheValueAndItsPlace() throws {
        let checks = try checks("rule small {\n  Resources.*.Size   <= 10 <<\n    too large\n    shrink it\n  >>\n}")
        let check = try #require(checks.first)
        #expect(checks.count == 1)
        #expect(check.rule == "small")
        #expect(check.clause == "Resources.*.Size <= 10")
        #expect(check.comparison == "<=")
        #expect(check.path == "/Resources/C/Size")
        #expect(check.value == 12)
        #expect(check.comparedWith == [10])
        #expect(check.customMessage == "too large\nshrink it")
        #expect(check.line == 2)
        #expect(check.column == 3)
    }

    @Test func nameWhatIsMissing() throws {
        let checks = try checks("rule tagged { Resources.*.Tags.Owner exists }")
        #expect(checks.map(\.path) == ["/Resources/B/Tags", "/Resources/C"])
        #expect(checks.map(\.value) == [nil, nil])
        #expect(checks[1].message.contains("Tags.Owner"))
    }

    @Test func leaveOutWhatDoesNotCount() throws {
        #expect(try checks("rule a { Resources.C.Size == 1 or Resources.C.Size == 12 }").isEmpty)
        #expect(try checks("rule a when Resources.C.Size == 1 { Resources exists }").isEmpty)
        #expect(try checks("rule a { some Resources.*.Size == 3 }").isEmpty)
        #expect(try checks("rule a { Resources.*[ Size == 3 ].Tags exists }").isEmpty)
        #expect(try checks("rule a { Resources.C.Size == 1 or Resources.C.Size == 2 }").count == 2)
    }

    @Test func nameTheRuleThatDidNotPass() throws {
        let checks = try checks("rule a { Resources.C.Size == 1 }\nrule b { a <<see a>>\n}")
        #expect(checks.map(\.rule) == ["a", "b"])
        #expect(checks[1].clause == "a")
        #expect(checks[1].customMessage == "see a")
        #expect(checks[1].message.contains("FAIL"))
    }

    @Test func countWhatTheyDoNotList() throws {
        let many = JSON.object(JSONObject((0..<1500).map { ("k\($0)", JSON.number($0)) }))
        let verdict = try Policy("rule a { this.* == 'x' }").evaluate(many, now: 0)
        #expect(verdict.checks.count == 1000)
        #expect(verdict.checksLeftOut == 500)
    }
}
