/// A number that can be told to be equal to another, or above it, however the two are written: `1`, `1.0` and `1e0`.
///
/// Numbers are compared as IEEE 754 doubles, as https://github.com/aws/event-ruler does.
struct ComparableNumber: Sendable, Hashable {
    /// In the order of the numbers: the double's bits, turned round for negative ones.
    let rank: UInt64

    /// What a `numeric` matcher may name.
    ///
    /// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html ("numeric matching")
    static let allowed = -5e9...5e9

    init(_ value: Double) {
        let bits = (value == 0 ? 0 : value).bitPattern
        rank = value < 0 ? ~bits : bits | 1 << 63
    }

    /// nil for what is beyond a double, too small to tell from zero, or no number.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let value = DecimalText(text)?.double else { return nil }
        self.init(value)
    }

    init?(_ text: String) {
        var text = text
        guard let number = text.withUTF8({ ComparableNumber($0) }) else { return nil }
        self = number
    }

    var value: Double { Double(bitPattern: rank >> 63 == 1 ? rank & ~(1 << 63) : ~rank) }
}

/// Numbers between two ranks, both included; none where the lower is above the upper.
struct NumberRange: Sendable, Hashable {
    let lower: UInt64
    let upper: UInt64

    init(
        lower: UInt64 = ComparableNumber(-.infinity).rank, upper: UInt64 = ComparableNumber(.infinity).rank
    ) {
        self.lower = lower
        self.upper = upper
    }

    init(_ number: ComparableNumber) { self.init(lower: number.rank, upper: number.rank) }

    func contains(_ number: ComparableNumber) -> Bool { lower <= number.rank && number.rank <= upper }
}
