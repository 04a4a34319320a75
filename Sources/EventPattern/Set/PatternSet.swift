import Synchronization

/// Many patterns as one: which of them match an event is found in one reading of its text, at a cost that depends on the
/// event and on what matches, not on how many patterns there are.
///
/// ```swift
/// var rules = PatternSet<String>()
/// rules.add(try Pattern(#"{"source":["aws.ec2"]}"#, dialect: .eventBridge), id: "ec2")
/// rules.matches(Array(#"{"source":"aws.ec2","detail":{"state":"running"}}"#.utf8))    // ["ec2"]
/// ```
///
/// The text must be JSON whose names are unique, as `JSON.bytes()` writes it; only the fields that some pattern asks about are
/// read of it, the rest is skipped. What is no JSON object matches nothing.
public struct PatternSet<ID: Hashable & Sendable>: Sendable {
    private struct Rule: Sendable {
        let id: ID
        let pattern: Pattern
        let alternatives: [Int32]
    }

    private var index = PatternIndex()
    private var rules = Pool<Rule>()
    private var numbers: [ID: Int32] = [:]
    private let memory = MatchMemory()

    public init() {}

    public var count: Int { numbers.count }
    public var isEmpty: Bool { numbers.isEmpty }

    /// Adds a pattern, in place of the one with the same id.
    public mutating func add(_ pattern: Pattern, id: ID) {
        remove(id)
        // The number must be known before the pattern is compiled under it.
        let number = rules.add(Rule(id: id, pattern: pattern, alternatives: []))
        rules[number] = Rule(id: id, pattern: pattern, alternatives: index.add(pattern, rule: number))
        numbers[id] = number
    }

    public mutating func remove(_ id: ID) {
        guard let number = numbers.removeValue(forKey: id) else { return }
        index.remove(rules[number].pattern, rules[number].alternatives)
        rules.remove(number)
    }

    /// Who matches, in no particular order.
    public func matches(_ event: [UInt8]) -> [ID] { event.withUnsafeBufferPointer { matches($0) } }

    /// Who matches, in no particular order.
    public func matches(_ event: UnsafeBufferPointer<UInt8>) -> [ID] {
        var state = memory.take()
        defer { memory.give(state) }
        state.begin(index)
        guard index.read(event, &state) else { return [] }
        index.matchRules(&state)
        return state.matched.map { rules[$0].id }
    }
}

/// Memory for matching that is used again and again; each thread that matches at the same time has its own.
private final class MatchMemory: Sendable {
    private let unused = Mutex<[MatchState]>([])

    func take() -> MatchState { unused.withLock { $0.popLast() } ?? MatchState() }

    func give(_ state: MatchState) { unused.withLock { $0.append(state) } }
}
