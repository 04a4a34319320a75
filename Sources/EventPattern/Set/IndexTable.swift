/// Numbers by pairs of numbers, in one flat piece of memory: what the parts of a pattern set hang together by.
///
/// Open addressing; removal moves what follows, so that nothing is left behind by patterns that come and go.
struct IndexTable: Sendable {
    private var keys: [UInt64] = [IndexTable.free]
    private var values: [Int32] = [0]
    private var count = 0
    private var shift: UInt64 = 0

    private static let free = UInt64.max
    private static let smallest = 16

    static func key(_ high: Int32, _ low: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: high)) << 32 | UInt64(UInt32(bitPattern: low))
    }

    /// The value, or -1.
    @inline(__always)
    func find(_ key: UInt64) -> Int32 {
        guard count > 0 else { return -1 }
        var place = home(key)
        while true {
            let found = keys[place]
            if found == key { return values[place] }
            if found == Self.free { return -1 }
            place = (place + 1) & (keys.count - 1)
        }
    }

    mutating func set(_ key: UInt64, _ value: Int32) {
        if (count + 1) * 2 > keys.count { grow() }
        var place = home(key)
        while keys[place] != Self.free, keys[place] != key { place = (place + 1) & (keys.count - 1) }
        if keys[place] == Self.free { count += 1 }
        keys[place] = key
        values[place] = value
    }

    mutating func remove(_ key: UInt64) {
        guard count > 0 else { return }
        let mask = keys.count - 1
        var place = home(key)
        while keys[place] != key {
            if keys[place] == Self.free { return }
            place = (place + 1) & mask
        }
        count -= 1
        keys[place] = Self.free
        var next = (place + 1) & mask
        while keys[next] != Self.free {
            // What stands here may stand in the gap unless its home lies between the gap and here.
            if (next &- home(keys[next])) & mask >= (next &- place) & mask {
                keys[place] = keys[next]
                values[place] = values[next]
                keys[next] = Self.free
                place = next
            }
            next = (next + 1) & mask
        }
    }

    private func home(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift) }

    private mutating func grow() {
        let old = zip(keys, values).filter { $0.0 != Self.free }
        let size = max(Self.smallest, keys.count * 2)
        keys = Array(repeating: Self.free, count: size)
        values = Array(repeating: 0, count: size)
        shift = UInt64(64 - size.trailingZeroBitCount)
        count = 0
        for (key, value) in old { set(key, value) }
    }
}
