/// Numbers that look random and are the same each time: https://prng.di.unimi.it/splitmix64.c
public struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    public mutating func number(_ limit: Int) -> Int { Int(next() >> 33) % limit }

    public mutating func one<Item>(of items: [Item]) -> Item { items[number(items.count)] }

    /// True once in so many times.
    public mutating func once(in times: Int) -> Bool { number(times) == 0 }
}
