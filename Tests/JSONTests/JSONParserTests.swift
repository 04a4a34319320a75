import JSON
import Testing

@Suite struct JSONParserTests {
    @Test(arguments: [
        "[]", "{}", "null", "true", "false", "0", "-0", "\"\"", " [ ] ", "[1,2]", "[1e1]", "[1E+2]", "[1e-2]", "[-1.5]",
        "[123.456e78]", "{\"a\":{\"b\":[null]}}", "\"\\u0041\"", "\"\\uD834\\uDD1E\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"é€𝄞\"", "{\"\":0}", "[\"\u{7f}\"]", "\n\t\r 1", "[0.4e00669999999999999999]",
    ])
    func takesWhatTheGrammarHas(text: String) throws {
        _ = try JSON(parsing: text)
    }

    @Test(arguments: [
        "", " ", "[", "]", "{", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "01",
        "-01",
        "1.", ".1", "+1", "-", "1e", "1e+", "0x10", "NaN", "Infinity", "-Infinity", "nul", "TRUE", "[1]x", "\"\\x\"",
        "\"\\u12\"",
        "\"\\u00G0\"", "\"a", "\"\u{1}\"", "\"a\nb\"", "[\"a\" \"b\"]", "{\"a\":1 \"b\":2}", "// c\n1", "/* */1",
        "[1]]", "{}{}",
        "\u{feff}1", "\"\\", "[1.e1]", "\u{a0}1",
    ])
    func refusesWhatTheGrammarLacks(text: String) {
        #expect(throws: JSONError.self) { try JSON(parsing: text) }
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
    ])
    func refusesBrokenUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
    }

    @Test func keepsTheOrderOfKeysAndTheTextOfNumbers() throws {
        let text = #"{"z":1.0,"a":10000000000000000000001,"m":[1e0]}"#
        #expect(try JSON(parsing: text).description == text)
    }

    @Test func theLastOfEqualKeysWins() throws {
        #expect(try JSON(parsing: #"{"a":1,"b":2,"a":3}"#).description == #"{"a":3,"b":2}"#)
    }

    @Test func nestsToItsLimitAndNoFurther() throws {
        let depth = JSON.depthLimit
        _ = try JSON(parsing: String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        #expect(throws: JSONError.self) {
            try JSON(parsing: String(repeating: "[", count: depth + 1) + String(repeating: "]", count: depth + 1))
        }
    }

    @Test func manyKeysStayFast() throws {
        let members = (0..<100_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        let object = try JSON(parsing: "{\(members)}")
        #expect(object["k99999"]?.int == 99_999)
    }

    @Test func escapesWhatMustBeEscaped() {
        #expect(JSON.string("a\"\\\n\u{1}é").description == #""a\"\\\n\u0001é""#)
    }

    @Test func readsIntegersInAnySpelling() throws {
        #expect(try JSON(parsing: "1e2").int == 100)
        #expect(try JSON(parsing: "9223372036854775807").int == Int.max)
        #expect(try JSON(parsing: "1.5").int == nil)
        #expect(try JSON(parsing: "1e300").int == nil)
    }
}
