import Guard
import JSON
import Testing

/// Whatever the policy, it ends soon and with an error that says why.
@Suite struct LimitTests {
    static let buckets = JSON.object(
        JSONObject([
            (
                "Resources",
                .object(
                    JSONObject(
                        (0..<300).map { index in
                            ("R\(index)", ["Type": "T", "S": .string(String(repeating: "a", count: 50) + "!"), "N": 1])
                        }))
            )
        ]))

    static func times(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test(arguments: [
        "rule a { " + times("x { ", 3000) + "y exists" + times(" }", 3000) + " }", "let a = " + times("[", 7000),
        "rule a { x" + times("[ a", 3000) + " exists }", "let a = " + times("count(", 2000) + "x" + times(")", 2000),
        "rule a { a" + times(".a", 7000) + " exists }", "rule a { s == /" + times("(", 7000) + times(")", 7000) + "/ }",
        "rule a { s == /" + times("(a{900}){900}", 10) + "/ }", times("{[%", 5000),
        "rule a { s == /" + times("[", 5000) + "/ }", "rule a { x == \"" + times("a", 14000),
    ])
    func refusesTexts(policy: String) {
        #expect(failure(policy, Self.buckets)?.kind == .syntax)
    }

    @Test(arguments: [
        "let a = %b\nlet b = %a\nrule r { %a exists }", "rule r { s\n }\nrule s { r\n }",
        "rule p(x) { p(%x)\n p(%x)\n}\nrule r { p(1) }",
        (0..<1000).map { "let v\($0) = %v\($0 + 1)\n" }.joined() + "let v1000 = 1\nrule r { %v0 == 1 }",
        "rule r { Resources.*.S == /(a+)+$/ }", "rule r { Resources.*.S == /(?=(a|a)*b)/ }",
        "rule r { " + (0..<2400).map { _ in "Resources.*.N > 1\n" }.joined() + " }",
        "let n = Resources.*.N\nlet m = [" + times("1,", 5000) + "1]\nrule r { %n > %m }",
        "rule r { %unknown exists }", "rule r { unknown\n }", "rule r { unknown(1) }",
    ])
    func endsEvaluations(policy: String) {
        #expect(failure(policy, Self.buckets)?.kind == .evaluation)
    }

    @Test func takesWhatIsDeepButMeasured() throws {
        let blocks = "rule a { " + Self.times("this { ", 60) + "Resources exists" + Self.times(" }", 60) + " }"
        #expect(try statuses(blocks, Self.buckets) == ["a": "PASS"])
        let query = "rule a { a" + Self.times(".a", 120) + " exists }"
        var document: JSON = 1
        for _ in 0..<121 { document = ["a": document] }
        #expect(try statuses(query, document) == ["a": "PASS"])
    }
}
