import Guard
import JSON
import Testing

@Suite struct QueryTests {
    let document: JSON = [
        "Resources": [
            "A": [
                "Type": "AWS::S3::Bucket",
                "Properties": [
                    "Size": 1, "Name": "logs", "Rules": [["k": 1, "v": "x"], ["k": 2, "v": "y"]], "None": [],
                    "aws:tag": ["y": 1], "Empty": [:], "Nothing": .null,
                ],
            ],
            "B": ["Type": "AWS::SQS::Queue", "Properties": ["Size": 5]],
        ],
        "Keys": ["aws:a": 1, "own": 2], "Params": ["Names": ["A", "B"], "Name": "A"],
    ]

    @Test(arguments: [
        ("Resources.A.Properties.Size == 1", "PASS"), ("Resources.*.Properties.Size < 6", "PASS"),
        ("Resources.*.Properties.Size == 1", "FAIL"), ("some Resources.*.Properties.Size == 1", "PASS"),
        ("Resources.A.Properties.\"aws:tag\".y == 1", "PASS"), ("Resources.A.Properties['aws:tag'].y == 1", "PASS"),
        ("Resources.A.Properties.Rules[*].k in [1, 2]", "PASS"), ("Resources.A.Properties.Rules[0].v == 'x'", "PASS"),
        ("Resources.A.Properties.Rules.1.v == 'y'", "PASS"), ("Resources.A.Properties.Rules[2] exists", "FAIL"),
        ("Resources.A.Properties.Rules[ k == 2 ].v == 'y'", "PASS"),
        ("Resources.A.Properties.Rules[ k == 3 ].v == 'y'", "SKIP"),
        ("Resources[ Type == /S3/ ].Properties.Size == 1", "PASS"),
        ("Resources.*[ Type == /S3/ or Type == /SQS/ ].Properties.Size is_int", "PASS"),
        ("Resources.*[ Properties { Size > 2 } ].Type == 'AWS::SQS::Queue'", "PASS"),
        ("Keys[ keys == /^aws:/ ] == 1", "PASS"), ("Keys[ keys != /^aws:/ ] == 2", "PASS"),
        ("Keys[ KEYS in ['own', 'other'] ] == 2", "PASS"), ("Keys[ keys not in ['own'] ] == 1", "PASS"),
        ("Resources.A { Properties.Size == 1 }", "PASS"), ("some Resources.* { Properties.Size == 5 }", "PASS"),
        ("Resources.A.Properties { this.Size == 1 }", "PASS"),
        // A single value is as good as a list of it.
        ("Resources.A.Properties.Name[*] == 'logs'", "PASS"), ("Resources.A.Properties.Size.* == 1", "PASS"),
    ])
    func selects(clause: String, expected: String) throws {
        #expect(try status(clause, document) == expected)
    }

    @Test(arguments: [
        ("Resources.A.Missing exists", "FAIL"), ("Resources.A.Missing !exists", "PASS"),
        ("not Resources.A.Missing exists", "PASS"), ("Resources.A.Missing empty", "PASS"),
        ("Resources.A.Missing !empty", "FAIL"), ("Resources.A.Missing == 1", "FAIL"),
        ("Resources.A.Missing != 1", "FAIL"), ("Resources.A.Missing not in [1]", "FAIL"),
        ("Resources.A.Properties.Size == Resources.A.Missing", "FAIL"), ("Resources.A.Missing is_string", "FAIL"),
        ("Resources.A.Missing !is_string", "PASS"), ("Resources.A.Missing { a exists }", "FAIL"),
        ("Resources.A.Properties.None[*] == 1", "FAIL"), ("Resources.A.Properties.None[*] empty", "PASS"),
        ("Resources.A.Properties.None empty", "PASS"), ("Resources.A.Properties.None == 1", "PASS"),
        ("Resources.A.Properties.Empty.* exists", "FAIL"), ("Resources.A.Properties.Empty empty", "PASS"),
        ("Resources.A.Properties.Rules[ k == 9 ] empty", "PASS"),
        ("Resources.A.Properties.Rules[ k == 9 ] !empty", "FAIL"),
        ("Resources.A.Properties.Rules[ k == 9 ] exists", "SKIP"),
        ("Resources.A.Properties.Rules[ k == 9 ] { v == 1 }", "SKIP"),
        ("Resources.A.Properties.Rules[ k == 9 ] !empty { v == 1 }", "FAIL"),
        ("Resources.A.Properties.Nothing is_null", "PASS"), ("Resources.A.Properties.Nothing == null", "PASS"),
        ("Resources.A.Properties.Nothing exists", "PASS"),
    ])
    func decidesOnWhatIsMissing(clause: String, expected: String) throws {
        #expect(try status(clause, document) == expected)
    }

    @Test(arguments: [
        ("let x = Resources.A.Properties.Rules[*]", "%x.k < 3", "PASS"),
        ("let x = Resources.A.Properties.Rules", "%x[*].k < 3", "FAIL"),
        ("let x = Resources.A.Properties.Rules", "%x[ k == 1 ].v == 'x'", "PASS"),
        ("let x = Resources.*[ Type == 'none' ]", "%x empty", "PASS"),
        ("let x = Resources.*[ Type == 'none' ]", "%x !empty", "FAIL"),
        ("let x = Resources.A.Properties.Nothing", "%x empty", "PASS"),
        ("let x = Resources.*.Missing", "%x !empty", "FAIL"), ("let x = some Resources.*.Missing", "%x empty", "PASS"),
        ("let x := 1", "Resources.A.Properties.Size == %x", "PASS"),
        ("let x = ['logs', 'more']", "Resources.A.Properties.Name in %x", "PASS"),
        ("let x = Params.Name", "Resources.%x.Properties.Size == 1", "PASS"),
        ("let x = Params.Names", "Resources.%x.Properties.Size < 6", "PASS"),
        ("let x = ['A', 'C']", "Resources.%x.Properties.Size < 6", "FAIL"),
        ("let x = Resources[ names | Type == /S3/ ]", "%x !empty\n%names == 'A'", "PASS"),
        ("", "Resources[ n ].Properties exists\n%n in ['A', 'B']", "PASS"),
    ])
    func knowsVariables(before: String, clause: String, expected: String) throws {
        #expect(try status(clause, document, before: before) == expected)
    }

    @Test func variablesBelongToTheirBlocks() throws {
        let policy = """
            let size = 9
            rule outer { let size = 1
              Resources.A.Properties.Size == %size
              Resources.B.Properties { let size = Size
                %size == 5
              }
            }
            rule other { Resources.A.Properties.Size != %size }
            """
        #expect(try statuses(policy, document) == ["outer": "PASS", "other": "PASS"])
    }

    @Test(arguments: [
        "resources.A.properties.size == 1", "Resources.A.Properties.rules[*].k < 3", "resources.*.type exists",
    ])
    func findsKeysInAnotherCase(clause: String) throws {
        #expect(try status(clause, document) == "PASS")
    }

    @Test(arguments: [
        ("some_key", "SomeKey"), ("SomeKey", "some-key"), ("someKey", "some_key"), ("some_key", "Some Key"),
        ("some_key", "Some-Key"), ("Policies", "Policy"),
    ])
    func knowsTheCases(asked: String, present: String) throws {
        #expect(try status("\(asked) == 1", .object(JSONObject([(present, JSON.number(1))]))) == "PASS")
    }

    /// A filter behind `[*]` of a list starts where the whole query did, and not from the element. It is a mistake of
    /// cfn-guard, and policies are written against it.
    @Test func filtersBehindAllElements() throws {
        #expect(try status("Resources.A.Properties.Rules[*][ k == 1 ].v == 'x'", document) == "SKIP")
    }
}
