import JSON
import Testing

@testable import SSM

@Suite struct SelectorTests {
    private static let response = #"""
        {"Images": [{"Id": "a", "Size": 5, "Tags": [{"Key": "Name", "Value": "one"}, {"Key": "Env", "Value": "dev"}]},
          {"Id": "b", "Size": 12, "Tags": []}], "Owner": {"Id": "o", "a.b": 1}, "None": null}
        """#

    private func find(_ path: String) throws -> String? {
        try #require(Selector(path)).find(in: try JSON(parsing: Self.response))?.description
    }

    @Test(arguments: [
        ("$.Images[0].Id", #""a""#), ("$.Images[-1].Id", #""b""#), ("$['Owner']['Id']", #""o""#),
        ("$.Owner['a.b']", "1"),
        ("$.Images[*].Id", #"["a","b"]"#), ("$..Id", #"["a","b","o"]"#), ("$.Images..Key", #"["Name","Env"]"#),
        ("$.Images[0:1].Id", #"["a"]"#), ("$.Images[:].Size", "[5,12]"), ("$.Owner.*", #"["o",1]"#),
        ("$.Images[?(@.Size > 10)].Id", #"["b"]"#), ("$..Tags[?(@.Key == 'Name')].Value", #"["one"]"#),
        ("$.Images[?(@.Size >= 5 && @.Id != 'a')].Id", #"["b"]"#), ("$.Images[?(@.Missing)].Id", "[]"),
        ("$.None", "null"), ("$.Images[*].Missing", "[]"),
    ])
    func findsAsJSONPath(path: String, expected: String) throws {
        #expect(try find(path) == expected)
    }

    @Test(arguments: ["$.Missing", "$.Images[7].Id", "$.Owner[0]", "$.Images.Id"])
    func aPlacePathFindsNothing(path: String) throws {
        #expect(try find(path) == nil)
    }

    @Test(arguments: ["", "Images", "$.", "$.a[", "$[x]", "$.a..", "$[?(Size > 1)]", "$[1:2:3]"])
    func whatIsNoPathIsRefused(path: String) {
        #expect(Selector(path) == nil)
    }

    @Test(arguments: [
        (#"{"Variable":"a","StringEquals":"a"}"#, true), (#"{"Variable":"A","EqualsIgnoreCase":"a"}"#, true),
        (#"{"Variable":"abc","StartsWith":"ab"}"#, true), (#"{"Variable":"abc","EndsWith":"ab"}"#, false),
        (#"{"Variable":"abc","Contains":"b"}"#, true), (#"{"Variable":5,"NumericGreater":"4"}"#, true),
        (#"{"Variable":"5","NumericEquals":5.0}"#, true), (#"{"Variable":"x","NumericEquals":5}"#, false),
        (#"{"Variable":"true","BooleanEquals":true}"#, true), (#"{"Variable":"","BooleanEquals":false}"#, false),
        (#"{"Not":{"Variable":"a","StringEquals":"a"}}"#, false),
        (#"{"Or":[{"Variable":"a","StringEquals":"b"},{"Variable":1,"NumericLesser":2}]}"#, true),
        (#"{"And":[{"Variable":"a","StringEquals":"a"},{"Variable":1,"NumericGreaterOrEquals":2}]}"#, false),
    ])
    func choicesHold(choice: String, expected: Bool) throws {
        #expect(Choice.holds(try JSON(parsing: choice)) == expected)
    }
}
