/// Finds a value for each clause such that no two come from different elements of one array.
///
/// The clauses are tried one after the other in the order of their names, each with the values that are left to it by those
/// before. A field counts as missing when none of its values is left, which is what makes the order matter. (event-ruler does
/// the same with its ArrayMembership.) Where a clause has nothing left, the search goes back to the last one that took
/// something away from it, so that it costs little more than there are values.
struct Correlation {
    private struct Clause {
        /// Where the elements with fitting values are in `elements`.
        let fitting: Range<Int>
        /// Where all elements that have the field are; only for clauses that a missing field satisfies.
        let present: Range<Int>?
    }

    /// In ascending order for each clause.
    private var elements: [Int32] = []
    private var clauses: [Clause] = []
    /// The element that is chosen of an array, or -1, and the clause that chose it.
    private var chosen: [Int32] = []
    private var choosers: [Int] = []
    private var chosenArrays: [Int32] = []
    private var stepsLeft = 0

    /// So many steps are taken at most; who needs more does not match.
    private static let stepLimit = 500_000

    mutating func reset() {
        elements.removeAll(keepingCapacity: true)
        clauses.removeAll(keepingCapacity: true)
    }

    /// Clauses are added in the order of their names.
    mutating func addClause(fitting: some Sequence<Int32>, present: (some Sequence<Int32>)?) {
        let fitting = add(fitting)
        let present = present.map { add($0) }
        clauses.append(Clause(fitting: fitting, present: present))
    }

    private mutating func add(_ some: some Sequence<Int32>) -> Range<Int> {
        let start = elements.count
        var isSorted = true
        for element in some {
            // What lies in the array itself may come after what lies in its elements.
            if elements.count > start, element < elements[elements.count - 1] { isSorted = false }
            elements.append(element)
        }
        if !isSorted { elements[start...].sort() }
        return start..<elements.count
    }

    mutating func succeeds(in tree: borrowing ElementTree) -> Bool {
        chosen.removeAll(keepingCapacity: true)
        chosen.append(contentsOf: repeatElement(-1, count: tree.arrayEnds.count))
        choosers.removeAll(keepingCapacity: true)
        choosers.append(contentsOf: repeatElement(0, count: tree.arrayEnds.count))
        chosenArrays.removeAll(keepingCapacity: true)
        stepsLeft = Self.stepLimit
        return search(0, tree) == nil
    }

    /// nil where all clauses from this one on are satisfied; otherwise a bit for each earlier clause that is to blame.
    private mutating func search(_ number: Int, _ tree: borrowing ElementTree) -> UInt64? {
        guard number < clauses.count else { return nil }
        let clause = clauses[number]
        let own = Self.bit(number)
        var blamed: UInt64 = 0
        var place = clause.fitting.lowerBound
        while let found = next(place..<clause.fitting.upperBound, tree, &blamed) {
            let count = chosenArrays.count
            choose(elements[found], number, tree)
            let result = search(number + 1, tree)
            undo(to: count)
            guard let result else { return nil }
            if result & own == 0 || stepsLeft <= 0 { return result }
            blamed |= number < Self.sharedBit ? result & ~own : result
            place = found + 1
        }
        if let present = clause.present {
            var ignored: UInt64 = 0
            let remaining = next(present, tree, &ignored)
            if stepsLeft <= 0 { return blamed }
            if remaining == nil {
                guard let result = search(number + 1, tree) else { return nil }
                blamed |= result
            } else {
                blamed |= number < Self.sharedBit ? own - 1 : .max
            }
        }
        return blamed
    }

    /// Clauses from this number on share one bit.
    private static let sharedBit = 63

    private static func bit(_ number: Int) -> UInt64 { 1 << UInt64(min(number, sharedBit)) }

    /// The first element in the range that contradicts no choice. It blames the choices that were contradicted.
    private mutating func next(_ range: Range<Int>, _ tree: borrowing ElementTree, _ blamed: inout UInt64) -> Int? {
        var place = range.lowerBound
        while place < range.upperBound {
            stepsLeft -= 1
            if stepsLeft <= 0 { return nil }
            var conflict: Int32 = 0
            var element = elements[place]
            while element != 0 {
                let choice = chosen[Int(tree.arrays[Int(element)])]
                if choice >= 0, choice != element { conflict = element }
                element = tree.parents[Int(element)]
            }
            if conflict == 0 { return place }
            let array = Int(tree.arrays[Int(conflict)])
            blamed |= Self.bit(choosers[array])
            // Nothing before the chosen element of this array can do, nor anything between it and the array's end.
            let target = conflict < chosen[array] ? chosen[array] : tree.arrayEnds[array] + 1
            place = firstPlace(place + 1..<range.upperBound, atLeast: target)
        }
        return nil
    }

    private func firstPlace(_ range: Range<Int>, atLeast target: Int32) -> Int {
        var range = range
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = elements[middle] < target ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }

    private mutating func choose(_ element: Int32, _ number: Int, _ tree: borrowing ElementTree) {
        var element = element
        while element != 0 {
            let array = tree.arrays[Int(element)]
            if chosen[Int(array)] < 0 {
                chosen[Int(array)] = element
                choosers[Int(array)] = number
                chosenArrays.append(array)
            }
            element = tree.parents[Int(element)]
        }
    }

    private mutating func undo(to count: Int) {
        while chosenArrays.count > count { chosen[Int(chosenArrays.removeLast())] = -1 }
    }
}
