import InputTransformer
import JSON
import Testing

/// The event, the inputs and the outcomes of a trial on AWS in September 2026.
@Suite struct TargetInputTests {
    private static let event = #"""
        {"version":"0","id":"0d0a608b","detail-type":"input-probe","source":"probe","account":"111111111111",
        "time":"2026-01-02T03:04:05Z","region":"us-east-1","resources":[],"detail":{"text":"hello","number":42,"flag":true,
        "nothing":null,"object":{"first":"one","second":2},"array":["one","two",{"x":3}],"items":[{"name":"first"},
        {"name":"second"}],"hyphen-key":"dash","under_score":"under","slash/key":"slash","dot.key":"dot",
        "quoted":"say \"hello\"","escaped":"line\nslash\\tab\tend"}}
        """#

    private static let context = TargetContext(
        ruleARN: "arn:aws:events:us-east-1:111111111111:rule/bus/case", ruleName: "case",
        ingestionTime: "2026-09-13T12:17:30.408Z", eventTime: 1_767_323_045_000)

    private func body(of input: TargetInput) throws -> TargetBody {
        input.body(for: try JSON(parsing: Self.event), in: Self.context)
    }

    /// Each variable is named as its path's last part.
    private func filled(_ template: String, _ names: String...) throws -> TargetBody {
        let paths = Dictionary(uniqueKeysWithValues: names.map { ($0, "$.detail.\($0)") })
        return try body(of: TargetInput(target: "t", inputPathsMap: paths, inputTemplate: template))
    }

    @Test func withoutAnyInputTheEventArrives() throws {
        let compact = try JSON(parsing: Self.event).description
        #expect(try body(of: TargetInput(target: "t")) == .text(compact))
        #expect(try body(of: TargetInput(target: "t", inputPath: "$")) == .text(compact))
        #expect(compact.hasPrefix(#"{"version":"0","id":"0d0a608b","detail-type":"#))
    }

    @Test(arguments: ["{ \"fixed\": true }", "[1,\"two\"]", "\"constant\"", "17", "null"])
    func constantsArriveAsTheyWereGiven(text: String) throws {
        #expect(try body(of: TargetInput(target: "t", input: text)) == .text(text))
    }

    @Test func anEmptyConstantGoesNowhere() throws {
        #expect(try body(of: TargetInput(target: "t", input: "")) == .nothing)
    }

    @Test(arguments: [
        ("$.detail.object", #"{"first":"one","second":2}"#), ("$.detail.array", #"["one","two",{"x":3}]"#),
        ("$.detail.text", "\"hello\""), ("$.detail.number", "42"), ("$.detail.flag", "true"),
        ("$.detail.nothing", "{}"),
        ("$.detail.missing", "{}"), ("$.detail.array[1]", "\"two\""), ("$.detail.array[3]", "{}"),
        ("$.detail.items[1].name", "\"second\""), ("$.detail.items[*].name", #"["first","second"]"#),
        ("$.detail.items[*].other", "[]"), ("$.detail.hyphen-key", "\"dash\""), ("$.detail.under_score", "\"under\""),
        ("$.detail.slash/key", "\"slash\""), ("$.detail.dot.key", "{}"), ("$.detail-type", "\"input-probe\""),
        ("$.resources", "[]"), ("", "{}"),
    ])
    func paths(path: String, expected: String) throws {
        #expect(try body(of: TargetInput(target: "t", inputPath: path)) == .text(expected))
    }

    @Test func objectTemplatesTakeValues() throws {
        #expect(
            try filled(
                #"{"text":<text>,"number":<number>,"flag":<flag>,"nothing":<nothing>,"object":<object>,"array":<array>}"#,
                "text", "number", "flag", "nothing", "object", "array")
                == .text(
                    #"{"text":"hello","number":42,"flag":true,"nothing":null,"object":{"first":"one","second":2},"array":["one","two",{"x":3}]}"#
                ))
        #expect(try filled(#"{"value":<escaped>}"#, "escaped") == .text(#"{"value":"line\nslash\\tab\tend"}"#))
        #expect(try filled(#"{"value":<quoted>}"#, "quoted") == .text(#"{"value":"say \"hello\""}"#))
        #expect(try filled("  {\n\"value\": <text>\n}", "text") == .text("  {\n\"value\": \"hello\"\n}"))
    }

    @Test func objectTemplatesEscapeInsideQuotes() throws {
        #expect(
            try filled(#"{"v":"prefix <quoted> suffix"}"#, "quoted") == .text(#"{"v":"prefix say \"hello\" suffix"}"#))
        #expect(
            try filled(#"{"v":"prefix <escaped> suffix"}"#, "escaped")
                == .text(#"{"v":"prefix line\nslash\\tab\tend suffix"}"#)
        )
        #expect(
            try filled(#"{"v":"<text> <number>, \"<text>\""}"#, "text", "number")
                == .text(#"{"v":"hello 42, \"hello\""}"#))
        #expect(
            try filled(#"{"text":"<text>","object":"<object>","array":"<array>"}"#, "text", "object", "array")
                == .invalidJSON(
                    #"{"text":"hello","object":"{"first":"one","second":2}","array":"["one","two",{"x":3}]"}"#))
        #expect(
            try filled(#"{"v":"prefix <object> suffix"}"#, "object")
                == .invalidJSON(#"{"v":"prefix {"first":"one","second":2} suffix"}"#))
    }

    @Test func otherTemplatesTakeCharacters() throws {
        #expect(
            try filled(#""text=<text>; object=<object>; array=<array>""#, "text", "object", "array")
                == .text(#""text=hello; object={first:one,second:2}; array=[one,two,{x:3}]""#))
        #expect(try filled(#""prefix \"<text>\" suffix""#, "text") == .text(#""prefix \"hello\" suffix""#))
        #expect(
            try filled("\"first <text>\"\n\"second <flag>\"", "text", "flag")
                == .text("\"first hello\"\n\"second true\""))
        #expect(try filled(#""prefix <quoted> suffix""#, "quoted") == .invalidJSON(#""prefix say "hello" suffix""#))
        #expect(
            try filled(#""prefix <escaped> suffix""#, "escaped")
                == .invalidJSON("\"prefix line\nslash\\tab\tend suffix\""))
        #expect(try filled(#"["fixed",<number>]"#, "number") == .text(#"["fixed",42]"#))
        #expect(try filled(#""\\<text>""#, "text") == .text(#""\\hello""#))
        #expect(try filled("[<text>]", "text") == .invalidJSON("[hello]"))
        #expect(try filled("[<object>]", "object") == .invalidJSON("[{first:one,second:2}]"))
        #expect(try filled("[<array>]", "array") == .invalidJSON("[[one,two,{x:3}]]"))
        #expect(try filled("[<nothing>]", "nothing") == .text("[null]"))
        #expect(try filled("<object>", "object") == .invalidJSON("{first:one,second:2}"))
        #expect(try filled("<text>", "text") == .invalidJSON("hello"))
        #expect(try filled("<number>", "number") == .text("42"))
        #expect(try filled("<nothing>", "nothing") == .text("null"))
        #expect(try filled("null") == .text("null"))
        #expect(
            try filled(#""{[/Check with special starting characters for event of <text> type""#, "text")
                == .text(#""{[/Check with special starting characters for event of hello type""#))
    }

    @Test func whatIsMissingLeavesAGap() throws {
        #expect(try filled(#"{"value":<missing>}"#, "missing") == .text(#"{"value":""}"#))
        #expect(try filled(#"{"a":1,"b":<missing>,"c":2}"#, "missing") == .text(#"{"a":1,"b":"","c":2}"#))
        #expect(try filled(#"{"value":[<missing>]}"#, "missing") == .text(#"{"value":[""]}"#))
        #expect(try filled(#"{"value":"(<missing>)"}"#, "missing") == .text(#"{"value":"()"}"#))
        #expect(try filled(#""before <missing> after""#, "missing") == .text(#""before  after""#))
        #expect(try filled("[1,<missing>,2]", "missing") == .invalidJSON("[1,,2]"))
        #expect(try filled(#"[{"value":<missing>}]"#, "missing") == .invalidJSON(#"[{"value":}]"#))
        #expect(try filled("<missing>", "missing") == .nothing)
    }

    @Test func withoutPathsUnknownPlaceholdersAreText() throws {
        #expect(try filled(#""before <undefined> after""#) == .text(#""before <undefined> after""#))
        #expect(try filled(#"{"value":<undefined>}"#) == .invalidJSON(#"{"value":<undefined>}"#))
        #expect(try filled(#"{"value":<aws.events.unknown>}"#) == .invalidJSON(#"{"value":<aws.events.unknown>}"#))
        #expect(try filled(#""1 < 2 and 3 > 2""#) == .text(#""1 < 2 and 3 > 2""#))
    }

    @Test func reservedVariables() throws {
        let whole = try JSON(parsing: Self.event).description
        #expect(
            try filled(
                #"{"name":<aws.events.rule-name>,"arn":<aws.events.rule-arn>,"ingested":<aws.events.event.ingestion-time>}"#
            )
                == .text(
                    #"{"name":"case","arn":"arn:aws:events:us-east-1:111111111111:rule/bus/case","ingested":"2026-09-13T12:17:30.408Z"}"#
                ))
        #expect(try filled(#"{"full":<aws.events.event.json>}"#) == .text(#"{"full":\#(whole)}"#))
        #expect(
            try filled(#"{"event":<aws.events.event>}"#)
                == .text(
                    #"{"event":{"id":"0d0a608b","account":"111111111111","detailType":"input-probe","time":1767323045000,"source":"probe","region":"us-east-1","resources":[],"version":"0"}}"#
                ))
        #expect(
            try filled(#""<aws.events.rule-name> triggered <aws.events.rule-arn>""#)
                == .text(#""case triggered arn:aws:events:us-east-1:111111111111:rule/bus/case""#))
        #expect(
            try filled(#"{"name":"<aws.events.rule-name>","text":<text>}"#, "text")
                == .text(#"{"name":"case","text":"hello"}"#))
    }
}
