/// Why a text is not JSON, and at which byte.
public struct JSONError: Error, Sendable, Equatable {
    public let message: String
    /// Bytes from the start of the text.
    public let offset: Int
}

extension JSON {
    /// How deep arrays and objects may be nested.
    public static let depthLimit = 512

    /// Parses one value by RFC 8259: strict, UTF-8 checked, the last of equal keys wins, nested at most `depthLimit` deep.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        self = try Self.parse { body in bytes.withUnsafeBufferPointer { body($0) } }
    }

    public init(parsing text: String) throws(JSONError) {
        var text = text
        self = try Self.parse { body in text.withUTF8 { body($0) } }
    }

    /// Parses a text that was compiled into the binary.
    public init(parsing text: StaticString) throws(JSONError) {
        self = try Self.parse { body in text.withUTF8Buffer { body($0) } }
    }

    private static func parse(
        _ withBytes: ((UnsafeBufferPointer<UInt8>) -> Result<JSON, JSONError>) -> Result<JSON, JSONError>
    ) throws(JSONError) -> JSON {
        try withBytes { bytes in
            Result { () throws(JSONError) in
                var parser = JSONParser(bytes)
                return try parser.document()
            }
        }.get()
    }
}

/// A recursive-descent parser over the bytes of one text.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0
    private var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
        skipSpace()
        let value = try value()
        skipSpace()
        guard offset == bytes.count else { throw error("text after the value") }
        return value
    }

    private func error(_ message: String) -> JSONError { JSONError(message: message, offset: offset) }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSONError) -> JSON {
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case nil: throw error("the text ends where a value should stand")
        default: throw error("no value starts like this")
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let end = offset + text.utf8CodeUnitCount
        guard end <= bytes.count,
            text.withUTF8Buffer({ $0.elementsEqual(bytes[offset..<end]) })
        else { throw error("no value starts like this") }
        offset = end
        return value
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        var object = JSONObject()
        skipSpace()
        if next == UInt8(ascii: "}") { return leave(.object(object)) }
        while true {
            guard next == UInt8(ascii: "\"") else { throw error("a member's name should stand here") }
            let name = try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw error("a colon should stand here") }
            offset += 1
            skipSpace()
            object[name] = try value()
            skipSpace()
            switch next {
            case UInt8(ascii: ","):
                offset += 1
                skipSpace()
            case UInt8(ascii: "}"): return leave(.object(object))
            default: throw error("a comma or a closing brace should stand here")
            }
        }
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        var elements: [JSON] = []
        skipSpace()
        if next == UInt8(ascii: "]") { return leave(.array(elements)) }
        while true {
            elements.append(try value())
            skipSpace()
            switch next {
            case UInt8(ascii: ","):
                offset += 1
                skipSpace()
            case UInt8(ascii: "]"): return leave(.array(elements))
            default: throw error("a comma or a closing bracket should stand here")
            }
        }
    }

    private mutating func enter() throws(JSONError) {
        guard depth < JSON.depthLimit else { throw error("nested deeper than \(JSON.depthLimit)") }
        depth += 1
        offset += 1
    }

    private mutating func leave(_ value: JSON) -> JSON {
        depth -= 1
        offset += 1
        return value
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = offset
        if next == UInt8(ascii: "-") { offset += 1 }
        if next == UInt8(ascii: "0") { offset += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            offset += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        return .number(text(from: start, to: offset))
    }

    private mutating func digits() throws(JSONError) {
        let start = offset
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
        guard offset > start else { throw error("a digit should stand here") }
    }

    private func text(from start: Int, to end: Int) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
    }

    private mutating func string() throws(JSONError) -> String {
        offset += 1
        let start = offset
        var isASCII = true
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "\""):
                let string = isASCII ? text(from: start, to: offset) : try checked(bytes[start..<offset], at: start)
                offset += 1
                return string
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw error("a control character must be escaped")
            default:
                if byte >= 0x80 { isASCII = false }
                offset += 1
            }
        }
        throw error("the text ends inside a string")
    }

    /// The slow path, from the first backslash on.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var unescaped = [UInt8](bytes[start..<offset])
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "\""):
                let string = try checked(unescaped[...], at: start)
                offset += 1
                return string
            case UInt8(ascii: "\\"):
                offset += 1
                try escape(into: &unescaped)
            case 0..<0x20: throw error("a control character must be escaped")
            default:
                unescaped.append(byte)
                offset += 1
            }
        }
        throw error("the text ends inside a string")
    }

    private func checked(_ utf8: some Sequence<UInt8>, at start: Int) throws(JSONError) -> String {
        guard let string = String(validating: utf8, as: UTF8.self) else {
            throw JSONError(message: "a string is not valid UTF-8", offset: start)
        }
        return string
    }

    private mutating func escape(into string: inout [UInt8]) throws(JSONError) {
        guard let byte = next else { throw error("the text ends inside a string") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): string.append(byte)
        case UInt8(ascii: "b"): string.append(0x08)
        case UInt8(ascii: "f"): string.append(0x0C)
        case UInt8(ascii: "n"): string.append(0x0A)
        case UInt8(ascii: "r"): string.append(0x0D)
        case UInt8(ascii: "t"): string.append(0x09)
        case UInt8(ascii: "u"): string.append(contentsOf: Array(String(try escapedScalar()).utf8))
        default: throw error("no escape is written like this")
        }
    }

    /// A lone surrogate has no UTF-8; it becomes U+FFFD, as RFC 8259 section 8.2 leaves open.
    private mutating func escapedScalar() throws(JSONError) -> Character {
        let unit = try hexUnit()
        if unit & 0xFC00 == 0xD800, offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
            bytes[offset + 1] == UInt8(ascii: "u")
        {
            let mark = offset
            offset += 2
            let low = try hexUnit()
            if low & 0xFC00 == 0xDC00,
                let scalar = Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF))
            {
                return Character(scalar)
            }
            offset = mark
        }
        return Character(Unicode.Scalar(unit) ?? "\u{FFFD}")
    }

    private mutating func hexUnit() throws(JSONError) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw error("four hexadecimal digits should stand here") }
        var unit: UInt32 = 0
        for byte in bytes[offset..<offset + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: throw error("four hexadecimal digits should stand here")
            }
        }
        offset += 4
        return unit
    }
}
