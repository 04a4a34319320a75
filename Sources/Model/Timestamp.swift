import JSON

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Sendable, Hashable, Comparable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    public func adding(milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: self.milliseconds.addingReportingOverflow(milliseconds).partialValue)
    }

    public func adding(seconds: Int) -> Timestamp { adding(milliseconds: Int64(seconds) * 1000) }

    /// `2024-01-02T03:04:05.678Z`; whole seconds are written without a fraction when `fraction` is false.
    public func iso8601(fraction: Bool = true) -> String {
        let seconds = milliseconds.floorDivided(by: 1000)
        let (year, month, day) = Self.civil(days: seconds.floorDivided(by: 86_400))
        let second = Int(seconds - seconds.floorDivided(by: 86_400) * 86_400)
        // Into place, since every event has one.
        return String(unsafeUninitializedCapacity: 24) { text in
            var place = 0
            func put(_ number: Int, _ width: Int, _ end: Unicode.Scalar) {
                var rest = number
                for digit in stride(from: place + width - 1, through: place, by: -1) {
                    text[digit] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                text[place + width] = UInt8(ascii: end)
                place += width + 1
            }
            put(year, 4, "-")
            put(month, 2, "-")
            put(day, 2, "T")
            put(second / 3600, 2, ":")
            put(second / 60 % 60, 2, ":")
            put(second % 60, 2, fraction ? "." : "Z")
            if fraction { put(Int(milliseconds - seconds * 1000), 3, "Z") }
            return place
        }
    }

    /// Reads ISO 8601 with `Z` or an offset: `2018-12-02T21:34:33.000Z`, `2018-12-02T21:34:33+02:00`.
    public init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        func number(_ start: Int, _ count: Int) -> Int? {
            guard start + count <= bytes.count, bytes[start..<start + count].allSatisfy({ (48...57).contains($0) })
            else { return nil }
            return bytes[start..<start + count].reduce(0) { $0 * 10 + Int($1 - 48) }
        }
        func stands(_ character: Character, _ offset: Int) -> Bool {
            offset < bytes.count && bytes[offset] == character.asciiValue
        }
        guard let year = number(0, 4), stands("-", 4), let month = number(5, 2), stands("-", 7), let day = number(8, 2),
            stands("T", 10), let hour = number(11, 2), stands(":", 13), let minute = number(14, 2),
            (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day), hour < 24, minute < 60
        else { return nil }
        var offset = 16
        var second = 0
        if stands(":", offset) {
            guard let value = number(17, 2), value < 60 else { return nil }
            second = value
            offset = 19
        }
        var fraction: Int64 = 0
        if stands(".", offset) {
            let digits = bytes[(offset + 1)...].prefix { (48...57).contains($0) }
            guard !digits.isEmpty, digits.count <= 9 else { return nil }
            for place in 0..<3 {
                fraction = fraction * 10 + (place < digits.count ? Int64(digits[digits.startIndex + place] - 48) : 0)
            }
            offset += 1 + digits.count
        }
        var zone = 0
        if stands("Z", offset) {
            offset += 1
        } else if stands("+", offset) || stands("-", offset) {
            guard let hours = number(offset + 1, 2), stands(":", offset + 3), let minutes = number(offset + 4, 2),
                hours <= 18, minutes < 60
            else { return nil }
            zone = (hours * 60 + minutes) * (stands("-", offset) ? -1 : 1)
            offset += 6
        } else {
            return nil
        }
        guard offset == bytes.count else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        let seconds = days * 86_400 + Int64(hour * 3600 + (minute - zone) * 60 + second)
        self.init(milliseconds: seconds * 1000 + fraction)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Days since 1970-01-01 of a day in the proleptic Gregorian calendar, counted in eras of 400 years from 1 March.
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let year = Int64(month <= 2 ? year - 1 : year)
        let era = year.floorDivided(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        return (
            Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month, Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        )
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

extension Timestamp: ShapeValue {
    /// Epoch seconds with a fraction, or ISO 8601 text: awsJson clients send both.
    public init?(json: JSON) {
        switch json {
        case .number(let text):
            guard let seconds = Double(text), abs(seconds) < 1e12 else { return nil }
            self.init(milliseconds: Int64((seconds * 1000).rounded()))
        case .string(let text): self.init(iso8601: text)
        default: return nil
        }
    }

    /// Epoch seconds, as awsJson writes them: `1582657288.344`.
    public var json: JSON {
        let seconds = milliseconds.floorDivided(by: 1000)
        let rest = Int(milliseconds - seconds * 1000)
        return .number(rest == 0 ? String(seconds) : "\(seconds).\(Self.padded(rest, 3))")
    }
}
