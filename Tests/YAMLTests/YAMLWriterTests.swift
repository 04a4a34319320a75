import JSON
import Testing
import YAML

@Suite struct YAMLWriterTests {
    @Test func writesBlocks() throws {
        let value: JSON = [
            "name": "a b", "none": .null, "empty": [], "nothing": [:],
            "list": [1, "two", ["x"], ["k": ["v"], "m": ["n": true]]],
            "a-b": "on",
        ]
        #expect(
            YAML.text(of: value) == """
                ---
                name: "a b"
                none: null
                empty: []
                nothing: {}
                list:
                - 1
                - "two"
                -
                  - "x"
                - k:
                  - "v"
                  m:
                    n: true
                "a-b": "on"

                """)
    }

    @Test(arguments: [
        #"{"a":{"b":{"c":[[1,2],[],[{"d":[{"e":{}}]}]]}}}"#, #"[[["x"]],{"y":[{"z":null}]}]"#, #""text""#, "5", "[]",
        "{}",
        #"{"yes":"yes","5":"5","":"","a: b":"- c","é\n\"\\":"line\nbreak\ttab \u0001 \u007f é 😀"}"#,
        #"{"n":[1.10,1e3,-5,0.5,true,false,null,"null","~","2012-10-17","0x1F"]}"#,
    ])
    func whatIsWrittenIsReadAgain(text: String) throws {
        let value = try JSON(parsing: text)
        #expect(try YAML.parse(YAML.text(of: value)) == value)
    }
}
