import Guard
import JSON
import Testing

@Suite struct ControlTests {
    let document: JSON = ["a": 1, "b": 2, "l": [["k": 1], ["k": 2]]]

    @Test(arguments: [
        ("a == 1\nb == 2", "PASS"), ("a == 1\nb == 3", "FAIL"), ("a == 2 or b == 2", "PASS"),
        ("a == 2 OR b == 3", "FAIL"),
        ("a == 2 |OR| b == 2\na == 1", "PASS"), ("a == 2\nor b == 2", "PASS"), ("a == 1 b == 3", "FAIL"),
        ("when a exists { b == 2 }", "PASS"), ("when a == 9 { b == 9 }", "SKIP"),
        ("when x exists { b == 9 }\na == 1", "PASS"),
        ("when a == 1 { b == 9 }", "FAIL"), ("WHEN a == 1 or x exists { b == 2 }", "PASS"),
        ("when l[ k == 9 ] exists { b == 9 }", "SKIP"), ("when a == 9 { b == 2 } or b == 9", "FAIL"),
        ("l[*] { when k == 2 { k == 3 } }", "FAIL"), ("l[*] { when k == 3 { k == 4 } }", "SKIP"),
        ("let x = a\n%x == 1", "PASS"), ("let x = 1", "SKIP"),
    ])
    func decides(clauses: String, expected: String) throws {
        #expect(try status(clauses, document) == expected)
    }

    @Test(arguments: [
        ("passes\n", "PASS"), ("fails\n", "FAIL"), ("skips\n", "FAIL"), ("not fails\n", "PASS"), ("!skips\n", "PASS"),
        ("not passes\n", "FAIL"), ("fails or passes\n", "PASS"), ("fails <<message>>\n", "FAIL"),
        ("when passes { a == 1 }", "PASS"), ("when not passes { a == 9 }", "SKIP"), ("when skips { a == 9 }", "SKIP"),
        ("a == 9 or passes # really\n", "PASS"),
    ])
    func rulesAreClauses(clauses: String, expected: String) throws {
        let rules = "rule passes { a == 1 }\nrule fails { a == 2 }\nrule skips when a == 2 { b == 9 }"
        #expect(try status(clauses, document, before: rules) == expected)
    }

    @Test func rulesWithParameters() throws {
        let policy = """
            rule at_most(values, limit) {
              %values !empty
              %values <= %limit <<too large>>
            }
            rule small { at_most(l[*].k, 2) }
            rule smaller { at_most(l[*].k, 1) <<not all are small>>
            }
            rule chosen when at_most(a, 1) { b == 2 }
            rule left_out when at_most(b, 1) { b == 9 }
            """
        #expect(
            try statuses(policy, document)
                == ["small": "PASS", "smaller": "FAIL", "chosen": "PASS", "left_out": "SKIP"])
        let checks = try Policy(policy).evaluate(document, now: 0).checks
        #expect(checks.map(\.rule) == ["smaller"])
        #expect(checks.map(\.customMessage) == ["too large"])
    }

    @Test func theFileAsAWhole() throws {
        func whole(_ policy: String) throws -> Status { try Policy(policy).evaluate(document, now: 0).status }
        #expect(try whole("rule x { a == 1 }\nrule y when a == 9 { b == 9 }") == .pass)
        #expect(try whole("rule x { a == 1 }\nrule y { b == 9 }") == .fail)
        #expect(try whole("rule y when a == 9 { b == 9 }") == .skip)
        #expect(try whole("") == .skip)
        #expect(try whole("# nothing\nlet a = 1") == .skip)
    }

    @Test func clausesOutsideOfRules() throws {
        #expect(try statuses("a == 1\nrule x { b == 2 }\nb == 3", document) == ["default": "FAIL", "x": "PASS"])
        #expect(try statuses("when a == 2 { b == 9 }", document) == ["default": "SKIP"])
    }

    @Test func rulesOfOneName() throws {
        #expect(try statuses("rule x { a == 1 }\nrule x { a == 2 }", document) == ["x": "FAIL"])
        let policy = "rule x when a == 9 { a == 9 }\nrule x { a == 1 }\nrule y { x\n }"
        #expect(try statuses(policy, document) == ["x": "PASS", "y": "PASS"])
    }

    @Test func shortTypeBlocks() throws {
        let template = template(["B": ["Type": "AWS::S3::Bucket", "Properties": ["Size": 1]]])
        #expect(try statuses("AWS::S3::Bucket Properties.Size == 1", template) == ["default": "PASS"])
        #expect(try status("AWS::S3::Bucket when Properties exists { Properties.Size == 1 }", template) == "SKIP")
        #expect(try status("AWS::S3::Bucket when Resources exists { Properties.Size == 2 }", template) == "FAIL")
        #expect(try status("AWS::S3::Bucket { Properties.Size == 2 } or Resources exists", template) == "PASS")
        #expect(try status("AWS::S3::Queue { Properties.Size == 2 }", template) == "SKIP")
    }
}
