/// The clauses of a pattern set, each once however many rules have it.
struct ClauseIndex: Sendable {
    struct Field: Sendable {
        /// A root in the automaton by kind of value, or -1.
        var roots = Roots()
        /// The clause that holds where the field is there, or -1.
        var presence: Int32 = -1
        let place: Int32
        var uses: Int32 = 0
    }

    /// A root for each kind of value.
    struct Roots: Sendable {
        private var roots = SIMD8<Int32>(repeating: -1)

        @inline(__always)
        subscript(kind: ValuePattern.Kind) -> Int32 {
            get { roots[kind.rawValue] }
            set { roots[kind.rawValue] = newValue }
        }
    }

    struct Clause: Sendable {
        let field: Int32
        /// Its units; the first is the one that holds where it is found, if there is such a one.
        var firstUnit: Int32 = -1
        /// Holds wherever the field is.
        var acceptsAny = false
        /// Holds where the field is missing.
        var acceptsNone = false
        /// Holds exactly when its one unit was found, so that nobody needs to ask.
        var isFound = false
        var uses: Int32 = 0
    }

    /// What the automaton finds: that something of a clause holds, or that its `anything-but` does not.
    struct Unit: Sendable {
        let clause: Int32
        let isNegative: Bool
        /// The clause's next one.
        let next: Int32
    }

    private struct Key: Hashable, Sendable {
        let path: [[UInt8]]
        let text: [UInt8]
    }

    private(set) var places = FieldIndex()
    private(set) var automaton = ValueAutomaton()
    private(set) var fields = Pool<Field>()
    private(set) var clauses = Pool<Clause>()
    private(set) var units = Pool<Unit>()
    private var clausesByKey: [Key: Int32] = [:]
    private var fieldsByPath: [[[UInt8]]: Int32] = [:]

    // MARK: Clauses

    mutating func add(_ clause: Pattern.Clause) -> Int32 {
        let key = Key(path: clause.path, text: Array(clause.text.utf8))
        if let known = clausesByKey[key] {
            clauses[known].uses += 1
            return known
        }
        let field = useField(clause.path)
        let number = clauses.add(Clause(field: field, uses: 1))
        clausesByKey[key] = number
        fillIn(number, clause)
        return number
    }

    mutating func remove(_ clause: Pattern.Clause) {
        let key = Key(path: clause.path, text: Array(clause.text.utf8))
        guard let number = clausesByKey[key] else { return }
        clauses[number].uses -= 1
        guard clauses[number].uses == 0 else { return }
        clausesByKey[key] = nil
        let field = clauses[number].field
        var unit = clauses[number].firstUnit
        for matchers in Self.units(of: clause).map(\.matchers) {
            let next = units[unit].next
            for pattern in matchers.flatMap(ValuePattern.of) { removePattern(pattern, unit, field) }
            units.remove(unit)
            unit = next
        }
        clauses.remove(number)
        releaseField(field, clause.path)
    }

    private mutating func fillIn(_ number: Int32, _ clause: Pattern.Clause) {
        let field = clauses[number].field
        let parts = Self.units(of: clause)
        for part in parts.reversed() {
            let unit = units.add(
                Unit(clause: number, isNegative: part.isNegative, next: clauses[number].firstUnit))
            clauses[number].firstUnit = unit
            for pattern in part.matchers.flatMap(ValuePattern.of) { addPattern(pattern, unit, field) }
        }
        for case .exists(let wanted) in clause.matchers {
            if wanted { clauses[number].acceptsAny = true } else { clauses[number].acceptsNone = true }
        }
        clauses[number].isFound =
            !clauses[number].acceptsAny && !clauses[number].acceptsNone && parts.allSatisfy { !$0.isNegative }
    }

    /// All that is looked for together, and then each `anything-but`.
    private static func units(of clause: Pattern.Clause) -> [(isNegative: Bool, matchers: [Matcher])] {
        var found: [Matcher] = []
        var units: [(isNegative: Bool, matchers: [Matcher])] = []
        for matcher in clause.matchers {
            switch matcher {
            case .exists: break
            case .anythingBut(let others): units.append((true, others))
            default: found.append(matcher)
            }
        }
        if !found.isEmpty { units.insert((false, found), at: 0) }
        return units
    }

    private mutating func addPattern(_ pattern: ValuePattern, _ unit: Int32, _ field: Int32) {
        if fields[field].roots[pattern.kind] < 0 { fields[field].roots[pattern.kind] = automaton.addRoot() }
        automaton.add(unit, pattern.parts, under: fields[field].roots[pattern.kind])
    }

    private mutating func removePattern(_ pattern: ValuePattern, _ unit: Int32, _ field: Int32) {
        let root = fields[field].roots[pattern.kind]
        automaton.remove(unit, pattern.parts, under: root)
        guard automaton.isEmpty(root) else { return }
        automaton.removeRoot(root)
        fields[field].roots[pattern.kind] = -1
    }

    // MARK: Fields

    /// The clause that the clause's field is there, which is found like any other.
    mutating func addPresence(of clause: Int32) -> Int32 {
        let field = clauses[clause].field
        if fields[field].presence < 0 {
            fields[field].presence = clauses.add(Clause(field: field, acceptsAny: true, isFound: true))
        }
        clauses[fields[field].presence].uses += 1
        return fields[field].presence
    }

    mutating func removePresence(_ presence: Int32) {
        clauses[presence].uses -= 1
        guard clauses[presence].uses == 0 else { return }
        fields[clauses[presence].field].presence = -1
        clauses.remove(presence)
    }

    private mutating func useField(_ path: [[UInt8]]) -> Int32 {
        if let known = fieldsByPath[path] {
            fields[known].uses += 1
            return known
        }
        let place = places.add(path)
        let field = fields.add(Field(place: place, uses: 1))
        places.setField(field, at: place)
        fieldsByPath[path] = field
        return field
    }

    private mutating func releaseField(_ field: Int32, _ path: [[UInt8]]) {
        fields[field].uses -= 1
        guard fields[field].uses == 0 else { return }
        places.setField(-1, at: fields[field].place)
        places.remove(path)
        fieldsByPath[path] = nil
        fields.remove(field)
    }
}
