import Glibc

/// The `Date` header in the form of RFC 9110 section 5.6.7, made once a second.
///
/// It is the real time, not the virtual clock's: clients correct their own clocks by it.
struct HTTPDate {
    private var second = -1
    private var text: [UInt8] = []

    /// The line with its CR LF.
    mutating func line() -> [UInt8] {
        let now = time(nil)
        if now != second {
            second = now
            text = Array("Date: \(Self.format(now))\r\n".utf8)
        }
        return text
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// - Parameter second: since 1970.
    static func format(_ second: Int) -> String {
        var second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        let date = "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(Int(parts.tm_year) + 1900)"
        let time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return "\(days[Int(parts.tm_wday)]), \(date) \(time) GMT"
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// A clock that only goes forward.
enum SteadyClock {
    /// Good to a few milliseconds, and cheap to read.
    static var milliseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
