/// The milliseconds since 1970 that a date means: a whole year, month, day, … down to a single one.
///
/// `2026`, `2026-09`, `2026-09-28`, `2026-09-28T09:38`, `2026-09-28T09:38:57.268Z`, with `Z` or `+02:00` behind a time of
/// day; UTC where none stands there. A number of more than four digits is milliseconds.
struct TimeRange {
    let low: Int64
    let high: Int64

    init?(_ text: String) {
        if text.utf8.count > 4, text.utf8.allSatisfy({ (48...57).contains($0) }) {
            guard let milliseconds = Int64(text) else { return nil }
            (low, high) = (milliseconds, milliseconds)
            return
        }
        let halves = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
        let date = Self.numbers(halves[0], digits: [4, 2, 2], separator: "-")
        guard let date, (1...12).contains(date.count > 1 ? date[1] : 1), (1...31).contains(date.count > 2 ? date[2] : 1)
        else { return nil }
        func start(_ months: Int64, _ days: Int64) -> Int64 {
            let month = date[0] * 12 + (date.count > 1 ? date[1] - 1 : 0) + months
            return (Self.days(year: month / 12, month: month % 12 + 1) + (date.count > 2 ? date[2] - 1 : 0) + days)
                * 86_400_000
        }
        guard halves.count == 2 else {
            low = start(0, 0)
            high = [start(12, 0), start(1, 0), start(0, 1)][date.count - 1] - 1
            return
        }
        guard date.count == 3, let time = Self.time(halves[1]) else { return nil }
        low = start(0, 0) + time.low
        high = start(0, 0) + time.high
    }

    /// Milliseconds of the day, in UTC.
    private static func time(_ text: Substring) -> (low: Int64, high: Int64)? {
        let clock = text.prefix { $0 != "Z" && $0 != "+" && $0 != "-" }
        let zone = text[clock.endIndex...]
        let parts = clock.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let numbers = numbers(parts[0], digits: [2, 2, 2], separator: ":"), numbers[0] < 24,
            numbers.dropFirst().allSatisfy({ $0 < 60 })
        else { return nil }
        let units: [Int64] = [3_600_000, 60_000, 1000]
        var low = zip(numbers, units).reduce(0) { $0 + $1.0 * $1.1 }
        var unit = units[numbers.count - 1]
        if parts.count == 2 {
            guard numbers.count == 3, (1...9).contains(parts[1].count), let fraction = Double("0.\(parts[1])") else {
                return nil
            }
            low += Int64((fraction * 1000).rounded(.down))
            unit = 1
        }
        if !zone.isEmpty, zone != "Z" {
            guard zone.first != "Z", let offset = Self.numbers(zone.dropFirst(), digits: [2, 2], separator: ":") else {
                return nil
            }
            let milliseconds = zip(offset, units).reduce(0) { $0 + $1.0 * $1.1 }
            low -= zone.first == "-" ? -milliseconds : milliseconds
        }
        return (low, low + unit - 1)
    }

    /// One to all of the numbers, each of just so many digits.
    private static func numbers(_ text: Substring, digits: [Int], separator: Character) -> [Int64]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count <= digits.count else { return nil }
        let numbers = zip(parts, digits).compactMap { part, digits in
            part.utf8.count == digits && part.utf8.allSatisfy { (48...57).contains($0) } ? Int64(part) : nil
        }
        return numbers.count == parts.count ? numbers : nil
    }

    /// Days from 1970 to the first of a month of the Gregorian calendar.
    private static func days(year: Int64, month: Int64) -> Int64 {
        // Years that begin in March have their leap day at the end.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
