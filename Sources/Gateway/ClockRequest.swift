import JSON
import Kernel
import Model

/// What `POST /_windtunnel/clock` understands.
enum ClockRequest {
    static func command(_ body: [UInt8]) -> Kernel.ClockCommand? {
        guard let json = try? JSON(parsing: body), json.object?.count == 1 else { return nil }
        if let text = json["advance"]?.string { return milliseconds(text).map { .advance(milliseconds: $0) } }
        if let text = json["set"]?.string { return Timestamp(iso8601: text).map { .set($0) } }
        if json["freeze"] == true { return .run(factor: 0) }
        if json["resume"] == true { return .followSystem }
        if let factor = json["factor"]?.double, factor >= 0, factor <= 1_000_000 { return .run(factor: factor) }
        return nil
    }

    /// `500ms`, `90s`, `30m`, `1h`, `2d`, or several in a row: `1h30m`.
    static func milliseconds(_ text: String) -> Int64? {
        let units: [Substring: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        var rest = text[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let count = Int64(digits), count < 1_000_000_000, let scale = units[unit] else { return nil }
            total += count * scale
        }
        return total
    }
}
