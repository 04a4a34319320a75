/// The scalars of a Java pattern and a place in them.
struct JavaSource {
    private var scalars: [UInt32] = []
    /// Where each scalar stood in the pattern as the user wrote it.
    private var origins: [Int] = []
    private var position = 0
    /// Java's flag `x`: white space and comments are skipped.
    var skipsComments = false

    /// Takes `\Q…\E` apart first, as Java does, so that a quotation may stand anywhere, even in a class.
    init(_ pattern: String) {
        let given = pattern.unicodeScalars.map(\.value)
        var index = 0
        var quoting = false
        while index < given.count {
            let scalar = given[index]
            let next = index + 1 < given.count ? given[index + 1] : nil
            if scalar == ascii("\\"), next == ascii(quoting ? "E" : "Q") {
                quoting.toggle()
                index += 2
            } else if quoting {
                append(quoted(scalar), from: index)
                index += 1
            } else {
                append([scalar], from: index)
                if scalar == ascii("\\"), let next { append([next], from: index + 1) }
                index += scalar == ascii("\\") ? 2 : 1
            }
        }
        origins.append(given.count)
    }

    private mutating func append(_ more: [UInt32], from origin: Int) {
        scalars += more
        origins += more.map { _ in origin }
    }

    private func quoted(_ scalar: UInt32) -> [UInt32] {
        switch scalar {
        case 0x30...0x39: [ascii("\\"), ascii("x"), ascii("3"), scalar]  // A plain digit could lengthen a back reference.
        case 0x41...0x5A, 0x61...0x7A, 0x80...: [scalar]
        default: [ascii("\\"), scalar]
        }
    }

    var count: Int { scalars.count }
    var atEnd: Bool { position >= scalars.count }
    /// The next scalar as it stands, comment or not.
    var raw: UInt32? { position < scalars.count ? scalars[position] : nil }

    func error(_ message: String) -> JavaRegexError {
        JavaRegexError(message: message, offset: origins[min(position, origins.count - 1)])
    }

    /// The next scalar that means something.
    mutating func peek() -> UInt32? {
        if skipsComments { skipIgnored() }
        return raw
    }

    /// The scalar right after the next one.
    func peekSecond() -> UInt32? { position + 1 < scalars.count ? scalars[position + 1] : nil }

    mutating func advance(_ distance: Int = 1) { position += distance }

    /// Takes the text when it comes next, whatever `x` says.
    mutating func take(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard position + wanted.count <= scalars.count else { return false }
        for (offset, byte) in wanted.enumerated() where scalars[position + offset] != UInt32(byte) { return false }
        position += wanted.count
        return true
    }

    /// Takes scalars up to `end` and `end` itself; nil, and nothing taken, when it does not come.
    mutating func takeText(until end: UInt32) -> String? {
        guard let found = scalars[position...].firstIndex(of: end) else { return nil }
        defer { position = found + 1 }
        return String(String.UnicodeScalarView(scalars[position..<found].compactMap(Unicode.Scalar.init)))
    }

    /// Takes exactly `count` hexadecimal digits, or nothing.
    mutating func takeHex(_ count: Int) -> UInt32? {
        guard position + count <= scalars.count else { return nil }
        var value: UInt32 = 0
        for scalar in scalars[position..<position + count] {
            guard let digit = hexDigit(scalar) else { return nil }
            value = value << 4 | digit
        }
        position += count
        return value
    }

    /// Takes a decimal number, which is there.
    mutating func takeNumber() -> Int {
        var value = 0
        while let scalar = raw, isDigit(scalar) {
            value = min(value * 10 + Int(scalar - 0x30), Int(Int32.max))
            position += 1
        }
        return value
    }

    private mutating func skipIgnored() {
        while let scalar = raw {
            if isSpace(scalar) {
                position += 1
            } else if scalar == ascii("#") {
                while let scalar = raw, !isLineTerminator(scalar) { position += 1 }
            } else {
                return
            }
        }
    }
}

func ascii(_ scalar: Unicode.Scalar) -> UInt32 { scalar.value }
func isDigit(_ scalar: UInt32) -> Bool { (0x30...0x39).contains(scalar) }
func isLetter(_ scalar: UInt32) -> Bool { (0x41...0x5A).contains(scalar) || (0x61...0x7A).contains(scalar) }

private func isSpace(_ scalar: UInt32) -> Bool { scalar == 0x20 || (0x9...0xD).contains(scalar) }

private func isLineTerminator(_ scalar: UInt32) -> Bool {
    scalar == 0xA || scalar == 0xD || scalar == 0x85 || scalar == 0x2028 || scalar == 0x2029
}

func hexDigit(_ scalar: UInt32) -> UInt32? {
    switch scalar {
    case 0x30...0x39: scalar - 0x30
    case 0x41...0x46: scalar - 0x41 + 10
    case 0x61...0x66: scalar - 0x61 + 10
    default: nil
    }
}
