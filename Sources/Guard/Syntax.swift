/// Lists of alternatives, all of which must hold: one to a line in the policy, the alternatives joined by `or`.
typealias Conjunctions = [[Clause]]

struct PolicyFile: Sendable {
    var lets: [String: Operand] = [:]
    var rules: [Rule] = []
    var parameterized: [String: Rule] = [:]
}

struct Rule: Sendable {
    let name: String
    let parameters: [String]
    let conditions: Conjunctions?
    let block: Block
}

struct Block: Sendable {
    let lets: [String: Operand]
    let conjunctions: Conjunctions
}

/// What `let` gives a name, what a clause compares with, and what rules and functions are given.
indirect enum Operand: Sendable {
    case literal(Value)
    case query(Query)
    case call(FunctionCall)
}

struct FunctionCall: Sendable {
    let function: Function
    let arguments: [Operand]
}

indirect enum Clause: Sendable {
    case access(AccessClause)
    case rule(RuleReference)
    case call(RuleCall)
    case block(QueryBlock)
    case when(Conjunctions, Block)
    case type(TypeBlock)
}

/// `Properties.Size >= 10 <<message>>`.
struct AccessClause: Sendable {
    /// As it stands in the policy, without its message.
    let text: String
    let query: Query
    let comparator: Comparator
    /// Nil for the operators that look at one value.
    let operand: Operand?
    let message: String?
    /// A `not` before the query, as against one before the operator.
    let isNegated: Bool
    let place: Place
}

struct Comparator: Sendable {
    let operation: Operator
    /// `!=`, `not in`, `!exists`.
    let isNegated: Bool

    var text: String {
        switch (operation, isNegated) {
        case (.equal, true): "!="
        case (_, true): "not \(operation.rawValue)"
        case (_, false): operation.rawValue
        }
    }
}

enum Operator: String, Sendable {
    case equal = "=="
    case greater = ">"
    case greaterOrEqual = ">="
    case less = "<"
    case lessOrEqual = "<="
    case `in`
    case exists, empty
    case isString = "is_string"
    case isList = "is_list"
    case isStruct = "is_struct"
    case isBool = "is_bool"
    case isInt = "is_int"
    case isFloat = "is_float"
    case isNull = "is_null"

    var isUnary: Bool {
        switch self {
        case .equal, .greater, .greaterOrEqual, .less, .lessOrEqual, .in: false
        default: true
        }
    }
}

/// A rule by its name, as a clause.
struct RuleReference: Sendable {
    let name: String
    let isNegated: Bool
    let message: String?
    let place: Place
}

struct RuleCall: Sendable {
    let name: String
    let arguments: [Operand]
    let message: String?
    let place: Place
}

/// `Properties.Tags[*] { … }`: the block is decided for each value that the query selects.
struct QueryBlock: Sendable {
    let query: Query
    let requiresValues: Bool
    let block: Block
    let place: Place
}

/// `AWS::S3::Bucket when … { … }`.
struct TypeBlock: Sendable {
    let conditions: Conjunctions?
    let query: Query
    let block: Block
    let place: Place
}

struct Query: Sendable {
    let parts: [QueryPart]
    /// False after `some`: one fitting value is enough.
    let matchesAll: Bool
}

indirect enum QueryPart: Sendable {
    case this
    case key(Key)
    case variable(String)
    /// `.*`
    case allValues
    /// `[*]`, or `[name]`, which remembers the keys that it goes through.
    case allIndices(capture: String?)
    case index(Int)
    case filter(capture: String?, Conjunctions)
    /// `[ keys == /^aws/ ]`
    case keyFilter(Comparator, Operand)

    var variable: String? {
        if case .variable(let name) = self { return name }
        return nil
    }
}

/// A key of a query with all that it is looked for by, made ready when the policy is read.
struct Key: Sendable {
    let text: String
    /// Of a key that is a number, which is taken for an index.
    let position: Int?
    /// In the order in which they are tried.
    let spellings: [(casing: KeyCase, text: String)]

    init(_ text: String) {
        self.text = text
        position = Int32(text).map(Int.init)
        spellings = KeyCase.allCases.map { ($0, $0.convert(text)) }
    }
}

extension QueryPart {
    var text: String {
        switch self {
        case .this: "this"
        case .key(let key): key.text.utf8.allSatisfy { isNameByte($0) } ? ".\(key.text)" : ".\"\(key.text)\""
        case .variable(let name): "%\(name)"
        case .allValues: ".*"
        case .allIndices(let capture): "[\(capture ?? "*")]"
        case .index(let index): "[\(index)]"
        case .filter, .keyFilter: "[…]"
        }
    }
}

extension [QueryPart] {
    /// What is left of a query from `index` on.
    func text(from index: Int) -> String {
        let text = dropFirst(index).map(\.text).joined()
        return text.hasPrefix(".") ? String(text.dropFirst()) : text
    }
}
