/// What of a document decides: where nothing of it changes, the verdict stays, and the policy need not be asked again.
public struct Footprint: Sendable {
    /// The first keys that lead to what is read, two at most, each path as `plain` has it.
    private var paths: [String]

    /// - Parameter paths: such as `configuration.Policy`.
    public init(_ paths: [String]) { self.paths = paths.map(Self.plain) }

    /// Whether anything is read that stands at, above or below one of the paths, which are as `plain` has them.
    public func touches(_ changed: [String]) -> Bool {
        paths.contains { path in changed.contains { $0.hasPrefix(path) || path.hasPrefix($0) } }
    }

    /// A path without what separates words and keys, in small letters: by whatever spelling a key is looked for, this is the
    /// same.
    public static func plain(_ path: String) -> String {
        String(
            decoding: path.utf8.compactMap { byte -> UInt8? in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: byte
                default: nil
                }
            }, as: UTF8.self)
    }

    fileprivate mutating func add(_ keys: [Key]) {
        var spelled = [""]
        for key in keys {
            let spellings = Set(([key.text] + key.spellings.map(\.text)).map(Self.plain))
            spelled = spelled.flatMap { start in spellings.map { start + $0 } }
        }
        for path in spelled where !paths.contains(path) { paths.append(path) }
    }
}

extension PolicyFile {
    /// Nil where it is not plain what decides: the policy reads the clock, or the document as a whole.
    var footprint: Footprint? {
        var walk = Walk()
        for operand in lets.values { walk.visit(operand, atRoot: true) }
        for rule in rules + parameterized.values { walk.visit(rule) }
        return walk.isKnown ? walk.footprint : nil
    }
}

/// Through all queries of a policy. Those that are about the document begin at its root; others are about values that such a
/// query has found, and variables were filled by one.
private struct Walk {
    var footprint = Footprint([])
    var isKnown = true

    mutating func visit(_ rule: Rule) {
        visit(rule.conditions ?? [], atRoot: true)
        visit(rule.block, atRoot: true)
    }

    mutating func visit(_ operand: Operand, atRoot: Bool) {
        switch operand {
        case .literal: break
        case .query(let query): visit(query, atRoot: atRoot)
        case .call(let call):
            if call.function == .now { isKnown = false }
            for argument in call.arguments { visit(argument, atRoot: atRoot) }
        }
    }

    private mutating func visit(_ block: Block, atRoot: Bool) {
        for operand in block.lets.values { visit(operand, atRoot: atRoot) }
        visit(block.conjunctions, atRoot: atRoot)
    }

    private mutating func visit(_ conjunctions: Conjunctions, atRoot: Bool) {
        for clause in conjunctions.joined() { visit(clause, atRoot: atRoot) }
    }

    private mutating func visit(_ clause: Clause, atRoot: Bool) {
        switch clause {
        case .rule: break
        case .access(let clause):
            visit(clause.query, atRoot: atRoot)
            if let operand = clause.operand { visit(operand, atRoot: atRoot) }
        case .call(let call):
            for argument in call.arguments { visit(argument, atRoot: atRoot) }
        case .block(let block):
            visit(block.query, atRoot: atRoot)
            visit(block.block, atRoot: false)
        case .when(let conditions, let block):
            visit(conditions, atRoot: atRoot)
            visit(block, atRoot: atRoot)
        case .type(let block):
            visit(block.conditions ?? [], atRoot: atRoot)
            visit(block.query, atRoot: atRoot)
            visit(block.block, atRoot: false)
        }
    }

    private mutating func visit(_ query: Query, atRoot: Bool) {
        if atRoot {
            switch query.parts.first {
            case .key(let first):
                if query.parts.count > 1, case .key(let second) = query.parts[1] {
                    footprint.add([first, second])
                } else {
                    footprint.add([first])
                }
            case .variable: break
            default: isKnown = false
            }
        }
        for part in query.parts {
            switch part {
            case .filter(_, let conditions): visit(conditions, atRoot: false)
            case .keyFilter(_, let operand): visit(operand, atRoot: false)
            default: break
            }
        }
    }
}
