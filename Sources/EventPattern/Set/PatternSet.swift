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
        let pattern: Pattern
        let alternatives: [Int32]
    }

    private var index = PatternIndex()
    private var rules = Pool<Rule>()
    /// By the rules' numbers.
    private var ids: [ID] = []
    private var numbers: [ID: Int32] = [:]
    private let memory = MatchMemory()

    public init() {}

    public var count: Int { numbers.count }
    public var isEmpty: Bool { numbers.isEmpty }

    /// Adds a pattern, in place of the one with the same id.
    public mutating func add(_ pattern: Pattern, id: ID) {
        remove(id)
        // The number must be known before the pattern is compiled under it.
        let number = rules.add(Rule(pattern: pattern, alternatives: []))
        rules[number] = Rule(pattern: pattern, alternatives: index.add(pattern, rule: number))
        if ids.count == number { ids.append(id) } else { ids[Int(number)] = id }
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
        // Where another thread is using the memory, some of our own will do.
        if let matched = memory.state.withLockIfAvailable({ match(event, &$0) }) { return matched }
        var state = MatchState()
        return match(event, &state)
    }

    private func match(_ event: UnsafeBufferPointer<UInt8>, _ state: inout MatchState) -> [ID] {
        state.begin(index)
        guard index.read(event, &state) else { return [] }
        index.matchRules(&state)
        return state.matched.map { ids[Int($0)] }
    }
}

/// Memory for matching that is used again and again.
private final class MatchMemory: Sendable {
    let state = Mutex(MatchState())
}
