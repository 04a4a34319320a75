/// Records by number, whose numbers are given again after they were freed.
struct Pool<Record: Sendable>: Sendable {
    private(set) var records: [Record] = []
    private var free: [Int32] = []

    var capacity: Int { records.count }

    @inline(__always)
    subscript(number: Int32) -> Record {
        get { records[Int(number)] }
        set { records[Int(number)] = newValue }
    }

    mutating func add(_ record: Record) -> Int32 {
        if let number = free.popLast() {
            records[Int(number)] = record
            return number
        }
        records.append(record)
        return Int32(records.count - 1)
    }

    mutating func remove(_ number: Int32) { free.append(number) }
}

/// Linked lists of numbers, each named by its first link; -1 is the empty one.
struct ListPool: Sendable {
    struct Link: Sendable {
        let value: Int32
        var next: Int32
    }

    private(set) var links = Pool<Link>()

    mutating func add(_ value: Int32, to list: inout Int32) { list = links.add(Link(value: value, next: list)) }

    /// Takes the value out once.
    mutating func remove(_ value: Int32, from list: inout Int32) {
        var before: Int32 = -1
        var link = list
        while link >= 0, links[link].value != value { (before, link) = (link, links[link].next) }
        guard link >= 0 else { return }
        if before < 0 { list = links[link].next } else { links[before].next = links[link].next }
        links.remove(link)
    }
}
