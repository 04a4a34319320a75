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
    public func matches(_ event: [UInt8]) -> [ID] { ids(of: memory.match(event, index)) }

    /// Who matches, in no particular order.
    public func matches(_ event: UnsafeBufferPointer<UInt8>) -> [ID] { ids(of: memory.match(event, index)) }

    private func ids(of numbers: [Int32]) -> [ID] {
        guard !numbers.isEmpty else { return [] }
        var matching: [ID] = []
        matching.reserveCapacity(numbers.count)
        for number in numbers { matching.append(ids[Int(number)]) }
        return matching
    }
}

/// Memory for matching that is used again and again. What is done in it knows nothing of the kind of ids, so that it is
/// compiled once, for itself.
private final class MatchMemory: Sendable {
    private let state = Mutex(MatchState())

    func match(_ event: [UInt8], _ index: borrowing PatternIndex) -> [Int32] {
        event.withUnsafeBufferPointer { match($0, index) }
    }

    /// The numbers of the rules that match.
    func match(_ event: UnsafeBufferPointer<UInt8>, _ index: borrowing PatternIndex) -> [Int32] {
        // Where another thread is using the memory, some of our own will do.
        if let matched = state.withLockIfAvailable({ Self.match(event, index, &$0) }) { return matched }
        var state = MatchState()
        return Self.match(event, index, &state)
    }

    private static func match(
        _ event: UnsafeBufferPointer<UInt8>, _ index: borrowing PatternIndex, _ state: inout MatchState
    ) -> [Int32] {
        state.begin(index)
        guard index.read(event, &state) else { return [] }
        index.matchRules(&state)
        return state.matched
    }
}
