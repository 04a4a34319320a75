import JSON

/// What the JSON parser behind SNS says of a text that it cannot read, so far as ours knows it.
///
/// Source: recorded answers.
enum JacksonComplaint {
    static func text(of error: JSONError, in text: String) -> String {
        "\(reason(error, Array(text.utf8)))\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
            + "line: 1, column: \(error.offset + 1)]"
    }

    private static func reason(_ error: JSONError, _ bytes: [UInt8]) -> String {
        guard error.offset < bytes.count else { return "Unexpected end-of-input" }
        let first = bytes[error.offset]
        let before = bytes[..<error.offset].last { !isBlank($0) }
        if before == UInt8(ascii: "{") || before == UInt8(ascii: ",") && isInObject(bytes[..<error.offset]) {
            return "\(unexpected(first)): was expecting double-quote to start field name"
        }
        let word = String(decoding: bytes[error.offset...].prefix(while: isWordByte), as: UTF8.self)
        let values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        return word.isEmpty
            ? "\(unexpected(first)): expected a valid value \(values)"
            : "Unrecognized token '\(word)': was expecting \(values)"
    }

    private static func unexpected(_ byte: UInt8) -> String {
        "Unexpected character ('\(Character(UnicodeScalar(byte)))' (code \(byte)))"
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    private static func isWordByte(_ byte: UInt8) -> Bool { byte >= 0x80 || SNS.isNameByte(byte) }

    /// Whether the innermost bracket that is open is a brace.
    private static func isInObject(_ bytes: ArraySlice<UInt8>) -> Bool {
        var open: [UInt8] = []
        var isText = false
        var isEscaped = false
        for byte in bytes {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isText: isEscaped = true
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if !isText { open.append(byte) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if !isText { _ = open.popLast() }
            default: break
            }
        }
        return open.last == UInt8(ascii: "{")
    }
}
