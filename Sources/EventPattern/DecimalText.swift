/// A decimal number as it is written in JSON, turned into the nearest double.
///
/// Events are full of numbers and the C library takes its time. Up to 19 digits with up to 19 of them behind the point, which
/// is what printed doubles have, are done here with one division of 128 by 64 bits; the rest is left to the library.
struct DecimalText {
    private let text: UnsafeBufferPointer<UInt8>
    private var isNegative = false
    private var mantissa: UInt64 = 0
    private var exponent = 0
    /// Whether digits were left out of the mantissa.
    private var isCut = false

    private static let digitLimit = 19
    private static let powersOfTen: [UInt64] = (0...19).map { count in (0..<count).reduce(1) { power, _ in power * 10 }
    }

    /// nil for what is no number.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        var place = 0
        if text.first == UInt8(ascii: "-") {
            isNegative = true
            place = 1
        }
        var digits = 0
        var isFraction = false
        var hasDigits = false
        scan: while place < text.count {
            let byte = text[place]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                hasDigits = true
                if digits < Self.digitLimit {
                    mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0"))
                    if mantissa > 0 { digits += 1 }
                    if isFraction { exponent -= 1 }
                } else {
                    isCut = true
                }
            case UInt8(ascii: "."):
                guard !isFraction else { return nil }
                isFraction = true
            default: break scan
            }
            place += 1
        }
        guard hasDigits else { return nil }
        if place < text.count {
            guard let more = writtenExponent(place) else { return nil }
            exponent += more
        }
    }

    /// `e-3` and the like, cut to what can matter.
    private func writtenExponent(_ start: Int) -> Int? {
        guard text[start] | 0x20 == UInt8(ascii: "e"), start + 1 < text.count else { return nil }
        let isNegative = text[start + 1] == UInt8(ascii: "-")
        var place = isNegative || text[start + 1] == UInt8(ascii: "+") ? start + 2 : start + 1
        guard place < text.count else { return nil }
        var value = 0
        while place < text.count {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = text[place] else { return nil }
            if value < 1_000_000_000 { value = value * 10 + Int(text[place] - UInt8(ascii: "0")) }
            place += 1
        }
        return isNegative ? -value : value
    }

    /// nil for what is too large for a double, and for what is no zero but too small for one.
    var double: Double? {
        guard mantissa > 0 else { return 0 }
        let size: Double? =
            if isCut {
                fromLibrary
            } else if exponent == 0 {
                Double(mantissa)
            } else if exponent < 0, exponent >= -Self.digitLimit {
                Self.quotient(mantissa, Self.powersOfTen[-exponent])
            } else {
                fromLibrary
            }
        return size.map { isNegative ? -$0 : $0 }
    }

    private var fromLibrary: Double? {
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite, value != 0 else { return nil }
        return abs(value)
    }

    /// The double next to the quotient.
    private static func quotient(_ dividend: UInt64, _ divisor: UInt64) -> Double {
        let dividendShift = dividend.leadingZeroBitCount
        let divisorShift = divisor.leadingZeroBitCount
        let high = dividend << UInt64(dividendShift)
        let (quotient, remainder) = (divisor << UInt64(divisorShift)).dividingFullWidth((high >> 1, high << 63))
        // 63 or 64 bits of which a double keeps 53. A remainder lies below them all and only says which way a half goes.
        let rounded = Double(remainder == 0 ? quotient : quotient | 1)
        return rounded * Double(bitPattern: UInt64(1023 - 63 + divisorShift - dividendShift) << 52)
    }
}
