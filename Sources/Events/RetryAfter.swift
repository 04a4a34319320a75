import Model

/// What the header `Retry-After` of an answer asks for.
///
/// Source: the user guide's page "API destinations as targets in EventBridge"; RFC 9110 section 10.2.3.
enum RetryAfter: Equatable {
    /// Not before so many seconds have passed.
    case seconds(Double)
    /// Never again: a negative number.
    case never

    /// Nil for what says nothing.
    init?(_ text: String, now: Timestamp) {
        if let seconds = Int(text) {
            self = seconds < 0 ? .never : .seconds(Double(seconds))
        } else if let date = Self.date(text) {
            self = .seconds(max(0, Double(date.milliseconds - now.milliseconds) / 1000))
        } else {
            return nil
        }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(iso8601: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }
}
