/// The members of a JSON object in the order in which they were written.
///
/// Small objects are searched in place; larger ones keep an index, so that a hostile object with a million keys
/// still costs linear time.
public struct JSONObject: Sendable {
    public typealias Member = (name: String, value: JSON)

    public private(set) var members: [Member] = []
    private var index: [ExactText: Int]?

    /// From this many members on, look-ups go by the index.
    private static let indexedCount = 32

    public init() {}

    init(capacity: Int) { members.reserveCapacity(capacity) }

    /// Where a name stands twice, the last one wins, as AWS does it.
    public init(_ members: [(String, JSON)]) {
        self.members.reserveCapacity(members.count)
        for (name, value) in members { self[name] = value }
    }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }

    public subscript(name: String) -> JSON? {
        get { position(of: name).map { members[$0].value } }
        set {
            switch (position(of: name), newValue) {
            case (let position?, let value?): members[position].value = value
            case (nil, let value?): append(name, value)
            case (let position?, nil):
                members.remove(at: position)
                index = nil
                indexIfLarge()
            case (nil, nil): break
            }
        }
    }

    /// Adds a member whose name is known to be new.
    mutating func append(_ name: String, _ value: JSON) {
        members.append((name, value))
        if index != nil {
            index?[ExactText(name)] = members.count - 1
        } else {
            indexIfLarge()
        }
    }

    /// The value of a member that mostly stands at one place, as it does in another version of the same object.
    public func value(of name: String, expectedAt place: Int) -> JSON? {
        if place < members.count, ExactText(members[place].name) == ExactText(name) { return members[place].value }
        return self[name]
    }

    private func position(of name: String) -> Int? {
        let name = ExactText(name)
        if let index { return index[name] }
        return members.withUnsafeBufferPointer { members in
            for place in members.indices where ExactText(members[place].name) == name { return place }
            return nil
        }
    }

    private mutating func indexIfLarge() {
        guard members.count >= Self.indexedCount else { return }
        index = Dictionary(uniqueKeysWithValues: members.enumerated().map { (ExactText($1.name), $0) })
    }
}

extension JSONObject: Hashable {
    /// Two objects are equal when they hold the same members, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count
            && left.members.enumerated().allSatisfy { right.value(of: $1.name, expectedAt: $0) == $1.value }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(Set(members.map(\.name)))
    }
}

extension JSONObject: Sequence {
    public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}
