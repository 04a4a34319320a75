extension Parser {
    /// Nil where no query begins.
    mutating func query() throws(GuardError) -> Query? {
        let start = cursor.offset
        cursor.skip()
        let matchesAll = !eatSome()
        guard let first = firstPart() else {
            cursor.offset = start
            return nil
        }
        var parts = [first]
        while let part = try part() {
            if parts.count == 1, first.variable != nil {
                // What stands behind a variable is about each of its values.
                if case .allIndices = part {} else { parts.append(.allIndices(capture: nil)) }
            }
            parts.append(part)
            guard parts.count <= Self.partsLimit else {
                throw cursor.error("A query has more than \(Self.partsLimit) steps.", at: start)
            }
        }
        return Query(parts: parts, matchesAll: matchesAll)
    }

    private mutating func eatSome() -> Bool {
        let start = cursor.offset
        guard cursor.eatWord("some") || cursor.eatWord("SOME") else { return false }
        let end = cursor.offset
        cursor.skip()
        if cursor.offset > end { return true }
        cursor.offset = start
        return false
    }

    private mutating func firstPart() -> QueryPart? {
        if cursor.eatWord("this") || cursor.eatWord("THIS") { return .this }
        return variable() ?? key()
    }

    private mutating func variable() -> QueryPart? {
        let start = cursor.offset
        guard cursor.eat("%") else { return nil }
        guard let name = cursor.eatName() else {
            cursor.note("The name of a variable is expected after %.")
            cursor.offset = start
            return nil
        }
        return .variable(name)
    }

    private mutating func key() -> QueryPart? {
        if let name = cursor.eatName() { return .key(Key(name)) }
        return quoted().map { .key(Key($0)) }
    }

    mutating func quoted() -> String? {
        cursor.eatDelimited(UInt8(ascii: "\"")) ?? cursor.eatDelimited(UInt8(ascii: "'"))
    }

    private mutating func part() throws(GuardError) -> QueryPart? {
        let start = cursor.offset
        cursor.skip()
        if cursor.eat(".") {
            if cursor.eat("*") { return .allValues }
            if let index = integer() { return .index(index) }
            if let part = key() ?? variable() { return part }
            cursor.note("A key, an index, a variable or * is expected after the dot.")
        } else if cursor.next == UInt8(ascii: "[") {
            return try nested { parser throws(GuardError) in try parser.bracketed() }
        }
        cursor.offset = start
        return nil
    }

    private mutating func integer() -> Int? {
        let start = cursor.offset
        _ = cursor.eat("-")
        while let byte = cursor.next, isDigit(byte) { cursor.offset += 1 }
        if let int = Int(cursor.text(from: start, to: cursor.offset)) { return int }
        cursor.offset = start
        return nil
    }

    // MARK: Brackets

    private mutating func bracketed() throws(GuardError) -> QueryPart {
        _ = cursor.eat("[")
        cursor.skip()
        let start = cursor.offset
        if cursor.eat("*"), eatClose() { return .allIndices(capture: nil) }
        cursor.offset = start
        if let index = integer(), eatClose() { return .index(index) }
        cursor.offset = start
        if let key = quoted(), eatClose() { return .key(Key(key)) }
        cursor.offset = start
        if let name = cursor.eatName(), eatClose() { return .allIndices(capture: name) }
        cursor.offset = start

        let capture = capture()
        cursor.skip()
        if cursor.eatWord("keys") || cursor.eatWord("KEYS") {
            let filter = try keyFilter()
            guard eatClose() else { throw cursor.failure("] is expected after the filter.") }
            return filter
        }
        let conditions = try conjunctions(.filter)
        guard !conditions.isEmpty else {
            throw cursor.failure("A clause, a key, an index or * is expected in brackets.")
        }
        guard eatClose() else { throw cursor.failure("A clause or ] is expected in the filter.") }
        return .filter(capture: capture, conditions)
    }

    private mutating func eatClose() -> Bool {
        cursor.skip()
        return cursor.eat("]")
    }

    /// The name before a single `|`.
    private mutating func capture() -> String? {
        let start = cursor.offset
        if let name = cursor.eatName() {
            cursor.skipBlanks()
            let isOr = cursor.byte(after: 1) == UInt8(ascii: "|") || cursor.byte(after: 1) == UInt8(ascii: "O")
            if !isOr, cursor.eat("|") { return name }
        }
        cursor.offset = start
        return nil
    }

    private mutating func keyFilter() throws(GuardError) -> QueryPart {
        cursor.skip()
        let start = cursor.offset
        guard let comparator = comparator(), comparator.operation == .equal || comparator.operation == .in else {
            cursor.offset = start
            throw cursor.failure("==, !=, in or not in is expected after keys.")
        }
        guard let operand = try operand() else {
            throw cursor.failure("A value or a query to compare the keys with is expected.")
        }
        if case .call = operand { throw cursor.failure("Keys are compared with values and queries only.") }
        return .keyFilter(comparator, operand)
    }
}
