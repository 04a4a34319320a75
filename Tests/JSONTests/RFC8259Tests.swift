import JSON
import Testing

/// The grammar of RFC 8259, section by section: what must be taken, what must be refused, and what this parser makes of
/// the texts that the RFC leaves open.
@Suite struct RFC8259Tests {
    private func accepts(_ text: String) -> Bool { (try? JSON(parsing: text)) != nil }

    // MARK: Section 2: structural characters and white space

    @Test(arguments: [
        "[\t]", "[\n]", "[\r]", "[ ]", "{ }", "\t{\n}\r ", "[1 , 2]", "[ 1,2 ]", "{ \"a\" : 1 , \"b\" : 2 }", "[1]\n\n",
        " \"a\"", "1 ", "\r\n[\r\n1\r\n]\r\n", "[[] ]", "[[],[]]", "[{},{}]", "[[[[[]]]]]",
    ])
    func blanksMayStandAroundTokens(text: String) {
        #expect(accepts(text))
    }

    @Test(arguments: [
        "[\u{b}]", "[\u{c}]", "[\u{0}]", "[\u{a0}]", "[\u{2028}]", "[\u{3000}]", "\u{200b}1", "\u{c}", "\u{b}",
        "[1\u{85}]", "1\u{0}",
    ])
    func noOtherCharacterIsABlank(text: String) {
        #expect(!accepts(text))
    }

    @Test(arguments: [
        "   ", "\n", "[1,,2]", "[,]", "[,,]", "[1,,]", "[1:2]", "[1;2]", "[\"a\":1]", "[1", "[1,", "[[1]", "[\"a",
        "[\"a\"",
        "[\"a\",\n1", "[1}", "{]", "[}", "}", "]", ",", ":", "[1]]", "[][]", "1 2", "[] 1", "[]x", "[](", "(1)",
        "<null>",
        "[<null>]", "[\"\"], \"\"", "1,", ",1", "[1]/", "[1]#",
    ])
    func bracketsAndCommasStandWhereTheGrammarHasThem(text: String) {
        #expect(!accepts(text))
    }

    // MARK: Section 3: literals

    @Test(arguments: ["null", "true", "false", "[null]", "[true,false]", "{\"null\":null}"])
    func threeNamesAreValues(text: String) {
        #expect(accepts(text))
    }

    @Test(arguments: [
        "Null", "NULL", "True", "FALSE", "nul", "nulll", "tru", "truee", "fals", "nil", "undefined", "n", "t", "f",
        "nan", "NaN",
        "-NaN", "inf", "Infinity", "+Infinity", "-Infinity", "yes", "None", "a", "*", "[nul]", "[fals", "[a", "'a'",
        "`a`",
        "\u{4e00}", "å",
    ])
    func otherNamesAreNone(text: String) {
        #expect(!accepts(text))
    }

    // MARK: Section 4: objects

    @Test(arguments: [
        "{\"\":1}", "{\"a\":\"b\"}", "{\"a\":[]}", "{\"a\":{}}", "{\"a\\u0000b\":1}", "{\"\\uD83D\\uDE00\":1}",
        "{\"a\":1,\"b\":2}",
        "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":1}", "{\"__proto__\":1}", "{\"min\":-1e28,\"max\":1e28}", "{\"a\":\n1}",
    ])
    func aMemberIsANameAndAValue(text: String) {
        #expect(accepts(text))
    }

    @Test(arguments: [
        "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\" 1}", "{\"a\",1}", "{\"a\"=1}",
        "{\"a\"::1}", "{:1}",
        "{:\"a\"}", "{,}", "{,\"a\":1}", "{\"a\":1,,\"b\":2}", "{\"a\":1,}", "{\"a\":1;\"b\":2}", "{\"a\":1 \"b\":2}",
        "{1:1}",
        "{null:1}", "{true:1}", "{[]:1}", "{{}:1}", "{a:1}", "{'a':1}", "{\"a\":1}}", "{\"a\":1}x", "{\"a\":1}/**/",
        "{\"a\":1}//", "{\"a\":/*c*/1}", "{\"a\":a}", "{\"a\":1 2}", "{\"a\":\"b\":1}", "{\"a\":}", "{1}", "{\"a\"}",
    ])
    func nothingElseIsAMember(text: String) {
        #expect(!accepts(text))
    }

    // MARK: Section 6: numbers

    @Test(arguments: [
        "0", "-0", "-1", "10", "-10", "1234567890", "0.0", "-0.0", "0.1", "-0.1", "1.0", "10.01", "0e0", "0e+1", "0E-1",
        "1e5",
        "1E5", "1e+5", "1E+05", "1e-005", "1.5e300", "-1.5E-300", "20e1",
        "0.000000000000000000000000000000000000000000000001",
        "123456789012345678901234567890", "-98765432109876543210.123456789012345678901234567890",
    ])
    func numbersKeepTheirText(text: String) throws {
        #expect(try JSON(parsing: text) == .number(text))
        #expect(try JSON(parsing: "[\(text)]").description == "[\(text)]")
    }

    @Test(arguments: [
        "-", "+", "+1", "++1", "--1", "-+1", "+-1", "- 1", "-a", "01", "-01", "00", "-00", "012", "0x1", "0X1F", "0b1",
        "0o7", "1_000",
        "1,000.0.", ".5", "-.5", "+.5", ".", "5.", "-5.", "1..2", "1.2.3", "0.e1", "1.e1", "1e", "1E", "1e+", "1e-",
        "1E+", "0e",
        "0e+", "1e1.5", "1ee1", "1eE1", "1e1e1", "1+1", "1-1", "1 000", "1a", "1.a", "1ea", "-1x", "1f", "1L", "1n",
        "2.-3", "0.1.2",
        "9.e", "-foo", "\u{ff11}", "\u{0661}", "1\u{0661}", "\u{2212}1", "1/2", "1%",
    ])
    func otherSpellingsAreNoNumbers(text: String) {
        #expect(!accepts(text))
        #expect(!accepts("[\(text)]"))
    }

    // MARK: Section 7: strings

    @Test(arguments: [
        (#""""#, ""), (#"" ""#, " "), (#""a/b""#, "a/b"), (#""\/""#, "/"), (#""\\a""#, "\\a"), (#""\\\\""#, "\\\\"),
        (#""\"""#, "\""), (#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t"), (#""\u0022""#, "\""), (#""\u005C""#, "\\"),
        (#""\u0000""#, "\u{0}"), (#""\u001f""#, "\u{1f}"), (#""\u007F""#, "\u{7f}"), (#""\u00e9""#, "\u{e9}"),
        (#""\u00E9\u20ac""#, "é€"), (#""\u2028\u2029""#, "\u{2028}\u{2029}"), (#""\ud83d\ude00""#, "😀"),
        (#""\uDBFF\uDFFF""#, "\u{10ffff}"), (#""\uD800\udc00""#, "\u{10000}"),
        (#""\uFEFF""#, "\u{feff}"), (#""\\u0041""#, "\\u0041"), (#""a\u0041b\u00422""#, "aAbB2"),
        ("\"\u{7f}\"", "\u{7f}"),
        ("\"\u{2028}\"", "\u{2028}"), ("\"\u{feff}\"", "\u{feff}"), ("\"\u{10ffff}\"", "\u{10ffff}"),
        ("\"😀\"", "😀"),
        ("\"/* no comment */ // none\"", "/* no comment */ // none"), ("\"{[,:]}\"", "{[,:]}"), ("\"'\"", "'"),
    ])
    func aStringIsReadAsItsCharacters(text: String, value: String) throws {
        let read = try #require(try JSON(parsing: text).string)
        #expect(Array(read.unicodeScalars) == Array(value.unicodeScalars))
    }

    @Test func codePointsThatAreNoCharactersAreKept() throws {
        let scalars = try JSON(parsing: #""\uFDD0\uFFFE\uFFFF""#).string?.unicodeScalars.map(\.value)
        #expect(scalars == [0xFDD0, 0xFFFE, 0xFFFF])
    }

    @Test(arguments: [
        #"""#, #""a"#, #"a""#, #""\"#, #""\""#, #""\\\""#, #""a"b""#, #""a""b""#, #""\a""#, #""\x41""#, #""\0""#,
        #""\'""#, #""\ ""#,
        #""\B""#, #""\N""#, #""\U0041""#, #""\u""#, #""\u0""#, #""\u004""#, #""\u004G""#, #""\u 041""#, #""\u+041""#,
        #""\u{41}""#,
        #""\uD83D\u""#, #""\uD83D\uDE0""#, #""\uD83D\x""#, #""\uD83D\"#, #""\u004"#, #""\123""#, "\"\\\u{e9}\"",
        "\"\\😀\"",
        "\"\\\n\"", "\"\\\u{0}\"", "\"\u{0}\"", "\"a\u{1f}\"", "\"\t\"", "\"\n\"", "\"\r\"", "\"\u{8}\"",
        "\u{201c}a\u{201d}",
    ])
    func brokenStringsAreRefused(text: String) {
        #expect(!accepts(text))
        #expect(!accepts("{\(text):1}"))
    }

    // MARK: Section 8: UTF-8 and names

    @Test(
        arguments: [
            [0x22, 0x80, 0x22], [0x22, 0xBF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC1, 0xBF, 0x22],
            [0x22, 0xE0, 0x80, 0x80, 0x22],
            [0x22, 0xE0, 0x9F, 0xBF, 0x22], [0x22, 0xED, 0xBF, 0xBF, 0x22], [0x22, 0xE2, 0x82, 0x61, 0x22],
            [0x22, 0xF0, 0x80, 0x80, 0x80, 0x22], [0x22, 0xF0, 0x9F, 0x98, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
            [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x22, 0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF, 0x22], [0x22, 0xFE, 0x22],
            [0x22, 0x5C, 0x6E, 0xFF, 0x22], [0x22, 0x5C, 0xE5, 0x22], [0x5B, 0xE5, 0x5D], [0xE5],
            [0x7B, 0x22, 0xB9, 0x22, 0x3A, 0x31, 0x7D],
            [0x5B, 0x31, 0xE5, 0x5D], [0x5B, 0x30, 0xE5, 0x5D], [0x31, 0x65, 0x31, 0xE5],
        ] as [[UInt8]])
    func whatIsNotUTF8IsRefused(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
    }

    @Test(
        arguments: [
            [0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00],
            [0xFE, 0xFF, 0x00, 0x5B, 0x00, 0x5D],
            [0x5B, 0x00, 0x5D, 0x00], [0x00, 0x5B, 0x00, 0x5D],
        ] as [[UInt8]])
    func neitherAByteOrderMarkNorUTF16IsTaken(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
    }

    // MARK: What the RFC leaves open

    @Test(arguments: [
        #""\uD800""#, #""\uDC00""#, #""\uDFFF""#, #""\uD800\uD800""#, #""\uD83Da""#, #""\uDE00\uD83D""#, #""\uD83D\n""#,
        #""\uD800\u0041""#,
    ])
    func halfAPairBecomesTheReplacementCharacter(text: String) throws {
        #expect(try JSON(parsing: text).string?.unicodeScalars.contains("\u{fffd}") == true)
    }

    @Test func whatFollowsHalfAPairIsNotLost() throws {
        #expect(try JSON(parsing: #""\uD800\u0041""#).string == "\u{fffd}A")
        #expect(try JSON(parsing: #""\uD83D\uD83D\uDE00""#).string == "\u{fffd}😀")
    }

    @Test(arguments: ["1e400", "-1e400", "1e-400", "0.4e00669999999999999999999999", "-123123e100000", "123.456e-789"])
    func numbersBeyondADoubleAreKept(text: String) throws {
        #expect(try JSON(parsing: text).description == text)
        #expect(try JSON(parsing: text).int == nil || text.contains("e-"))
    }

    @Test func integersBeyond64BitsAreNoInts() throws {
        #expect(try JSON(parsing: "-9223372036854775808").int == Int.min)
        #expect(try JSON(parsing: "9223372036854775808").int == nil)
        #expect(try JSON(parsing: "100000000000000000000").int == nil)
    }

    @Test(arguments: ["[", "{\"\":", "[{\"a\":", "[[],"]) func endlessNestingIsRefusedAndNotFollowed(start: String) {
        #expect(!accepts(String(repeating: start, count: 100_000)))
    }

    @Test func fiveHundredLevelsAreTakenAndWrittenAgain() throws {
        let text = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(try JSON(parsing: text).description == text)
    }

    /// U+00E9 and U+0065 U+0301 look alike; RFC 8259 section 8.3 compares names code unit by code unit.
    @Test(arguments: [0, 20]) func namesThatLookAlikeAreTwo(others: Int) throws {
        let more = (0..<others).map { "\"k\($0)\":0," }.joined()
        let text = "{\(more)\"\u{e9}\":1,\"e\u{301}\":2}"
        let value = try JSON(parsing: text)
        #expect(value.object?.count == others + 2)
        #expect(value["\u{e9}"]?.int == 1 && value["e\u{301}"]?.int == 2)
        #expect(Array(value.description.utf8) == Array(text.utf8))
    }
}
