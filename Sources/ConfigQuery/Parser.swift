/// Reads a query:
///
///     SELECT item, … [WHERE condition] [GROUP BY property, …] [ORDER BY item [ASC | DESC], …] [;]
///
/// There is no FROM, AS, DISTINCT, ALL, HAVING, JOIN, UNION or NULL.
struct Parser {
    /// How deep brackets and NOTs may nest; no more than the stack and SQLite's expressions hold with ease.
    private static let maximumDepth = 50
    private static let keywords: Set<String> = [
        "ALL", "AND", "AS", "ASC", "BETWEEN", "BY", "DESC", "DISTINCT", "FALSE", "FROM", "GROUP", "HAVING", "IN",
        "JOIN",
        "LIKE", "NOT", "NULL", "OR", "ORDER", "SELECT", "TRUE", "UNION", "WHERE",
    ]

    private let source: [Unicode.Scalar]
    private let tokens: [Token]
    private var index = 0
    private var depth = 0

    init(_ expression: String) throws {
        source = Array(expression.unicodeScalars)
        tokens = try Lexer.tokens(of: expression)
    }

    mutating func query() throws -> ParsedQuery {
        var query = ParsedQuery()
        try expect("SELECT")
        query.selection = try list { try $0.selectItem() }
        if take("WHERE") { query.condition = try condition() }
        if take("GROUP") {
            try expect("BY")
            query.grouping = try list { try $0.path() }
        }
        if take("ORDER") {
            try expect("BY")
            query.order = try list { try $0.orderItem() }
        }
        _ = takeSymbol(";")
        guard token.kind == .end else { throw unexpected }
        return query
    }

    // MARK: Items

    private mutating func list<Item>(_ item: (inout Parser) throws -> Item) throws -> [Item] {
        var items = [try item(&self)]
        while takeSymbol(",") { items.append(try item(&self)) }
        return items
    }

    private mutating func selectItem() throws -> SelectItem {
        takeSymbol("*") ? .all : try valueItem()
    }

    private mutating func orderItem() throws -> OrderItem {
        let item = try valueItem()
        if take("DESC") { return OrderItem(item: item, isDescending: true) }
        _ = take("ASC")
        return OrderItem(item: item, isDescending: false)
    }

    /// A property, or an aggregate function of one.
    private mutating func valueItem() throws -> SelectItem {
        let start = index
        if case .path(let parts) = token.kind, parts.count == 1, tokens[index + 1].kind == .symbol("("),
            let function = Aggregate.Function(rawValue: parts[0].uppercased())
        {
            index += 2
            let path = function == .count && takeSymbol("*") ? nil : try path()
            try expectSymbol(")")
            return .aggregate(Aggregate(function: function, path: path, label: written(from: start)))
        }
        return .property(try path())
    }

    private func written(from start: Int) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: source[tokens[start].range.lowerBound..<tokens[index - 1].range.upperBound])
        return String(text)
    }

    private mutating func path() throws -> PropertyPath {
        guard case .path(let parts) = token.kind, keyword == nil, parts.count <= PropertyPath.maximumParts,
            !parts.contains(where: { $0.utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") } })
        else { throw unexpected }
        index += 1
        return PropertyPath(parts: parts)
    }

    // MARK: Conditions

    private mutating func condition() throws -> Condition {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw unexpected }
        var alternatives = [try conjunction()]
        while take("OR") { alternatives.append(try conjunction()) }
        return alternatives.count == 1 ? alternatives[0] : .any(alternatives)
    }

    private mutating func conjunction() throws -> Condition {
        var conditions = [try negation()]
        while take("AND") { conditions.append(try negation()) }
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    private mutating func negation() throws -> Condition {
        var isNegated = false
        while take("NOT") { isNegated.toggle() }
        let condition: Condition
        if takeSymbol("(") {
            condition = try self.condition()
            try expectSymbol(")")
        } else {
            condition = try predicate()
        }
        return isNegated ? .not(condition) : condition
    }

    private mutating func predicate() throws -> Condition {
        let path = try path()
        if take("NOT") { return .not(.test(path, try wordTest())) }
        guard case .symbol(let sign) = token.kind else { return .test(path, try wordTest()) }
        index += 1
        switch sign {
        case "=": return .test(path, .equals(try literal()))
        case "!=", "<>": return .not(.test(path, .equals(try literal())))
        case "<", "<=": return .test(path, .less(try literal(), orEqual: sign == "<="))
        case ">", ">=": return .test(path, .greater(try literal(), orEqual: sign == ">="))
        default:
            index -= 1
            throw unexpected
        }
    }

    private mutating func wordTest() throws -> Test {
        if take("IN") {
            try expectSymbol("(")
            let values = try list { try $0.literal() }
            try expectSymbol(")")
            return .oneOf(values)
        }
        if take("BETWEEN") {
            let low = try literal()
            try expect("AND")
            return .between(low, try literal())
        }
        try expect("LIKE")
        guard case .string(let pattern) = token.kind else { throw unexpected }
        index += 1
        return try Test(like: pattern)
    }

    private mutating func literal() throws -> Literal {
        defer { index += 1 }
        switch token.kind {
        case .string(let text): return .string(text)
        case .number(let text) where Double(text) != nil: return .number(text)
        case .path where keyword == "TRUE": return .bool(true)
        case .path where keyword == "FALSE": return .bool(false)
        default: throw unexpected
        }
    }

    // MARK: Tokens

    private var token: Token { tokens[index] }
    private var unexpected: InvalidExpression { .syntax(at: token.position) }

    private var keyword: String? {
        guard case .path(let parts) = token.kind, parts.count == 1 else { return nil }
        let word = parts[0].uppercased()
        return Self.keywords.contains(word) ? word : nil
    }

    private mutating func take(_ word: String) -> Bool {
        guard keyword == word else { return false }
        index += 1
        return true
    }

    private mutating func takeSymbol(_ symbol: String) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ word: String) throws {
        guard take(word) else { throw unexpected }
    }

    private mutating func expectSymbol(_ symbol: String) throws {
        guard takeSymbol(symbol) else { throw unexpected }
    }
}

extension Test {
    /// AWS takes the wildcards `%` and `_` at the end only, behind three characters or more.
    fileprivate init(like pattern: String) throws {
        let prefix = pattern.prefix { $0 != "%" && $0 != "_" }
        let wildcards = pattern[prefix.endIndex...]
        if wildcards.isEmpty {
            self = .equals(.string(pattern))
            return
        }
        guard wildcards.allSatisfy({ $0 == "%" || $0 == "_" }) else {
            throw InvalidExpression.unsupported("Only suffix wildcards are supported: '\(pattern)'")
        }
        guard prefix.count >= 3 else {
            throw InvalidExpression.unsupported("Wildcard matches must be at least three characters long: '\(pattern)'")
        }
        self = .prefix(
            String(prefix), more: wildcards.count { $0 == "_" }, isOpen: wildcards.contains("%"))
    }
}
