import JSON
import Testing

@testable import SSM

@Suite struct ExpressionTests {
    private static let values: [Expression.Reference: JSON] = [
        .parameter("Name"): "db", .parameter("Count"): 3, .parameter("Names"): ["a", "b"],
        .parameter("Map"): ["k": "v"], .output(step: "read", path: ["Value"]): "found", .variable("x"): true,
        .system("global:DATE"): "2030-01-01", .stored("/app/db"): "host",
    ]

    private func resolve(_ text: String) throws -> String {
        try Expression.resolve(try JSON(parsing: text)) { try #require(Self.values[$0]) }.description
    }

    @Test(arguments: [
        (#""{{ Name }}""#, #""db""#), (#""{{Count}}""#, "3"), (#""x {{ Count }} y{{Name}}""#, #""x 3 ydb""#),
        (#""{{ Names }}""#, #"["a","b"]"#), (#"["{{ Names }}","c"]"#, #"["a","b","c"]"#),
        (#""all: {{ Names }}""#, #""all: [\"a\",\"b\"]""#), (#"{"K":["{{ Name }}"]}"#, #"{"K":["db"]}"#),
        (#""{{ Map }}""#, #"{"k":"v"}"#), (#""{{ read.Value }}""#, #""found""#), (#""{{ variable:x }}""#, "true"),
        (#""{{ global:DATE }}""#, #""2030-01-01""#), (#""{{ ssm:/app/db }}""#, #""host""#), (#""""#, #""""#),
        ("5", "5"),
        (#""{{ 1 + 2 }} {% if x %} {{""#, #""{{ 1 + 2 }} {% if x %} {{""#), (#""{{{{ Name }}""#, #""{{db""#),
        (#""}} {{ Name }} {{Name""#, #""}} db {{Name""#),
    ])
    func fillsIn(text: String, expected: String) throws {
        #expect(try resolve(text) == expected)
    }

    @Test func findsWhatIsNamed() throws {
        let value = try JSON(parsing: #"{"a":["{{ Name }} {{ step.Out.key }}"],"b":{"c":"{{ variable:x }}"}}"#)
        #expect(
            Expression.references(in: value) == [
                .parameter("Name"), .output(step: "step", path: ["Out", "key"]), .variable("x"),
            ])
    }

    @Test(arguments: [
        ("String", ["a"], #""a""#), ("StringList", ["a", "b"], #"["a","b"]"#), ("Integer", ["5"], "5"),
        ("Boolean", ["True"], "true"), ("StringMap", [#"{"a":"b"}"#], #"{"a":"b"}"#),
        ("MapList", [#"[{"a":"b"}]"#], #"[{"a":"b"}]"#),
        ("MapList", [#"{"a":1}"#, #"{"b":2}"#], #"[{"a":1},{"b":2}]"#),
        ("List<AWS::EC2::Instance::Id>", ["i-1", "i-2"], #"["i-1","i-2"]"#),
        ("AWS::IAM::Role::Arn", ["arn:x"], #""arn:x""#),
    ])
    func textsStandForValues(type: String, texts: [String], expected: String) {
        #expect(AutomationValue.typed(texts, as: type)?.description == expected)
    }

    @Test(arguments: [
        ("Integer", ["five"]), ("Boolean", ["yes"]), ("String", ["a", "b"]), ("StringMap", ["[1]"]), ("MapList", ["x"]),
        ("StringMap", ["{"]),
    ])
    func textsOfOtherTypesStandForNone(type: String, texts: [String]) {
        #expect(AutomationValue.typed(texts, as: type) == nil)
    }

    @Test(arguments: [
        ("PT10M", 600), ("PT1H30M5S", 5405), ("P1DT1S", 86_401), ("P7D", 604_800), ("P1W", 604_800), ("PT0S", 0),
    ])
    func readsDurations(text: String, seconds: Int64) {
        #expect(ISODuration.seconds(text) == seconds)
    }

    @Test(arguments: ["", "P", "PT", "10M", "PT10", "P1M", "PT1D", "PT-1S", "P1DT", "PT99999999999S"])
    func refusesOtherDurations(text: String) {
        #expect(ISODuration.seconds(text) == nil)
    }
}
