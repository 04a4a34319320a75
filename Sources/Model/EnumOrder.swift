/// The order in which AWS's errors list the values of an enumeration: that of a hash table in Java.
///
/// A value's place is in the lowest bits of its `hashCode()`; the table has 32 places, twice as many whenever three quarters
/// of them are taken, and values at one place stand in the order of the alphabet. All lists of AWS's that are known keep to
/// that, such as `[HEAD, POST, PATCH, DELETE, PUT, GET, OPTIONS]` and `[SecureString, StringList, String]`.
public enum EnumOrder {
    public static func sorted(_ values: [String]) -> [String] {
        var places = 32
        while values.count * 4 > places * 3 { places *= 2 }
        func place(_ value: String) -> Int { Int(hashCode(value)) & (places - 1) }
        return values.sorted { (place($0), $0) < (place($1), $1) }
    }

    /// Java's `String.hashCode()`.
    private static func hashCode(_ text: String) -> Int32 {
        text.utf16.reduce(0) { $0 &* 31 &+ Int32($1) }
    }
}
