import Glibc
import Synchronization

/// The `Date` header in the form of RFC 9110 section 5.6.7, made once a second.
///
/// It is the real time, not the virtual clock's: clients correct their own clocks by it.
enum HTTPDate {
    private static let latest = Mutex<(second: Int, text: [UInt8])>((0, []))

    static func now() -> [UInt8] {
        var second = time(nil)
        return latest.withLock { latest in
            guard latest.second != second else { return latest.text }
            var parts = tm()
            gmtime_r(&second, &parts)
            let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
            let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let date = "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900)"
            let text =
                "\(days[Int(parts.tm_wday)]), \(date) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
            latest = (second, Array(text.utf8))
            return latest.text
        }
    }
}
