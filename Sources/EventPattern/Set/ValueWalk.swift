/// One value's way through the automaton. The memory is used again for the next one.
struct ValueWalk {
    /// The lists of what matches.
    private(set) var matched: [Int32] = []
    /// Nodes that the bytes so far lead to.
    private var current: [Int32] = []
    private var next: [Int32] = []
    /// Stars that were reached.
    private var stars: [Int32] = []
    /// In which walk a star was reached last.
    private var starWalks: [UInt32] = []
    private var walk: UInt32 = 0

    /// Fills `matched`.
    mutating func run(
        _ automaton: borrowing ValueAutomaton, from root: Int32, _ bytes: UnsafeBufferPointer<UInt8>
    ) {
        matched.removeAll(keepingCapacity: true)
        var node = root
        var place = 0
        // As long as there is no star, there is one way.
        while true {
            let record = automaton.nodes[node]
            if record.passes >= 0 { matched.append(record.passes) }
            if record.star >= 0 { break }
            if place == bytes.count {
                if record.ends >= 0 { matched.append(record.ends) }
                return
            }
            node = automaton.child(node, Int32(bytes[place]))
            if node < 0 { return }
            place += 1
        }
        begin(automaton, at: node)
        while place < bytes.count {
            let byte = Int32(bytes[place])
            place += 1
            next.removeAll(keepingCapacity: true)
            for node in current {
                let child = automaton.child(node, byte)
                if child >= 0 { next.append(child) }
            }
            for star in stars {
                let child = automaton.child(star, byte)
                if child >= 0 { next.append(child) }
            }
            for node in next {
                let record = automaton.nodes[node]
                if record.passes >= 0 { matched.append(record.passes) }
                if record.star >= 0 { reach(record.star, automaton) }
            }
            swap(&current, &next)
        }
        for node in current {
            let ends = automaton.nodes[node].ends
            if ends >= 0 { matched.append(ends) }
        }
    }

    private mutating func begin(_ automaton: borrowing ValueAutomaton, at node: Int32) {
        if starWalks.count < automaton.nodes.capacity {
            starWalks.append(contentsOf: repeatElement(0, count: automaton.nodes.capacity - starWalks.count))
        }
        walk &+= 1
        if walk == 0 {
            for place in starWalks.indices { starWalks[place] = 0 }
            walk = 1
        }
        stars.removeAll(keepingCapacity: true)
        current.removeAll(keepingCapacity: true)
        current.append(node)
        reach(automaton.nodes[node].star, automaton)
    }

    private mutating func reach(_ star: Int32, _ automaton: borrowing ValueAutomaton) {
        guard starWalks[Int(star)] != walk else { return }
        starWalks[Int(star)] = walk
        stars.append(star)
        // The star before may rest when all its patterns have come as far as this one: what they have left to find, they
        // can find from here. So a text costs no more than its length for each pattern, however many stars that has.
        let outer = automaton.nodes[star].outerStar
        if outer >= 0, automaton.nodes[outer].uses == automaton.nodes[star].uses,
            let place = stars.firstIndex(of: outer)
        {
            stars.swapAt(place, stars.count - 1)
            stars.removeLast()
        }
    }
}
