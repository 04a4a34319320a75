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
        var hasEscapes = false
        while true {
            offset = bytes.firstSpecial(from: offset)
            guard offset < bytes.count else { throw error("the text ends inside a string") }
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                let raw = UnsafeBufferPointer(rebasing: bytes[start..<offset])
                let string = try hasEscapes ? unescaped(raw, at: start) : checked(raw, at: start)
                offset += 1
                return string
            case UInt8(ascii: "\\"):
                hasEscapes = true
                // What is escaped is no end.
                offset += 2
            case 0..<0x20: throw error("a control character must be escaped")
            default: offset += 1
            }
        }
    }

    private func unescaped(_ raw: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONError) -> String {
        // No escape is shorter than what it stands for.
        let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: raw.count)
        defer { text.deallocate() }
        var unescaping = JSONUnescaping(bytes, from: start, to: start + raw.count, into: text)
        try unescaping.run()
        return try checked(UnsafeBufferPointer(rebasing: text[..<unescaping.count]), at: start)
    }

    private func checked(_ utf8: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONError) -> String {
        // What is valid anyway takes a shorter way.
        if utf8.isASCII { return String(decoding: utf8, as: UTF8.self) }
        guard let string = String(validating: utf8, as: UTF8.self) else {
            throw JSONError(message: "a string is not valid UTF-8", offset: start)
        }
        return string
    }
}
