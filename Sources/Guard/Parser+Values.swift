import JSON

extension Parser {
    /// A value, a function or a query, tried in this order: `true` is a value and no key. Nil where none begins.
    mutating func operand() throws(GuardError) -> Operand? {
        let start = cursor.offset
        cursor.skip()
        if let value = try value() { return .literal(value) }
        if let call = try functionCall() { return .call(call) }
        if let query = try query() { return .query(query) }
        cursor.offset = start
        return nil
    }

    private mutating func functionCall() throws(GuardError) -> FunctionCall? {
        let start = cursor.offset
        guard let name = cursor.eatName(), cursor.next == UInt8(ascii: "(") else {
            cursor.offset = start
            return nil
        }
        guard let function = Function(rawValue: name) else {
            throw cursor.error("There is no function \(name).", at: start)
        }
        let arguments = try arguments()
        guard arguments.count == function.argumentCount else {
            throw cursor.error(
                "\(name) takes \(function.argumentCount) arguments and not \(arguments.count).", at: start)
        }
        return FunctionCall(function: function, arguments: arguments)
    }

    /// What stands in the parentheses of a function or a rule.
    mutating func arguments() throws(GuardError) -> [Operand] {
        _ = cursor.eat("(")
        cursor.skip()
        if cursor.eat(")") { return [] }
        return try nested { parser throws(GuardError) in
            var arguments: [Operand] = []
            repeat {
                guard let operand = try parser.operand() else {
                    throw parser.cursor.failure("An argument is expected.")
                }
                arguments.append(operand)
                parser.cursor.skip()
            } while parser.cursor.eat(",")
            guard parser.cursor.eat(")") else { throw parser.cursor.failure(") is expected after the arguments.") }
            return arguments
        }
    }

    /// Nil where no literal begins.
    mutating func value() throws(GuardError) -> Value? {
        let start = cursor.offset
        if cursor.eatWord("null") || cursor.eatWord("NULL") { return .null }
        if cursor.eatWord("true") || cursor.eatWord("True") { return .bool(true) }
        if cursor.eatWord("false") || cursor.eatWord("False") { return .bool(false) }
        switch cursor.next {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            guard let text = quoted() else { throw cursor.error("A text is not closed.", at: start) }
            return .string(text)
        case UInt8(ascii: "/"): return .regex(try regex())
        case UInt8(ascii: "["):
            if let list = try list() { return list }
        case UInt8(ascii: "{"):
            if let map = try map() { return map }
        case UInt8(ascii: "r"):
            if let range = try range() { return range }
        default:
            if let number = number() { return number }
        }
        cursor.offset = start
        return nil
    }

    // MARK: Scalars

    /// Nil where no number stands, or where a letter follows it.
    private mutating func number() -> Value? {
        let start = cursor.offset
        _ = cursor.eat("-")
        guard eatDigits() else { return nil }
        var isFloat = false
        let whole = cursor.offset
        if cursor.eat("."), eatDigits() { isFloat = true } else { cursor.offset = whole }
        let mantissa = cursor.offset
        if cursor.eat("e") || cursor.eat("E") {
            _ = cursor.eat("-") || cursor.eat("+")
            if eatDigits() { isFloat = true } else { cursor.offset = mantissa }
        }
        if let next = cursor.next, isNameByte(next) {
            cursor.offset = start
            cursor.note("A number with a letter behind it is neither a value nor a key.")
            return nil
        }
        let text = cursor.text(from: start, to: cursor.offset)
        if isFloat { return Double(text).flatMap { $0.isFinite ? .float($0) : nil } }
        if let int = Int64(text) { return .int(int) }
        cursor.offset = start
        cursor.note("The number is outside of 64 bits.")
        return nil
    }

    private mutating func eatDigits() -> Bool {
        let start = cursor.offset
        while let byte = cursor.next, isDigit(byte) { cursor.offset += 1 }
        return cursor.offset > start
    }

    private mutating func regex() throws(GuardError) -> RustRegex {
        let start = cursor.offset
        guard let pattern = cursor.eatDelimited(UInt8(ascii: "/")) else {
            throw cursor.error("A regular expression is not closed.", at: start)
        }
        guard !pattern.isEmpty else { throw cursor.error("A regular expression is empty.", at: start) }
        do {
            return try RustRegex(pattern)
        } catch {
            throw cursor.error("The regular expression cannot be read: \(error.message)", at: start)
        }
    }

    // MARK: Ranges

    /// `r[1,10)`; nil where it is none, such as `r[0].x`.
    private mutating func range() throws(GuardError) -> Value? {
        let start = cursor.offset
        _ = cursor.eat("r")
        let includesLower = cursor.eat("[")
        guard includesLower || cursor.eat("("), let lower = bound(), cursor.eat(","), let upper = bound() else {
            return nil
        }
        let includesUpper = cursor.eat("]")
        guard includesUpper || cursor.eat(")") else { return nil }
        switch (lower, upper) {
        case (.int(let lower), .int(let upper)):
            return .intRange(
                Interval(lower: lower, upper: upper, includesLower: includesLower, includesUpper: includesUpper))
        case (.float(let lower), .float(let upper)):
            return .floatRange(
                Interval(lower: lower, upper: upper, includesLower: includesLower, includesUpper: includesUpper))
        case (.char(let lower), .char(let upper)):
            return .charRange(
                Interval(lower: lower, upper: upper, includesLower: includesLower, includesUpper: includesUpper))
        default: throw cursor.error("The bounds of a range are of one kind.", at: start)
        }
    }

    private mutating func bound() -> Value? {
        cursor.skipBlanks()
        let start = cursor.offset
        if let number = number() {
            cursor.skipBlanks()
            return number
        }
        cursor.offset = start
        guard let first = cursor.next else { return nil }
        let count = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard start + count <= cursor.bytes.count else { return nil }
        cursor.offset += count
        let char = cursor.text(from: start, to: cursor.offset).unicodeScalars.first
        cursor.skipBlanks()
        return char.map(Value.char)
    }

    // MARK: Collections

    private mutating func list() throws(GuardError) -> Value? {
        _ = cursor.eat("[")
        return try nested { parser throws(GuardError) in
            var values: [Value] = []
            parser.cursor.skip()
            if parser.cursor.eat("]") { return .list([]) }
            repeat {
                parser.cursor.skip()
                guard let value = try parser.value() else {
                    parser.cursor.note("A value is expected in the list.")
                    return nil
                }
                values.append(value)
                parser.cursor.skip()
            } while parser.cursor.eat(",")
            guard parser.cursor.eat("]") else {
                parser.cursor.note(", or ] is expected in the list.")
                return nil
            }
            return .list(values)
        }
    }

    private mutating func map() throws(GuardError) -> Value? {
        _ = cursor.eat("{")
        return try nested { parser throws(GuardError) in
            var members: [ValueMap.Member] = []
            var positions: [ExactText: Int] = [:]
            parser.cursor.skip()
            if parser.cursor.eat("}") { return .map(ValueMap([])) }
            repeat {
                parser.cursor.skip()
                guard let name = parser.memberName() else {
                    parser.cursor.note("A key is expected in the struct.")
                    return nil
                }
                parser.cursor.skip()
                guard parser.cursor.eat(":") else {
                    parser.cursor.note(": is expected after the key.")
                    return nil
                }
                parser.cursor.skip()
                guard let value = try parser.value() else {
                    parser.cursor.note("A value is expected after the key.")
                    return nil
                }
                if let known = positions.updateValue(members.count, forKey: ExactText(name)) {
                    positions[ExactText(name)] = known
                    members[known].value = value
                } else {
                    members.append((name, value))
                }
                parser.cursor.skip()
            } while parser.cursor.eat(",")
            guard parser.cursor.eat("}") else {
                parser.cursor.note(", or } is expected in the struct.")
                return nil
            }
            return .map(ValueMap(members))
        }
    }

    private mutating func memberName() -> String? {
        if let quoted = quoted() { return quoted }
        let start = cursor.offset
        while let byte = cursor.next, isNameByte(byte) || byte == UInt8(ascii: "-") { cursor.offset += 1 }
        return cursor.offset > start ? cursor.text(from: start, to: cursor.offset) : nil
    }
}
