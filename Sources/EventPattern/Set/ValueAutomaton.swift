/// All that the fields of a pattern set are compared with, as one automaton over the bytes of values.
///
/// Patterns that begin alike share their nodes; a star is a node that stays active once it is reached. Texts, numbers and
/// addresses are all written as patterns of bytes (see `ValuePattern`), each kind under a root of its own, so that a value of
/// ten bytes takes ten steps however many patterns there are. (The structure is that of event-ruler's ByteMachine and of
/// Quamina, https://github.com/timbray/quamina.)
struct ValueAutomaton: Sendable {
    struct Node: Sendable {
        let parent: Int32
        /// What leads here from the parent; `star` for a node that keeps itself active.
        let byte: Int32
        /// The innermost star around this node, or -1.
        let outerStar: Int32
        /// How many patterns pass.
        var uses: Int32 = 0
        var star: Int32 = -1
        /// The first child stands here, the others in the table: most nodes have one.
        var childByte: Int32 = -1
        var child: Int32 = -1
        var childCount: Int32 = 0
        /// What matches where the value ends here.
        var ends: Int32 = -1
        /// What matches whatever follows.
        var passes: Int32 = -1
    }

    static let star: Int32 = 256

    private(set) var nodes = Pool<Node>()
    private var children = IndexTable()
    private(set) var lists = ListPool()

    // MARK: Building

    mutating func addRoot() -> Int32 { nodes.add(Node(parent: -1, byte: -1, outerStar: -1)) }

    func isEmpty(_ root: Int32) -> Bool {
        let root = nodes[root]
        return root.childCount == 0 && root.star < 0 && root.ends < 0 && root.passes < 0
    }

    mutating func removeRoot(_ root: Int32) { nodes.remove(root) }

    /// - Parameter parts: what stands between the stars, as in `TextPattern`.
    mutating func add(_ unit: Int32, _ parts: [[UInt8]], under root: Int32) {
        let (node, passes) = walk(parts, from: root) { automaton, node, byte in
            let next = automaton.existing(node, byte) ?? automaton.addChild(node, byte)
            automaton.nodes[next].uses += 1
            return next
        }
        if passes { lists.add(unit, to: &nodes[node].passes) } else { lists.add(unit, to: &nodes[node].ends) }
    }

    /// Undoes an `add` of the same.
    mutating func remove(_ unit: Int32, _ parts: [[UInt8]], under root: Int32) {
        var (node, passes) = walk(parts, from: root) { automaton, node, byte in automaton.existing(node, byte) ?? node }
        if passes { lists.remove(unit, from: &nodes[node].passes) } else { lists.remove(unit, from: &nodes[node].ends) }
        while node != root {
            let parent = nodes[node].parent
            nodes[node].uses -= 1
            if nodes[node].uses == 0 { removeChild(node) }
            node = parent
        }
    }

    /// The last node of a pattern, and whether the pattern ends with a star.
    private mutating func walk(
        _ parts: [[UInt8]], from root: Int32, step: (inout ValueAutomaton, Int32, Int32) -> Int32
    ) -> (node: Int32, passes: Bool) {
        var node = root
        for (place, part) in parts.enumerated() {
            if place > 0 {
                if place == parts.count - 1, part.isEmpty { return (node, true) }
                node = step(&self, node, Self.star)
            }
            for byte in part { node = step(&self, node, Int32(byte)) }
        }
        return (node, false)
    }

    private func existing(_ node: Int32, _ byte: Int32) -> Int32? {
        let next = byte == Self.star ? nodes[node].star : child(node, byte)
        return next < 0 ? nil : next
    }

    private mutating func addChild(_ node: Int32, _ byte: Int32) -> Int32 {
        let outer = nodes[node].byte == Self.star ? node : nodes[node].outerStar
        let next = nodes.add(Node(parent: node, byte: byte, outerStar: outer))
        if byte == Self.star {
            nodes[node].star = next
            return next
        }
        if nodes[node].child < 0 {
            nodes[node].child = next
            nodes[node].childByte = byte
        } else {
            children.set(IndexTable.key(node, byte), next)
        }
        nodes[node].childCount += 1
        return next
    }

    private mutating func removeChild(_ child: Int32) {
        let (node, byte) = (nodes[child].parent, nodes[child].byte)
        if byte == Self.star {
            nodes[node].star = -1
        } else {
            if nodes[node].child == child {
                nodes[node].child = -1
                nodes[node].childByte = -1
            } else {
                children.remove(IndexTable.key(node, byte))
            }
            nodes[node].childCount -= 1
        }
        nodes.remove(child)
    }

    // MARK: Walking

    /// Where the byte leads, or -1.
    @inline(__always)
    func child(_ node: Int32, _ byte: Int32) -> Int32 {
        let record = nodes[node]
        if record.childByte == byte { return record.child }
        if record.childCount == (record.child < 0 ? 0 : 1) { return -1 }
        return children.find(IndexTable.key(node, byte))
    }
}
