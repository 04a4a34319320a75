/// The clauses of all rules as one tree: a way from the root to a rule has all the clauses of one of its alternatives. Rules
/// that share their first clauses share their way, and only ways whose clauses hold are walked.
struct RuleTree: Sendable {
    struct Node: Sendable {
        let parent: Int32
        /// The last clause of the way.
        let clause: Int32
        /// How many alternatives pass.
        var uses: Int32 = 0
        /// Those children whose clauses are found by what an event has, and those that must be asked.
        var found = Children()
        var asked = Children()
        /// The alternatives that end here.
        var alternatives: Int32 = -1
        var next: Int32 = -1
        var previous: Int32 = -1
    }

    struct Children: Sendable {
        var first: Int32 = -1
        var count: Int32 = 0
    }

    static let root: Int32 = 0

    private(set) var nodes = Pool<Node>()
    private(set) var lists = ListPool()
    private var children = IndexTable()

    init() { _ = nodes.add(Node(parent: -1, clause: -1)) }

    /// The child by a clause, or -1.
    @inline(__always)
    func child(_ node: Int32, _ clause: Int32) -> Int32 { children.find(IndexTable.key(node, clause)) }

    mutating func add(_ alternative: Int32, found: [Int32], asked: [Int32]) {
        var node = Self.root
        for clause in found { node = step(node, clause, \.found) }
        for clause in asked { node = step(node, clause, \.asked) }
        lists.add(alternative, to: &nodes[node].alternatives)
    }

    /// Undoes an `add` of the same.
    mutating func remove(_ alternative: Int32, found: [Int32], asked: [Int32]) {
        var node = Self.root
        for clause in found + asked { node = child(node, clause) }
        lists.remove(alternative, from: &nodes[node].alternatives)
        for place in (0..<(found.count + asked.count)).reversed() {
            let parent = nodes[node].parent
            nodes[node].uses -= 1
            if nodes[node].uses == 0 { removeChild(node, place < found.count ? \.found : \.asked) }
            node = parent
        }
    }

    private mutating func step(_ node: Int32, _ clause: Int32, _ kind: WritableKeyPath<Node, Children>) -> Int32 {
        var next = child(node, clause)
        if next < 0 {
            let first = nodes[node][keyPath: kind].first
            next = nodes.add(Node(parent: node, clause: clause, next: first))
            if first >= 0 { nodes[first].previous = next }
            nodes[node][keyPath: kind].first = next
            nodes[node][keyPath: kind].count += 1
            children.set(IndexTable.key(node, clause), next)
        }
        nodes[next].uses += 1
        return next
    }

    private mutating func removeChild(_ child: Int32, _ kind: WritableKeyPath<Node, Children>) {
        let (parent, previous, next) = (nodes[child].parent, nodes[child].previous, nodes[child].next)
        if previous >= 0 { nodes[previous].next = next } else { nodes[parent][keyPath: kind].first = next }
        if next >= 0 { nodes[next].previous = previous }
        nodes[parent][keyPath: kind].count -= 1
        children.remove(IndexTable.key(parent, nodes[child].clause))
        nodes.remove(child)
    }
}
