import JSON
import Model
import Testing

@testable import SSM

@Suite struct RunbookTests {
    private func complaint(_ steps: String, more: String = "") throws -> String? {
        let json = try JSON(parsing: #"{"schemaVersion":"0.3","mainSteps":\#(steps)\#(more)}"#)
        do {
            _ = try RunbookContent(json)
            return nil
        } catch {
            #expect(error.code == "InvalidDocumentContent")
            return error.message
        }
    }

    private static let pause = #"{"name":"a","action":"aws:pause","inputs":{}}"#

    @Test func readsASoundRunbook() throws {
        #expect(
            try complaint(
                "[\(Self.pause)]", more: #","outputs":["a.Out"],"variables":{"n":{"type":"Integer","default":1}}"#)
                == nil)
    }

    @Test(arguments: [
        ("[]", "", "mainSteps must have a step."),
        ("[\(pause),\(pause)]", "", #"Step name "a" is not unique."#),
        (
            #"[{"name":"a b","action":"aws:pause"}]"#, "",
            #"Step name "a b" must have letters, digits and underscores only."#
        ),
        (#"[{"name":"a"}]"#, "", #"Step "a" has no action."#),
        (
            #"[{"name":"a","action":"aws:pause","onFailure":"Panic"}]"#, "",
            #"Step "a" has the invalid onFailure "Panic"."#
        ),
        (
            #"[{"name":"a","action":"aws:pause","onFailure":"step:b"}]"#, "",
            #"Step "b" that step "a" names is not defined."#
        ),
        (#"[{"name":"a","action":"aws:pause","isEnd":"maybe"}]"#, "", #"isEnd of step "a" must be true or false."#),
        (
            #"[{"name":"a","action":"aws:executeAwsApi","inputs":{"Service":"sns"}}]"#, "",
            "Missing required input names. Required=[ [Service, Api] ], Provided =[ [Service] ]."
        ),
        (
            #"[{"name":"a","action":"aws:sleep","inputs":{"Duration":"PT1S","Until":"x"}}]"#, "",
            "Unknown input names provided. Known=[ [Duration, Timestamp] ], Provided=[ [Duration, Until] ]."
        ),
        (
            #"[{"name":"a","action":"aws:pause","outputs":[{"Name":"x","Selector":"nope"}]}]"#, "",
            #"Selector "nope" of step "a" is not valid."#
        ),
        (
            #"[{"name":"a","action":"aws:sleep","inputs":{"Duration":"{{ b.x }}"}}]"#, "",
            #"Step "b" that an expression names is not defined."#
        ),
        (
            #"[{"name":"a","action":"aws:sleep","inputs":{"Duration":"{{ variable:v }}"}}]"#, "",
            #"Variable "v" is not declared."#
        ),
        (
            #"[{"name":"a","action":"aws:sleep","inputs":{"Duration":"{{ global:MOON }}"}}]"#, "",
            #""global:MOON" is no system variable."#
        ),
        ("[\(pause)]", #","outputs":["b.x"]"#, #"Output "b.x" names no step."#),
        (
            "[\(pause)]", #","variables":{"n":{"type":"Integer","default":"x"}}"#,
            #"Variable "n" must have a default of the type Integer."#
        ),
        (
            "[\(pause)]", #","parameters":{"p":{"type":"Boolean","default":"x"}}"#,
            #"Wrong default value for a "Boolean" parameters, got "x"."#
        ),
        (
            #"[{"name":"l","action":"aws:loop","inputs":{"Steps":[\#(pause)]}}]"#, "",
            #"Step "l" must have either Iterators or LoopCondition."#
        ),
        (
            #"[{"name":"l","action":"aws:loop","inputs":{"Iterators":["x"],"Steps":[]}}]"#, "",
            #"Steps of step "l" must have a step."#
        ),
    ])
    func saysWhatIsWrong(steps: String, more: String, message: String) throws {
        #expect(try complaint(steps, more: more) == message)
    }

    @Test func declarationsBoundValues() throws {
        let json = try JSON(
            parsing: #"""
                {"Size": {"type": "String", "allowedValues": ["s", "m"]}, "Name": {"type": "String", "allowedPattern": "[a-z]+"},
                 "List": {"type": "StringList", "minItems": 1, "maxItems": 2}, "Text": {"type": "String", "maxChars": 3}}
                """#)
        let declarations = try ParameterDeclaration.list(json)
        func complaint(_ name: String, _ values: [String]) throws -> String? {
            let declaration = try #require(declarations.first { $0.name == name })
            do {
                _ = try declaration.value(of: values)
                return nil
            } catch {
                return error.message
            }
        }
        #expect(try complaint("Size", ["s"]) == nil)
        #expect(try complaint("Size", ["x"]) == #"Parameter "Size" has value "x" not found in [s, m]."#)
        #expect(try complaint("Name", ["abc"]) == nil)
        #expect(try complaint("Name", ["a1"]) == #"Parameter "Name" has value "a1" that does not match [a-z]+."#)
        #expect(try complaint("List", ["a", "b", "c"]) == #"Parameter "List" has 3 items; allowed are 1 to 2."#)
        #expect(try complaint("Text", ["abcd"]) == #"Parameter "Text" has 4 characters; allowed are 0 to 3."#)
    }
}
