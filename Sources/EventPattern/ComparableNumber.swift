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

    /// The numbers that are taken for this one: in a filter policy all between the same two millionths.
    ///
    /// Sources: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html (promises five digits),
    /// and the numbers of https://github.com/aws/event-ruler before they became doubles.
    init(_ number: ComparableNumber, isCoarse: Bool) {
        guard isCoarse, ComparableNumber.allowed.contains(number.value) else {
            self.init(number)
            return
        }
        var millionths = (number.value * 1e6).rounded(.down)
        // The product may have been rounded across a whole number.
        if (millionths + 1) / 1e6 <= number.value { millionths += 1 }
        if millionths / 1e6 > number.value { millionths -= 1 }
        self.init(
            lower: ComparableNumber(millionths / 1e6).rank,
            upper: ComparableNumber(((millionths + 1) / 1e6).nextDown).rank)
    }

    func contains(_ number: ComparableNumber) -> Bool { lower <= number.rank && number.rank <= upper }
}
