/// Where a clause stands decides what it can be.
enum ClauseForm {
    /// Outside of rules.
    case fileClause
    /// In a rule or one of its `when` blocks.
    case ruleClause
    /// In the block of a query or of a type.
    case blockClause
    /// After `when`.
    case condition
    /// In the brackets of a query.
    case filter

    var takesTypes: Bool { self == .fileClause || self == .ruleClause }
    var takesBlocks: Bool { self != .condition }
    var takesRules: Bool { self == .ruleClause || self == .condition || self == .blockClause }
    /// What a `when` block in this place takes.
    var inside: ClauseForm { self == .fileClause || self == .ruleClause ? .ruleClause : .blockClause }
}

extension Parser {
    /// Nil where no clause begins.
    mutating func clause(_ form: ClauseForm) throws(GuardError) -> Clause? {
        cursor.skip()
        let start = cursor.offset
        if form.takesTypes, let block = try typeBlock() { return .type(block) }
        if form.takesBlocks, let conditions = try whenConditions() {
            guard let block = try block(form.inside) else {
                throw cursor.failure("{ is expected after the conditions.")
            }
            return .when(conditions, block)
        }
        let isNegated = eatNot()
        if let call = try ruleCall(from: start) { return .call(call) }
        if let query = try query() {
            if form.takesBlocks, !isNegated, let block = try queryBlock(query, from: start) { return .block(block) }
            if let clause = try accessClause(query, isNegated: isNegated, from: start) { return .access(clause) }
        }
        cursor.offset = start
        if form.takesRules, let reference = try ruleReference() { return .rule(reference) }
        cursor.offset = start
        return nil
    }

    /// `not` with a space, or `!`.
    mutating func eatNot() -> Bool {
        let start = cursor.offset
        if cursor.eat("!") { return cursor.next != UInt8(ascii: "=") || restore(start) }
        guard cursor.eatWord("not") || cursor.eatWord("NOT") else { return false }
        guard let next = cursor.next, next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") else {
            return restore(start)
        }
        cursor.skipBlanks()
        return true
    }

    private mutating func restore(_ offset: Int) -> Bool {
        cursor.offset = offset
        return false
    }

    /// `<<text>>`, without the indentation that it has in the policy.
    mutating func message() throws(GuardError) -> String? {
        let start = cursor.offset
        cursor.skip()
        guard cursor.eat("<<") else {
            cursor.offset = start
            return nil
        }
        let from = cursor.offset
        while !cursor.isAtEnd {
            let to = cursor.offset
            if cursor.eat(">>") { return Self.trimmed(cursor.text(from: from, to: to)) }
            cursor.offset += 1
        }
        throw cursor.error("A message that << opens is not closed by >>.", at: from - 2)
    }

    private static func trimmed(_ message: String) -> String {
        message.split(separator: "\n").map { line in
            String(line.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        }.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    // MARK: Clauses

    private mutating func accessClause(_ query: Query, isNegated: Bool, from start: Int) throws(GuardError)
        -> AccessClause?
    {
        cursor.skip()
        guard let comparator = comparator() else {
            cursor.note("An operator is expected: ==, !=, >, >=, <, <=, in, exists, empty, is_string and the like.")
            return nil
        }
        var operand: Operand?
        if !comparator.operation.isUnary {
            operand = try self.operand()
            if operand == nil { throw cursor.failure("A value or a query to compare with is expected.") }
        }
        let text = cursor.text(from: start, to: cursor.offset)
        return AccessClause(
            text: text.split { $0.isWhitespace }.joined(separator: " "), query: query, comparator: comparator,
            operand: operand, message: try message(), isNegated: isNegated, place: cursor.place(of: start))
    }

    mutating func comparator() -> Comparator? {
        let start = cursor.offset
        if cursor.eat("<<") {
            cursor.offset = start
            return nil
        }
        if cursor.eat("==") { return Comparator(operation: .equal, isNegated: false) }
        if cursor.eat("!=") { return Comparator(operation: .equal, isNegated: true) }
        if cursor.eat(">=") { return Comparator(operation: .greaterOrEqual, isNegated: false) }
        if cursor.eat("<=") { return Comparator(operation: .lessOrEqual, isNegated: false) }
        if cursor.eat(">") { return Comparator(operation: .greater, isNegated: false) }
        if cursor.eat("<") { return Comparator(operation: .less, isNegated: false) }
        let isNegated = eatNot()
        if let operation = word() { return Comparator(operation: operation, isNegated: isNegated) }
        cursor.offset = start
        return nil
    }

    private mutating func word() -> Operator? {
        if cursor.eatWord("in") || cursor.eatWord("IN") { return .in }
        if cursor.eatWord("exists") || cursor.eatWord("EXISTS") { return .exists }
        if cursor.eatWord("empty") || cursor.eatWord("EMPTY") { return .empty }
        if cursor.eatWord("is_string") || cursor.eatWord("IS_STRING") { return .isString }
        if cursor.eatWord("is_list") || cursor.eatWord("IS_LIST") { return .isList }
        if cursor.eatWord("is_struct") || cursor.eatWord("IS_STRUCT") { return .isStruct }
        if cursor.eatWord("is_bool") || cursor.eatWord("IS_BOOL") { return .isBool }
        if cursor.eatWord("is_int") || cursor.eatWord("IS_INT") { return .isInt }
        if cursor.eatWord("is_float") || cursor.eatWord("IS_FLOAT") { return .isFloat }
        if cursor.eatWord("is_null") || cursor.eatWord("IS_NULL") { return .isNull }
        return nil
    }

    // MARK: Rules as clauses

    private mutating func ruleReference() throws(GuardError) -> RuleReference? {
        let start = cursor.offset
        let isNegated = eatNot()
        guard let name = cursor.eatName() else { return nil }
        let end = cursor.offset
        cursor.skipBlanks()
        let ends: Bool
        switch cursor.next {
        case nil, UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#"), UInt8(ascii: "{"), UInt8(ascii: "}"):
            ends = true
        default: ends = eatOr()
        }
        cursor.offset = end
        let message = try message()
        guard ends || message != nil else { return nil }
        return RuleReference(name: name, isNegated: isNegated, message: message, place: cursor.place(of: start))
    }

    /// `name(a, b)`, without a space before the parenthesis.
    private mutating func ruleCall(from start: Int) throws(GuardError) -> RuleCall? {
        let from = cursor.offset
        guard let name = cursor.eatName(), cursor.next == UInt8(ascii: "(") else {
            cursor.offset = from
            return nil
        }
        let arguments = try arguments()
        return RuleCall(name: name, arguments: arguments, message: try message(), place: cursor.place(of: start))
    }

    // MARK: Blocks as clauses

    private mutating func queryBlock(_ query: Query, from start: Int) throws(GuardError) -> QueryBlock? {
        let end = cursor.offset
        cursor.skip()
        let requiresValues = eatNot() && (cursor.eatWord("empty") || cursor.eatWord("EMPTY"))
        if !requiresValues { cursor.offset = end }
        cursor.skip()
        guard cursor.next == UInt8(ascii: "{") else {
            cursor.offset = end
            return nil
        }
        guard let block = try block(.blockClause) else { return nil }
        return QueryBlock(query: query, requiresValues: requiresValues, block: block, place: cursor.place(of: start))
    }

    private mutating func typeBlock() throws(GuardError) -> TypeBlock? {
        let start = cursor.offset
        guard let name = typeName() else { return nil }
        let place = cursor.place(of: start)
        let conditions = try whenConditions()
        cursor.skip()
        let block: Block
        if conditions == nil, cursor.next != UInt8(ascii: "{") {
            // The short form: one clause without braces.
            guard let clause = try clause(.blockClause) else {
                throw cursor.failure("{ or a clause is expected after \(name).")
            }
            block = Block(lets: [:], conjunctions: [[clause]])
        } else {
            guard let braced = try self.block(.blockClause) else {
                throw cursor.failure("{ is expected after the conditions of \(name).")
            }
            block = braced
        }
        let isOfType = AccessClause(
            text: "Type == \"\(name)\"", query: Query(parts: [.key(Key("Type"))], matchesAll: true),
            comparator: Comparator(operation: .equal, isNegated: false), operand: .literal(.string(name)), message: nil,
            isNegated: false, place: place)
        let query = Query(
            parts: [.key(Key("Resources")), .allValues, .filter(capture: nil, [[.access(isOfType)]])], matchesAll: true)
        return TypeBlock(conditions: conditions, query: query, block: block, place: place)
    }

    /// `AWS::S3::Bucket`, `Custom::Thing`; `::MODULE` behind it is passed over.
    private mutating func typeName() -> String? {
        let start = cursor.offset
        guard var name = cursor.eatName(), cursor.eat("::"), let second = cursor.eatName() else {
            cursor.offset = start
            return nil
        }
        name += "::" + second
        var end = cursor.offset
        if cursor.eat("::"), let third = cursor.eatName() {
            name += "::" + third
            end = cursor.offset
        }
        cursor.offset = end
        if !cursor.eat("::MODULE") { cursor.offset = end }
        return name
    }
}
