/// A pair of a query string or a form body.
public struct FormField: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// `application/x-www-form-urlencoded` text.
public enum Form {
    /// The decoded pairs; nil when an escape or the UTF-8 is broken.
    public static func parse(_ text: [UInt8]) -> [FormField]? {
        var fields: [FormField] = []
        for pair in text.split(separator: UInt8(ascii: "&")) {
            let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard let name = decode(pair[..<end], plusIsSpace: true),
                let value = end == pair.endIndex ? "" : decode(pair[(end + 1)...], plusIsSpace: true)
            else { return nil }
            fields.append(FormField(name: name, value: value))
        }
        return fields
    }

    public static func parse(_ text: String) -> [FormField]? { parse(Array(text.utf8)) }

    /// Decodes percent escapes; nil when one is broken or the result is not UTF-8.
    public static func decode(_ text: some StringProtocol) -> String? {
        decode(Array(text.utf8)[...], plusIsSpace: false)
    }

    private static func decode(_ text: ArraySlice<UInt8>, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var place = text.startIndex
        while place < text.endIndex {
            switch text[place] {
            case UInt8(ascii: "%"):
                guard place + 2 < text.endIndex, let high = hexValue(text[place + 1]),
                    let low = hexValue(text[place + 2])
                else { return nil }
                bytes.append(high << 4 | low)
                place += 2
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            case let byte: bytes.append(byte)
            }
            place += 1
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
