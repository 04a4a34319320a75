import JSON
import Testing
import YAML

@Suite struct YAMLTests {
    private func json(_ text: String) throws -> String { try YAML.parse(text).description }

    @Test func readsADocument() throws {
        let text = """
            # A runbook
            schemaVersion: '0.3'
            parameters:
              TopicArn: {type: String, description: "the \\"topic\\""}
            mainSteps:
            - name: publish
              inputs:
                Message: |
                  one
                  two
                Folded: >-
                  a
                  b
            - name: last
            """
        #expect(
            try json(text)
                == #"{"schemaVersion":"0.3","parameters":{"TopicArn":{"type":"String","description":"the \"topic\""}},"#
                + #""mainSteps":[{"name":"publish","inputs":{"Message":"one\ntwo\n","Folded":"a b"}},{"name":"last"}]}"#
        )
    }

    @Test(arguments: [
        ("", "null"), ("~", "null"), ("null", "null"), ("'null'", #""null""#), ("true", "true"), ("Off", "false"),
        ("yes", "true"), ("'yes'", #""yes""#), ("y", #""y""#), ("tRue", #""tRue""#),
        ("1.10", "1.10"), ("-3", "-3"), ("+3", "3"), ("1_000", "1000"), ("0x1F", "31"), ("0b101", "5"), ("017", "15"),
        (".5", "0.5"), ("5.", "5.0"), ("00.5", "0.5"), ("1e3", "1e3"), ("-1.5E-3", "-1.5E-3"), ("0", "0"),
        ("012345678901", #""012345678901""#), ("123456789012", "123456789012"), ("1.2.3", #""1.2.3""#),
        ("2012-10-17", #""2012-10-17""#), ("1:30", #""1:30""#), (".inf", #"".inf""#), ("0x", #""0x""#), ("-", "[null]"),
        ("0x-5", #""0x-5""#), ("1e", #""1e""#), (".", #"".""#), ("5e5x", #""5e5x""#),
        ("arn:aws:sns", #""arn:aws:sns""#),
    ])
    func scalarsMeanWhatSnakeYAMLTakesThemFor(text: String, expected: String) throws {
        #expect(try json(text) == expected)
    }

    @Test(arguments: [
        ("yes", #""yes""#), ("Off", #""Off""#), ("True", "true"), ("017", #""017""#), ("0o17", "15"), ("-0x1F", "-31"),
        ("0b11", "3"), ("1_000", #""1_000""#), ("+5", "5"), ("1e3", "1e3"), ("5.", "5.0"), (".5", "0.5"),
        ("01.5", "1.5"),
        ("0x-1", #""0x-1""#), ("inf", #""inf""#), ("2020-01-01", #""2020-01-01""#), ("", "null"), ("Null", "null"),
        ("#", "null"), ("!Foo 1", "1"), ("!Ref x", #"{"Ref":"x"}"#), ("!!str 1", #""1""#), ("[1, ~]", "[1,null]"),
    ])
    func scalarsMeanWhatGuardTakesThemFor(text: String, expected: String) throws {
        #expect(try YAML.parse(text, as: .cfnGuard).description == expected)
    }

    @Test func guardRefusesKeysThatStandTwice() throws {
        #expect(try json("{a: 1, a: 2}") == #"{"a":2}"#)
        #expect(throws: YAMLError.self) { try YAML.parse("{a: 1, a: 2}", as: .cfnGuard) }
    }

    @Test func keysAreTexts() throws {
        #expect(try json("on: 1\n2: b\nnull: c\n'<<': d") == #"{"on":1,"2":"b","null":"c","<<":"d"}"#)
    }

    @Test(arguments: [
        ("!Ref Topic", #"{"Ref":"Topic"}"#), ("!Condition Big", #"{"Condition":"Big"}"#),
        ("!Sub '${A}-x'", #"{"Fn::Sub":"${A}-x"}"#), ("!Sub ['${A}', {A: 1}]", #"{"Fn::Sub":["${A}",{"A":1}]}"#),
        ("!GetAtt Queue.Arn", #"{"Fn::GetAtt":["Queue","Arn"]}"#),
        ("!GetAtt Stack.Outputs.Arn", #"{"Fn::GetAtt":["Stack","Outputs.Arn"]}"#),
        ("!GetAtt [Queue, Arn]", #"{"Fn::GetAtt":["Queue","Arn"]}"#),
        ("!If [Big, !Ref A, 5]", #"{"Fn::If":["Big",{"Ref":"A"},5]}"#), ("!GetAZs ''", #"{"Fn::GetAZs":""}"#),
        ("!Ref 5", #"{"Ref":"5"}"#), ("!!str 5", #""5""#), ("!!int 5", "5"), ("! 5", #""5""#),
        ("!!map {a: 1}", #"{"a":1}"#),
    ])
    func tagsBecomeLongForms(text: String, expected: String) throws {
        #expect(try json(text) == expected)
    }

    @Test func fillsInAliasesAndMergeKeys() throws {
        let text = """
            base: &base {a: 1, b: 2}
            other: &other {b: 3, c: 4}
            one: {<<: *base, b: 9}
            two: {a: 0, <<: [*base, *other], d: 5}
            again: *base
            """
        let value = try YAML.parse(text)
        #expect(value["one"]?.description == #"{"a":1,"b":9}"#)
        #expect(value["two"]?.description == #"{"a":0,"b":2,"c":4,"d":5}"#)
        #expect(value["again"]?.description == #"{"a":1,"b":2}"#)
    }

    @Test(arguments: [
        ("a: [1, 2", 2, 1), ("a: b: c", 1, 5), ("a:\n  - b\n c", 3, 2), ("x: *gone", 1, 4), ("a: &a [*a]", 1, 8),
        ("!Foo x", 1, 1), ("a: !!binary x", 1, 4), ("!!int x", 1, 1), ("a: 1\n---\nb: 2", 2, 1), ("? [a]\n: b", 1, 3),
        ("<<: 5", 1, 5), ("\u{1}", 1, 1),
    ])
    func errorsSayWhere(text: String, line: Int, column: Int) throws {
        let error = #expect(throws: YAMLError.self) { try YAML.parse(text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test func boundsWhatATextMayCost() throws {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(throws: YAMLError.self) { try YAML.parse(bomb) }
        #expect(throws: YAMLError.self) { try YAML.parse(String(repeating: "[", count: 129)) }
        let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        #expect(throws: Never.self) { try YAML.parse(deep) }
        #expect(throws: YAMLError.self) { try YAML.parse(String(repeating: " ", count: YAML.bytesLimit + 1)) }
    }
}
