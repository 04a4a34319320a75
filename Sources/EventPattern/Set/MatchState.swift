/// What is known of one event while it is matched. The memory is used again for the next one; marks count as set when they
/// have the event's number, so that nothing needs to be cleared.
struct MatchState {
    struct FieldState {
        var event: UInt32 = 0
        /// How many values there are.
        var count: Int32 = 0
        /// How many of them lie in no element of an array.
        var rootCount: Int32 = 0
        var first: Int32 = -1
        var last: Int32 = -1
    }

    struct UnitState {
        var event: UInt32 = 0
        /// For how many values the unit was found.
        var count: Int32 = 0
        var lastHit: Int32 = -1
    }

    /// A value of a field.
    struct Occurrence {
        let element: Int32
        /// The field's next one.
        var next: Int32
    }

    /// A unit that was found for a value.
    struct Hit {
        let occurrence: Int32
        /// The unit's one before.
        let previous: Int32
    }

    private(set) var event: UInt32 = 0
    private(set) var fields: [FieldState] = []
    private(set) var units: [UnitState] = []
    private(set) var occurrences: [Occurrence] = []
    private(set) var hits: [Hit] = []
    private var foundClauses: [UInt32] = []
    /// Clauses that hold without being asked.
    private(set) var found: [Int32] = []
    private var matchedRules: [UInt32] = []
    private(set) var matched: [Int32] = []
    var elements = ElementTree()

    var walk = ValueWalk()
    var unescaped: [UInt8] = []
    var folded: [UInt8] = []
    var digits: [UInt8] = []

    var correlation = Correlation()
    var fitting: [Int32] = []
    var present: [Int32] = []
    /// Marks of values; they are set when they have the round's number.
    var good: [UInt64] = []
    var bad: [UInt64] = []
    private var round: UInt64 = 0

    mutating func begin(_ index: borrowing PatternIndex) {
        if event == .max {
            // Old marks would become valid again.
            self = MatchState()
        }
        event += 1
        Self.fit(&fields, index.clauses.fields.capacity, FieldState())
        Self.fit(&units, index.clauses.units.capacity, UnitState())
        Self.fit(&foundClauses, index.clauses.clauses.capacity, 0)
        Self.fit(&matchedRules, index.ruleCapacity, 0)
        occurrences.removeAll(keepingCapacity: true)
        hits.removeAll(keepingCapacity: true)
        found.removeAll(keepingCapacity: true)
        matched.removeAll(keepingCapacity: true)
        elements.reset()
    }

    private static func fit<Item>(_ items: inout [Item], _ count: Int, _ item: Item) {
        if items.count < count { items.append(contentsOf: repeatElement(item, count: count - items.count)) }
    }

    // MARK: Rules and clauses

    @inline(__always)
    func isFound(_ clause: Int32) -> Bool { foundClauses[Int(clause)] == event }

    @inline(__always)
    mutating func find(_ clause: Int32) {
        guard foundClauses[Int(clause)] != event else { return }
        foundClauses[Int(clause)] = event
        found.append(clause)
    }

    func isMatched(_ rule: Int32) -> Bool { matchedRules[Int(rule)] == event }

    mutating func match(_ rule: Int32) {
        guard !isMatched(rule) else { return }
        matchedRules[Int(rule)] = event
        matched.append(rule)
    }

    // MARK: Values

    /// Notes that the field has a value. The answer is whether it is the first.
    @inline(__always)
    mutating func add(_ field: Int32, _ element: Int32) -> Bool {
        let number = Int32(truncatingIfNeeded: occurrences.count)
        occurrences.append(Occurrence(element: element, next: -1))
        let place = Int(field)
        let isFirst = fields[place].event != event
        if isFirst {
            fields[place] = FieldState(event: event, first: number)
        } else {
            occurrences[Int(fields[place].last)].next = number
        }
        fields[place].last = number
        fields[place].count += 1
        if element == 0 { fields[place].rootCount += 1 }
        return isFirst
    }

    /// Notes that a unit was found for the last value.
    @inline(__always)
    mutating func hit(_ unit: Int32) {
        let occurrence = Int32(truncatingIfNeeded: occurrences.count - 1)
        let place = Int(unit)
        if units[place].event != event {
            units[place] = UnitState(event: event)
        } else if hits[Int(units[place].lastHit)].occurrence == occurrence {
            return
        }
        hits.append(Hit(occurrence: occurrence, previous: units[place].lastHit))
        units[place].lastHit = Int32(truncatingIfNeeded: hits.count - 1)
        units[place].count += 1
    }

    @inline(__always)
    func fieldState(_ field: Int32) -> FieldState {
        let state = fields[Int(field)]
        return state.event == event ? state : FieldState()
    }

    @inline(__always)
    func unitState(_ unit: Int32) -> UnitState {
        let state = units[Int(unit)]
        return state.event == event ? state : UnitState()
    }

    // MARK: Marks

    mutating func beginRound() -> UInt64 {
        Self.fit(&good, occurrences.count, 0)
        Self.fit(&bad, occurrences.count, 0)
        round += 1
        return round
    }
}
