/// The orders in which AWS's answers list what a hash table of Java holds.
///
/// A value's place is in the lowest bits of its hash; the table grows twofold whenever three quarters of its places are taken.
public enum HashOrder {
    /// The values of an enumeration as errors list them: a table of 32 places by `hashCode()`, and values at one place in the
    /// order of the alphabet. All lists of AWS's that are known keep to that, such as
    /// `[HEAD, POST, PATCH, DELETE, PUT, GET, OPTIONS]` and `[SecureString, StringList, String]`.
    static func enumeration(_ values: [String]) -> [String] {
        order(values.sorted(), places: 32) { $0 }
    }

    /// The texts of a `HashSet`: 16 places, and the upper half of the hash laid over the lower one.
    public static func set(_ values: [String]) -> [String] {
        var seen: Set<String> = []
        return order(values.filter { seen.insert($0).inserted }, places: 16) { $0 ^ ($0 >> 16) }
    }

    private static func order(_ values: [String], places: Int, spread: (UInt32) -> UInt32) -> [String] {
        var places = places
        while values.count * 4 > places * 3 { places *= 2 }
        return values.enumerated().map { offset, value in
            (place: Int(spread(hashCode(value))) & (places - 1), offset: offset, value: value)
        }.sorted { ($0.place, $0.offset) < ($1.place, $1.offset) }.map(\.value)
    }

    /// Java's `String.hashCode()`.
    private static func hashCode(_ text: String) -> UInt32 {
        text.utf16.reduce(0) { $0 &* 31 &+ UInt32($1) }
    }
}
