/// Reads the text of a policy. Its grammar has no words of its own kind: whether `tags exists` is a clause or a rule's name
/// shows only behind it, so each form is tried where it may stand, and a form that does not fit gives nil and the place back.
struct Parser {
    var cursor: Cursor
    private var depth = 0

    /// How deep blocks, filters, lists and calls may stand inside one another.
    private static let depthLimit = 64
    /// Steps of one query; documents are not much deeper.
    static let partsLimit = 128

    init(_ text: String) { cursor = Cursor(text) }

    mutating func nested<Result>(_ body: (inout Parser) throws(GuardError) -> Result) throws(GuardError) -> Result {
        guard depth < Self.depthLimit else {
            throw cursor.error("Nested more than \(Self.depthLimit) deep.", at: cursor.offset)
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    // MARK: Files

    mutating func file() throws(GuardError) -> PolicyFile {
        var file = PolicyFile()
        var lets = Lets()
        var defaults: Conjunctions = []
        cursor.skip()
        while !cursor.isAtEnd {
            if let assignment = try assignment() {
                lets.add(assignment)
            } else if let rule = try rule() {
                if rule.parameters.isEmpty { file.rules.append(rule) } else { file.parameterized[rule.name] = rule }
            } else if let alternatives = try alternatives(.fileClause) {
                defaults.append(alternatives)
            } else {
                throw cursor.failure("A rule, a clause or let is expected.")
            }
            cursor.skip()
        }
        if !defaults.isEmpty {
            // Clauses outside of any rule are one of their own, which is decided first.
            let block = Block(lets: [:], conjunctions: defaults)
            file.rules.insert(Rule(name: "default", parameters: [], conditions: nil, block: block), at: 0)
        }
        file.lets = lets.operands
        return file
    }

    private mutating func rule() throws(GuardError) -> Rule? {
        guard cursor.eatWord("rule") else { return nil }
        cursor.skip()
        guard let name = cursor.eatName() else { throw cursor.failure("The name of the rule is expected.") }
        let parameters = try parameters()
        var conditions: Conjunctions?
        if parameters.isEmpty { conditions = try whenConditions() }
        guard let block = try block(.ruleClause) else {
            throw cursor.failure("{ and the clauses of \(name) are expected.")
        }
        return Rule(name: name, parameters: parameters, conditions: conditions, block: block)
    }

    private mutating func parameters() throws(GuardError) -> [String] {
        guard cursor.eat("(") else { return [] }
        var names: [String] = []
        repeat {
            cursor.skip()
            guard let name = cursor.eatName() else { throw cursor.failure("The name of a parameter is expected.") }
            names.append(name)
            cursor.skip()
        } while cursor.eat(",")
        guard cursor.eat(")") else { throw cursor.failure(") is expected after the parameters.") }
        return names
    }

    // MARK: Blocks

    /// Nil where no `{` stands.
    mutating func block(_ form: ClauseForm) throws(GuardError) -> Block? {
        cursor.skip()
        guard cursor.eat("{") else {
            cursor.note("{ is expected.")
            return nil
        }
        let open = cursor.offset - 1
        return try nested { parser throws(GuardError) in
            var lets = Lets()
            var conjunctions: Conjunctions = []
            while true {
                parser.cursor.skip()
                if parser.cursor.eat("}") { break }
                if let assignment = try parser.assignment() {
                    lets.add(assignment)
                } else if let alternatives = try parser.alternatives(form) {
                    conjunctions.append(alternatives)
                } else {
                    throw parser.cursor.failure("A clause or } is expected.")
                }
            }
            guard !lets.operands.isEmpty || !conjunctions.isEmpty else {
                throw parser.cursor.error("A block needs a clause.", at: open)
            }
            return Block(lets: lets.operands, conjunctions: conjunctions)
        }
    }

    /// Conditions after `when`; nil where no `when` stands.
    mutating func whenConditions() throws(GuardError) -> Conjunctions? {
        let start = cursor.offset
        cursor.skip()
        guard cursor.eatWord("when") || cursor.eatWord("WHEN") else {
            cursor.offset = start
            return nil
        }
        let conditions = try conjunctions(.condition)
        guard !conditions.isEmpty else { throw cursor.failure("A condition is expected after when.") }
        return conditions
    }

    mutating func conjunctions(_ form: ClauseForm) throws(GuardError) -> Conjunctions {
        var conjunctions: Conjunctions = []
        while let alternatives = try alternatives(form) { conjunctions.append(alternatives) }
        return conjunctions
    }

    /// Clauses joined by `or`.
    mutating func alternatives(_ form: ClauseForm) throws(GuardError) -> [Clause]? {
        guard let first = try clause(form) else { return nil }
        var clauses = [first]
        while eatOr() {
            guard let clause = try clause(form) else { throw cursor.failure("A clause is expected after or.") }
            clauses.append(clause)
        }
        return clauses
    }

    mutating func eatOr() -> Bool {
        let start = cursor.offset
        cursor.skip()
        if cursor.eatWord("or") || cursor.eatWord("OR") || cursor.eat("|OR|") || cursor.eat("||") { return true }
        cursor.offset = start
        return false
    }

    // MARK: let

    private mutating func assignment() throws(GuardError) -> (name: String, operand: Operand)? {
        let start = cursor.offset
        guard cursor.eatWord("let") else { return nil }
        cursor.skip()
        guard let name = cursor.eatName() else {
            cursor.offset = start
            return nil
        }
        cursor.skip()
        guard cursor.eat(":=") || cursor.eat("=") else { throw cursor.failure("= is expected after let \(name).") }
        guard let operand = try operand() else {
            throw cursor.failure("A value, a query or a function is expected for \(name).")
        }
        return (name, operand)
    }
}

/// The names that one block defines. Where one is defined twice a literal goes before a function and that before a query;
/// among two of a kind the last one counts.
private struct Lets {
    private(set) var operands: [String: Operand] = [:]

    mutating func add(_ assignment: (name: String, operand: Operand)) {
        if let known = operands[assignment.name], known.rank > assignment.operand.rank { return }
        operands[assignment.name] = assignment.operand
    }
}

extension Operand {
    fileprivate var rank: Int {
        switch self {
        case .literal: 2
        case .call: 1
        case .query: 0
        }
    }
}
