import InputTransformer
import Testing

/// AWS's words.
@Suite struct TargetInputErrorTests {
    private func message(_ body: () throws(TargetInputError) -> TargetInput) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return error.message
        }
    }

    @Test(
        arguments: [
            ("{}", "$.detail", nil), ("{}", nil, "{}"), (nil, "$.detail", "{}"), ("{}", "$.detail", "{}"),
            ("", "", nil),
        ] as [(String?, String?, String?)])
    func onlyOneSource(input: String?, path: String?, template: String?) {
        let message = message { () throws(TargetInputError) in
            try TargetInput(target: "one", input: input, inputPath: path, inputTemplate: template)
        }
        #expect(message == "Only one of Input, InputPath, or InputTransformer must be provided for target one.")
    }

    @Test(arguments: [
        ("not-json", #"JSON syntax error in input for target one: [Source: (String)"not-json"; line: 1, column: 1]"#),
        (
            "{\"a\":\n x}",
            "JSON syntax error in input for target one: [Source: (String)\"{\"a\":\n x}\"; line: 2, column: 2]"
        ),
    ])
    func constantsAreJSON(input: String, expected: String) {
        #expect(message { () throws(TargetInputError) in try TargetInput(target: "one", input: input) } == expected)
    }

    @Test(arguments: [
        "$.detail.object.*", "$['detail']['text']", #"$["detail"]["text"]"#, "$.detail['dot.key']", "$..text",
        "$.detail.array[-1]", "$.detail.array[0:2]", "$.detail.array[]", "$.detail.array[",
        "$.detail.array[99999999999999999999]",
        "detail.text", "$.", "$detail", "$.detail.", "$.détail", "$.detail text", " $",
    ])
    func pathsAreOfTheSubset(path: String) {
        let expected = "InputPath for target one is invalid."
        #expect(message { () throws(TargetInputError) in try TargetInput(target: "one", inputPath: path) } == expected)
        let mapped = message { () throws(TargetInputError) in
            try TargetInput(target: "one", inputPathsMap: ["value": path], inputTemplate: #"{"value":<value>}"#)
        }
        #expect(mapped == expected)
    }

    @Test(
        arguments: [
            (#"{"value":<value>}"#, ["value": ""], "InputPath for target one is invalid."),
            (
                #"{"value":<other>}"#, ["value": "$.detail"],
                "InputTemplate for target one contains invalid placeholder other."
            ),
            (
                "\"event <aws.events.event.json>\"", [:],
                "InputTemplate for target one contains placeholder aws.events.event.json valid only for JSON template."
            ),
            (
                "<aws.events.event.json>", [:],
                "InputTemplate for target one contains placeholder aws.events.event.json valid only for JSON template."
            ),
            (
                "[<aws.events.event.json>]", [:],
                "InputTemplate for target one contains placeholder aws.events.event.json valid only for JSON template."
            ),
            (
                #"{"<key>":"value"}"#, ["key": "$.detail.text"],
                "InputTemplate placeholder present as a JSON object key for target one."
            ),
            (
                #"{"a":"<key>","b":{"x\"<key>y" : 1}}"#, ["key": "$.detail.text"],
                "InputTemplate placeholder present as a JSON object key for target one."
            ),
            (
                "hello <value>", ["value": "$.detail.text"],
                #"Invalid InputTemplate for target one : [Source: (String)"hello null"; line: 1, column: 1]."#
            ),
            (
                #"{"a":<value>"#, ["value": "$.detail"],
                #"Invalid InputTemplate for target one : [Source: (String)"{"a":null"; line: 1, column: 10]."#
            ),
        ] as [(String, [String: String], String)])
    func templates(template: String, paths: [String: String], expected: String) {
        let message = message { () throws(TargetInputError) in
            try TargetInput(target: "one", inputPathsMap: paths, inputTemplate: template)
        }
        #expect(message == expected)
    }
}
