extension JSON {
    /// The value as compact UTF-8 text, or with `indented` as people read it: two blanks a level.
    public func bytes(indented: Bool = false) -> [UInt8] {
        withText(indented: indented) { [UInt8]($0) }
    }

    /// Gives `body` the value's text, which is gone when it returns.
    func withText<Result>(indented: Bool = false, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var writer = JSONWriter(indented: indented)
        writer.write(self)
        return writer.withText(body)
    }
}

struct JSONWriter: ~Copyable {
    private var buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1024)
    /// So many bytes of the buffer are written.
    private var count = 0
    private let indented: Bool
    private var level = 0

    init(indented: Bool) { self.indented = indented }

    deinit { buffer.deallocate() }

    func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        body(UnsafeBufferPointer(rebasing: buffer[..<count]))
    }

    mutating func write(_ value: JSON) {
        switch value {
        case .null: append("null")
        case .bool(let bool): append(bool ? "true" : "false")
        case .number(let text): append(text)
        case .string(let string): write(string)
        case .array(let array):
            append(UInt8(ascii: "["))
            level += 1
            var isFirst = true
            for element in array {
                separate(isFirst)
                isFirst = false
                write(element)
            }
            end(isEmpty: isFirst, UInt8(ascii: "]"))
        case .object(let object):
            append(UInt8(ascii: "{"))
            level += 1
            var isFirst = true
            for (name, value) in object.members {
                separate(isFirst)
                isFirst = false
                write(name)
                append(UInt8(ascii: ":"))
                if indented { append(0x20) }
                write(value)
            }
            end(isEmpty: isFirst, UInt8(ascii: "}"))
        }
    }

    private mutating func separate(_ isFirst: Bool) {
        if !isFirst { append(UInt8(ascii: ",")) }
        breakLine()
    }

    private mutating func end(isEmpty: Bool, _ close: UInt8) {
        level -= 1
        if !isEmpty { breakLine() }
        append(close)
    }

    private mutating func breakLine() {
        guard indented else { return }
        append(0x0A)
        for _ in 0..<2 * level { append(0x20) }
    }

    // MARK: Bytes

    private mutating func reserve(_ more: Int) {
        guard count + more > buffer.count else { return }
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * (count + more))
        _ = larger.moveInitialize(fromContentsOf: buffer[..<count])
        buffer.deallocate()
        buffer = larger
    }

    private mutating func append(_ byte: UInt8) {
        reserve(1)
        put(byte)
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes in
            reserve(bytes.count)
            put(bytes[...])
        }
    }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            reserve(bytes.count)
            put(bytes[...])
        }
    }

    /// Space for it must be reserved.
    private mutating func put(_ byte: UInt8) {
        buffer.initializeElement(at: count, to: byte)
        count += 1
    }

    /// Space for them must be reserved.
    private mutating func put(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        let run = UnsafeBufferPointer(rebasing: bytes)
        guard let first = run.baseAddress, let start = buffer.baseAddress else { return }
        (start + count).initialize(from: first, count: run.count)
        count += run.count
    }

    private mutating func write(_ string: String) {
        var string = string
        string.withUTF8 { bytes in
            // A byte becomes six at most, as in `\u0001`; mostly none becomes more than one.
            reserve(2 + bytes.count)
            put(UInt8(ascii: "\""))
            var start = 0
            while true {
                let end = bytes.firstSpecial(from: start)
                put(bytes[start..<end])
                guard end < bytes.count else { break }
                reserve(7 + bytes.count - end)
                escape(bytes[end])
                start = end + 1
            }
            put(UInt8(ascii: "\""))
        }
    }

    private mutating func escape(_ byte: UInt8) {
        put(UInt8(ascii: "\\"))
        switch byte {
        case 0x22, 0x5C: put(byte)
        case 0x08: put(UInt8(ascii: "b"))
        case 0x0C: put(UInt8(ascii: "f"))
        case 0x0A: put(UInt8(ascii: "n"))
        case 0x0D: put(UInt8(ascii: "r"))
        case 0x09: put(UInt8(ascii: "t"))
        default:
            put(UInt8(ascii: "u"))
            put(UInt8(ascii: "0"))
            put(UInt8(ascii: "0"))
            put(Self.digit(byte >> 4))
            put(Self.digit(byte & 15))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
