extension JSON {
    /// The value as compact UTF-8 text, or with `indented` as people read it: two blanks a level.
    public func bytes(indented: Bool = false) -> [UInt8] {
        var writer = JSONWriter(indented: indented)
        writer.write(self)
        return writer.output
    }
}

struct JSONWriter {
    private(set) var output: [UInt8] = []
    private let indented: Bool
    private var level = 0

    init(indented: Bool) {
        self.indented = indented
        output.reserveCapacity(256)
    }

    mutating func write(_ value: JSON) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let bool): output.append(contentsOf: (bool ? "true" : "false").utf8)
        case .number(let text): output.append(contentsOf: text.utf8)
        case .string(let string): write(string)
        case .array(let array):
            output.append(UInt8(ascii: "["))
            level += 1
            var isFirst = true
            for element in array {
                separate(isFirst)
                isFirst = false
                write(element)
            }
            end(isEmpty: isFirst, UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            level += 1
            var isFirst = true
            for (name, value) in object.members {
                separate(isFirst)
                isFirst = false
                write(name)
                output.append(UInt8(ascii: ":"))
                if indented { output.append(0x20) }
                write(value)
            }
            end(isEmpty: isFirst, UInt8(ascii: "}"))
        }
    }

    private mutating func separate(_ isFirst: Bool) {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        breakLine()
    }

    private mutating func end(isEmpty: Bool, _ close: UInt8) {
        level -= 1
        if !isEmpty { breakLine() }
        output.append(close)
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }

    private mutating func breakLine() {
        guard indented else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }

    private mutating func write(_ string: String) {
        output.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { bytes in
            var start = 0
            var offset = 0
            while offset < bytes.count {
                let byte = bytes[offset]
                if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F {
                    output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<offset]))
                    escape(byte)
                    start = offset + 1
                }
                offset += 1
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22: append("\\\"")
        case 0x5C: append("\\\\")
        case 0x08: append("\\b")
        case 0x0C: append("\\f")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        default:
            let digits = Array("0123456789abcdef".utf8)
            append("\\u00")
            output.append(digits[Int(byte >> 4)])
            output.append(digits[Int(byte & 15)])
        }
    }
}
