import Guard
import JSON
import Testing

@Suite struct FunctionTests {
    let document: JSON = [
        "s": "aBc", "n": "12", "list": ["a", "b"], "i": 7, "f": .number("1.5"), "t": true,
        "arn": "arn:aws:s3:eu-west-1:123456789012:thing", "policy": "{\"Statement\":[{\"Effect\":\"Deny\"}]}",
        "encoded": "a%20b%2Fc", "yaml": "a:\n- 0o17\n- b: yes\n", "time": "2023-01-01T00:00:00Z",
    ]

    @Test(arguments: [
        ("count(list[*])", "== 2"), ("count(list)", "== 1"), ("count(nothing)", "== 0"), ("to_upper(s)", "== 'ABC'"),
        ("to_lower(s)", "== 'abc'"), ("join(list[*], ',')", "== 'a,b'"), ("substring(s, 1, 3)", "== 'Bc'"),
        ("substring(s, 1, 9)", "empty"), ("url_decode(encoded)", "== 'a b/c'"), ("parse_int(n)", "== 12"),
        ("parse_int(f)", "== 1"), ("parse_float(n)", "== 12.0"), ("parse_string(i)", "== '7'"),
        ("parse_string(t)", "== 'true'"), ("parse_boolean('True')", "== true"), ("parse_char('b')", "in r[a,c]"),
        ("json_parse(policy)", "{ Statement[0].Effect == 'Deny' }"), ("json_parse(yaml)", "{ a[1].b == 'yes' }"),
        ("json_parse(s)", "== 'aBc'"), ("json_parse(n)", "== 12"), ("json_parse('')", "is_null"),
        (
            "regex_replace(arn, '^arn:(\\w+):(\\w+):([\\w0-9-]+):(\\d+):(.+)$', '${1}/${4}/${3}/${2}-${5}')",
            "== 'aws/123456789012/eu-west-1/s3-thing'"
        ),
        ("to_upper(to_lower(s))", "== 'ABC'"), ("to_lower(i)", "empty"),
    ])
    func computes(call: String, check: String) throws {
        #expect(try status("%x \(check)", document, before: "let x = \(call)") == "PASS")
    }

    @Test func standOnTheRight() throws {
        #expect(try status("i > count(list[*])", document) == "PASS")
        #expect(try status("p(count(list[*]))", document, before: "rule p(x) { %x == 2 }") == "PASS")
    }

    @Test func times() throws {
        let policy = """
            let then = parse_epoch(time)
            let now = now()
            rule it { %now > %then\n %now == 1700000000 }
            """
        #expect(try statuses(policy, document, now: 1_700_000_000) == ["it": "PASS"])
        let zoned = "let then = parse_epoch('2023-01-01T01:30:00.5+01:30')\nrule it { %then == 1672531200 }"
        #expect(try statuses(zoned, document) == ["it": "PASS"])
        #expect(failure("let x = parse_epoch('2023-02-29T00:00:00Z')\nrule it { %x exists }")?.kind == .evaluation)
    }

    @Test(arguments: [
        "parse_int(s)", "parse_float(s)", "parse_boolean(s)", "parse_char(s)", "json_parse('{')",
        "json_parse('{a: 1, a: 2}')", "json_parse('a: b: c')", "join(list[*], 1)",
        "join(nothing, ',')", "substring(s, 'a', 1)", "regex_replace(s, '(', '')",
    ])
    func endWithWhatCannotBeConverted(call: String) {
        let error = failure("let x = \(call)\nrule it {\n  %x exists\n}", document)
        #expect(error?.kind == .evaluation)
        #expect(error?.line == 3)
    }
}
