/// Dates as headers have them: `Tue, 29 Apr 2014 18:30:38 GMT` (RFC 9110 section 5.6.7).
extension Timestamp {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    /// 1970 began on a Thursday.
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    public init?(httpDate text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT", parts[1].utf8.count == 2,
            let month = Self.months.firstIndex(of: String(parts[2]))
        else { return nil }
        self.init(iso8601: "\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
    }

    public var httpDate: String {
        let parts = iso8601(fraction: false).split { "-T:Z".contains($0) }
        let days = Int(milliseconds / 86_400_000)
        let month = Int(parts[1]).map { Self.months[$0 - 1] } ?? ""
        return "\(Self.weekdays[(days % 7 + 7) % 7]), \(parts[2]) \(month) \(parts[0]) "
            + "\(parts[3]):\(parts[4]):\(parts[5]) GMT"
    }
}
