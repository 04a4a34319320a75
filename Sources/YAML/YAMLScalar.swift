import JSON

/// What a scalar without quotes means.
///
/// Sources: the patterns of SnakeYAML's `Resolver`, which are those of YAML 1.1, but for dates, sexagesimal numbers and what
/// is not finite: JSON has none of these. For cfn-guard, what its version 3.0.1 was seen to make of them.
enum YAMLScalar {
    static func resolve(_ text: String, as reader: YAML.Reader) -> JSON {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case "yes", "Yes", "YES", "on", "On", "ON": return reader == .amazon ? .bool(true) : .string(text)
        case "no", "No", "NO", "off", "Off", "OFF": return reader == .amazon ? .bool(false) : .string(text)
        default: return number(text, as: reader).map(JSON.number) ?? .string(text)
        }
    }

    /// The number as JSON writes it; nil for what is none.
    private static func number(_ text: String, as reader: YAML.Reader) -> String? {
        guard let first = text.utf8.first, isDigit(first) || "+-.".utf8.contains(first) else { return nil }
        let sign = text.hasPrefix("-") ? "-" : ""
        let body = first == UInt8(ascii: "-") || first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
        guard body.utf8.first.map({ isDigit($0) || $0 == UInt8(ascii: ".") }) ?? false else { return nil }
        let digits = reader == .amazon ? body.filter { $0 != "_" } : String(body)
        let isPadded = digits.count > 1 && digits.hasPrefix("0") && digits.utf8.allSatisfy(isDigit)
        if isPadded, reader == .cfnGuard { return nil }
        return (whole(digits, as: reader) ?? decimal(digits)).map { sign + $0 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// `0b11`, `0x1F` and `017` as decimal numbers. A number of 64 bits is what JSON's readers agree on; longer ones stay
    /// strings, and so does what begins with 0 and is not octal, such as an account's id.
    private static func whole(_ digits: String, as reader: YAML.Reader) -> String? {
        if digits.allSatisfy({ $0.utf8.first.map(isDigit) ?? false }) {
            guard digits.hasPrefix("0"), digits.count > 1 else { return digits }
            return UInt64(digits, radix: 8).map(String.init)
        }
        // `UInt64` would take a sign behind the prefix.
        guard let first = digits.dropFirst(2).first, first.isHexDigit else { return nil }
        if digits.hasPrefix("0x") { return UInt64(digits.dropFirst(2), radix: 16).map(String.init) }
        if digits.hasPrefix("0o"), reader == .cfnGuard { return UInt64(digits.dropFirst(2), radix: 8).map(String.init) }
        if digits.hasPrefix("0b") { return UInt64(digits.dropFirst(2), radix: 2).map(String.init) }
        return nil
    }

    /// `1.50`, `.5`, `5.`, `1e3` and `6.02e+23`, with the digits that JSON wants beside the point.
    private static func decimal(_ digits: String) -> String? {
        var rest = digits[...]
        func take() -> Substring {
            let taken = rest.prefix { $0.utf8.first.map(isDigit) ?? false }
            rest = rest.dropFirst(taken.count)
            return taken
        }
        let whole = take()
        var fraction: Substring?
        if rest.hasPrefix(".") {
            rest = rest.dropFirst()
            fraction = take()
        }
        guard !whole.isEmpty || fraction?.isEmpty == false else { return nil }
        var exponent = ""
        if let mark = rest.first, mark == "e" || mark == "E" {
            exponent.append(mark)
            rest = rest.dropFirst()
            if let sign = rest.first, sign == "+" || sign == "-" {
                exponent.append(sign)
                rest = rest.dropFirst()
            }
            let power = take()
            guard !power.isEmpty else { return nil }
            exponent += power
        }
        guard rest.isEmpty, fraction != nil || !exponent.isEmpty else { return nil }
        let significant = whole.drop { $0 == "0" }
        return (significant.isEmpty ? "0" : significant) + (fraction.map { ".\($0.isEmpty ? "0" : $0)" } ?? "")
            + exponent
    }
}
