import JSON
import Testing

/// Strings are read and written eight bytes at a time: what is special must be seen wherever it stands.
@Suite struct StringBorderTests {
    private static let escapes: [(character: String, escaped: String)] = [
        ("\"", "\\\""), ("\\", "\\\\"), ("\n", "\\n"), ("\u{0}", "\\u0000"), ("\u{1f}", "\\u001f"),
        ("\u{7f}", "\\u007f"),
        ("é", "é"), ("\u{1F600}", "\u{1F600}"), ("\u{80}", "\u{80}"), ("!", "!"), (" ", " "), ("[", "["), ("]", "]"),
    ]

    @Test(arguments: 0..<20) func oneOfThemStandsAnywhere(place: Int) throws {
        for (character, escaped) in Self.escapes {
            for rest in 0..<20 {
                let (start, end) = (String(repeating: "a", count: place), String(repeating: "z", count: rest))
                let text = "\"\(start)\(escaped)\(end)\""
                let value = JSON.string(start + character + end)
                #expect(value.description == text)
                #expect(try JSON(parsing: text) == value)
                // The same twice, and one behind the other.
                let twice = JSON.string(start + character + character + end + character)
                #expect(twice.description == "\"\(start)\(escaped)\(escaped)\(end)\(escaped)\"")
                #expect(try JSON(parsing: twice.description) == twice)
            }
        }
    }

    @Test(arguments: 0..<20) func bytesThatAreNoUTF8AreRefusedAnywhere(place: Int) {
        for rest in 0..<10 {
            for bad: [UInt8] in [[0x80], [0xFF], [0xC3], [0xED, 0xA0, 0x80]] {
                let start = Array("\"".utf8) + Array(repeating: UInt8(ascii: "a"), count: place)
                let end = Array(repeating: UInt8(ascii: "z"), count: rest) + Array("\"".utf8)
                #expect(throws: JSONError.self) { try JSON(parsing: start + bad + end) }
                #expect(throws: JSONError.self) { try JSON(parsing: start + Array("\\n".utf8) + bad + end) }
                #expect(throws: JSONError.self) { try JSON(parsing: start + [0x0A] + end) }
            }
        }
    }

    @Test func objectsAreFoundEqualInWhateverOrder() {
        let names = (0..<40).map { "n\($0)" }
        let one = JSON.object(JSONObject(names.map { ($0, .string($0)) }))
        let other = JSON.object(JSONObject(names.reversed().map { ($0, .string($0)) }))
        #expect(one == other)
        for name in names {
            var changed = other.object ?? JSONObject()
            changed[name] = "x"
            #expect(.object(changed) != one)
        }
    }
}
