/// The names on the way to the fields that some rule asks about. All others are skipped in an event unread.
struct FieldIndex: Sendable {
    struct Place: Sendable {
        /// The field that lies here, or -1.
        var field: Int32 = -1
        /// How many fields lie here or below.
        var uses: Int32 = 0
        var childCount: Int32 = 0
        /// A bit for each length of a child's name that there ever was.
        var lengths: UInt64 = 0

        @inline(__always)
        func mayHaveChild(_ length: Int) -> Bool { lengths & FieldIndex.lengthBit(length) != 0 }
    }

    private struct Name: Sendable {
        let bytes: [UInt8]
        let hash: UInt64
        /// The next of the names with the same hash.
        var next: Int32
        var uses: Int32 = 0

        func isEqual(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
            guard bytes.count == name.count else { return false }
            for place in bytes.indices where bytes[place] != name[place] { return false }
            return true
        }
    }

    static let root: Int32 = 0

    private(set) var places = Pool<Place>()
    private var children = IndexTable()
    private var names = Pool<Name>()
    private var namesByHash = IndexTable()

    init() { _ = places.add(Place()) }

    private static func lengthBit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }

    // MARK: Reading

    /// The place below, or -1.
    @inline(__always)
    func child(_ place: Int32, _ name: UnsafeBufferPointer<UInt8>) -> Int32 {
        guard places[place].mayHaveChild(name.count) else { return -1 }
        let number = self.number(of: name)
        return number < 0 ? -1 : children.find(IndexTable.key(place, number))
    }

    /// The place below by a name with dots, each of which is a step.
    func child(_ place: Int32, dotted name: UnsafeBufferPointer<UInt8>) -> Int32 {
        var place = place
        for step in name.split(separator: FieldTree.dot, omittingEmptySubsequences: false) {
            place = child(place, UnsafeBufferPointer(rebasing: step))
            if place < 0 { break }
        }
        return place
    }

    private func number(of name: UnsafeBufferPointer<UInt8>) -> Int32 {
        var number = namesByHash.find(Self.hash(name))
        while number >= 0, !names[number].isEqual(name) { number = names[number].next }
        return number
    }

    /// Takes eight bytes at a time. The highest bit is off, so that it is a key of a table.
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: name.count)
        var place = 0
        while place < name.count {
            var word: UInt64 = 0
            let end = min(place + 8, name.count)
            while place < end {
                word = word << 8 | UInt64(name[place])
                place += 1
            }
            let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            hash = product.high ^ product.low
        }
        return hash >> 1
    }

    // MARK: Building

    /// The place at the end of the path. Every `add` needs a `remove`.
    mutating func add(_ path: [[UInt8]]) -> Int32 {
        var place = Self.root
        for step in path {
            let name = addName(step)
            let key = IndexTable.key(place, name)
            var next = children.find(key)
            if next < 0 {
                next = places.add(Place())
                children.set(key, next)
                places[place].childCount += 1
                places[place].lengths |= Self.lengthBit(step.count)
            }
            place = next
            places[place].uses += 1
        }
        return place
    }

    mutating func setField(_ field: Int32, at place: Int32) { places[place].field = field }

    mutating func remove(_ path: [[UInt8]]) {
        var place = Self.root
        for step in path {
            let name = step.withUnsafeBufferPointer { self.number(of: $0) }
            let key = IndexTable.key(place, name)
            let next = children.find(key)
            guard name >= 0, next >= 0 else { return }
            places[next].uses -= 1
            if places[next].uses == 0 {
                children.remove(key)
                places[place].childCount -= 1
                // Its own children go on the next turns.
                places.remove(next)
            }
            removeName(name)
            place = next
        }
    }

    private mutating func addName(_ bytes: [UInt8]) -> Int32 {
        let known = bytes.withUnsafeBufferPointer { self.number(of: $0) }
        if known >= 0 {
            names[known].uses += 1
            return known
        }
        let hash = bytes.withUnsafeBufferPointer { Self.hash($0) }
        let number = names.add(Name(bytes: bytes, hash: hash, next: namesByHash.find(hash), uses: 1))
        namesByHash.set(hash, number)
        return number
    }

    private mutating func removeName(_ number: Int32) {
        names[number].uses -= 1
        guard names[number].uses == 0 else { return }
        let (hash, next) = (names[number].hash, names[number].next)
        let first = namesByHash.find(hash)
        if first == number {
            if next < 0 { namesByHash.remove(hash) } else { namesByHash.set(hash, next) }
        } else {
            var before = first
            while names[before].next != number { before = names[before].next }
            names[before].next = next
        }
        names.remove(number)
    }
}
