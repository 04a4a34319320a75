import JSON

/// Reads a pattern's text and refuses what AWS refuses.
struct PatternCompiler {
    private let dialect: Dialect
    private var tokens: PatternTokens
    private var clauses: [Pattern.Clause] = []

    /// Names that may not stand inside `$or`.
    ///
    /// Source: https://github.com/aws/event-ruler (Constants)
    private static let reserved = MatcherReader.operators.union([
        "=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case", "date-after", "date-on-or-after",
        "date-before", "date-on-or-before", "in-date-range", "ip-address-in-range", "ip-address-not-in-range",
    ])

    static func compile(_ text: String, _ dialect: Dialect) throws(PatternError) -> Pattern {
        var compiler = PatternCompiler(dialect: dialect, tokens: PatternTokens(text))
        guard try compiler.tokens.next() == .objectStart else {
            throw compiler.tokens.error("Filter is not an object")
        }
        // What stands behind the object is never looked at, neither here nor by AWS.
        let root = try compiler.object(path: [], isInOr: false)
        if case .filterPolicy(let scope) = dialect { try FilterPolicyLimits.check(text, scope) }
        return try Pattern(clauses: compiler.clauses, root: root)
    }

    private var isFilterPolicy: Bool { if case .filterPolicy = dialect { true } else { false } }

    private init(dialect: Dialect, tokens: PatternTokens) {
        self.dialect = dialect
        self.tokens = tokens
    }

    /// From behind the brace to the closing one.
    private mutating func object(path: [[UInt8]], isInOr: Bool) throws(PatternError) -> Pattern.Node {
        var nodes: [Pattern.Node] = []
        var token = try tokens.next()
        if token == .objectEnd {
            if path.isEmpty, !isInOr, isFilterPolicy { return .all([]) }
            throw tokens.error("Empty objects are not allowed")
        }
        while case .name(let name) = token {
            if name == "$or", branchesHere() {
                nodes.append(try or(path: path))
            } else {
                if isInOr, Self.reserved.contains(name) {
                    throw tokens.error("\(name) is Ruler reserved fieldName which cannot be used inside $or.")
                }
                nodes.append(try field(name, path: path, isInOr: isInOr))
            }
            token = try tokens.next()
        }
        return nodes.count == 1 ? nodes[0] : .all(nodes)
    }

    private mutating func field(_ name: String, path: [[UInt8]], isInOr: Bool) throws(PatternError) -> Pattern.Node {
        let path = path + FieldTree.steps(name)
        switch try tokens.next() {
        case .objectStart:
            if case .filterPolicy(.messageAttributes) = dialect {
                throw PatternError("Filter policy scope MessageAttributes does not support nested filter policy")
            }
            return try object(path: path, isInOr: isInOr)
        case .arrayStart: return try clause(path: path)
        default: throw tokens.error("\"\(name)\" must be an object or an array")
        }
    }

    private mutating func clause(path: [[UInt8]]) throws(PatternError) -> Pattern.Node {
        let start = tokens.offset - 1
        var matchers: [Matcher] = []
        while case let token = try tokens.next(), token != .arrayEnd {
            if token == .objectStart {
                var reader = MatcherReader(tokens: tokens, isCoarse: isFilterPolicy)
                matchers.append(try reader.expression())
                tokens = reader.tokens
            } else if let literal = MatcherReader.literal(token, isCoarse: isFilterPolicy) {
                matchers += literal
            } else {
                throw tokens.error("Match value must be String, number, true, false, or null")
            }
        }
        guard !matchers.isEmpty else { throw tokens.error("Empty arrays are not allowed") }
        clauses.append(
            .init(
                path: path, name: String(decoding: Array(path.joined(separator: [FieldTree.dot])), as: UTF8.self),
                matchers: matchers,
                text: tokens.text(from: start, to: tokens.offset)))
        return .clause(clauses.count - 1)
    }

    // MARK: $or

    private mutating func or(path: [[UInt8]]) throws(PatternError) -> Pattern.Node {
        guard try tokens.next() == .arrayStart else { throw tokens.error("It must be an Array followed with $or.") }
        var branches: [Pattern.Node] = []
        while case let token = try tokens.next(), token != .arrayEnd {
            guard token == .objectStart else {
                throw tokens.error("Only JSON object is allowed in array of $or relationship.")
            }
            branches.append(try object(path: path, isInOr: true))
        }
        guard branches.count >= 2 else {
            throw tokens.error("There must have at least 2 Objects in $or relationship.")
        }
        return .any(branches)
    }

    /// In EventBridge `$or` always branches. In a filter policy it does where two or more objects follow that hold no
    /// operators, and is a name like any other elsewhere.
    ///
    /// Source: https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
    private func branchesHere() -> Bool {
        guard isFilterPolicy else { return true }
        var ahead = tokens
        guard case .arrayStart? = try? ahead.next() else { return false }
        var depth = 1
        var objects = 0
        while depth > 0, let token = try? ahead.next() {
            switch token {
            case .objectStart, .arrayStart:
                if depth == 1, token == .objectStart { objects += 1 }
                depth += 1
            case .objectEnd, .arrayEnd: depth -= 1
            case .name(let name): if depth == 2, Self.reserved.contains(name) { return false }
            default: break
            }
        }
        return objects >= 2
    }
}
