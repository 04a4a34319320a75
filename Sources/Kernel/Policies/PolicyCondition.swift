import Glibc
import JSON
import Model

/// One key of a statement's condition, such as `"ArnEquals": {"aws:SourceArn": "…"}`.
///
/// Source: the IAM user guide's page "IAM JSON policy elements: Condition operators".
struct PolicyCondition: Sendable {
    private enum SetOperator { case none, forAll, forAny }

    private let name: String
    private let test: Test
    private let isNegated: Bool
    private let isIfExists: Bool
    private let set: SetOperator
    private let key: String
    private let values: [String]
    private let hasVariables: Bool

    private enum Test {
        case equals, equalsIgnoringCase, like, arn, bool, null, ip
        case number(Comparison)
        case date(Comparison)
    }

    private enum Comparison {
        case equal, less, lessOrEqual, greater, greaterOrEqual

        func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .equal: left == right
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            }
        }
    }

    /// - Returns: nil for an operator that IAM does not have.
    init?(_ name: String, key: String, values: [String], hasVariables: Bool) {
        self.name = name
        self.key = key
        self.values = values
        self.hasVariables = hasVariables
        var operation = name[...]
        if operation.hasPrefix("ForAllValues:") {
            set = .forAll
            operation = operation.dropFirst("ForAllValues:".count)
        } else if operation.hasPrefix("ForAnyValue:") {
            set = .forAny
            operation = operation.dropFirst("ForAnyValue:".count)
        } else {
            set = .none
        }
        isIfExists = operation.hasSuffix("IfExists")
        if isIfExists { operation = operation.dropLast("IfExists".count) }
        isNegated = operation.contains("Not")
        switch operation {
        case "StringEquals", "StringNotEquals", "BinaryEquals": test = .equals
        case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase": test = .equalsIgnoringCase
        case "StringLike", "StringNotLike": test = .like
        case "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike": test = .arn
        case "Bool": test = .bool
        case "Null": test = .null
        case "IpAddress", "NotIpAddress": test = .ip
        case "NumericEquals", "NumericNotEquals": test = .number(.equal)
        case "NumericLessThan": test = .number(.less)
        case "NumericLessThanEquals": test = .number(.lessOrEqual)
        case "NumericGreaterThan": test = .number(.greater)
        case "NumericGreaterThanEquals": test = .number(.greaterOrEqual)
        case "DateEquals", "DateNotEquals": test = .date(.equal)
        case "DateLessThan": test = .date(.less)
        case "DateLessThanEquals": test = .date(.lessOrEqual)
        case "DateGreaterThan": test = .date(.greater)
        case "DateGreaterThanEquals": test = .date(.greaterOrEqual)
        default: return nil
        }
    }

    /// Why the condition does not hold; nil where it does.
    func mismatch(_ context: [String: [String]]) -> String? {
        let found = context[key.lowercased()] ?? []
        if case .null = test {
            let holds = values.contains { ($0 == "true") == found.isEmpty }
            return holds ? nil : "its condition \(name) of \(key) does not hold"
        }
        if found.isEmpty {
            // A key that is absent fits what is negated, what asks only where it exists, and all of no values.
            return isNegated || isIfExists || isForAll
                ? nil : "its condition asks for \(key), which the request has not"
        }
        let holds =
            switch set {
            case .forAll: found.allSatisfy { fits($0, context) }
            case .forAny, .none: found.contains { fits($0, context) }
            }
        return holds
            ? nil
            : "\(key) is \(found.joined(separator: ", ")), and its condition \(name) wants \(values.joined(separator: ", "))"
    }

    private var isForAll: Bool {
        if case .forAll = set { true } else { false }
    }

    private func fits(_ found: String, _ context: [String: [String]]) -> Bool {
        values.contains { compare(found, filled($0, context)) } != isNegated
    }

    private func compare(_ found: String, _ wanted: String) -> Bool {
        switch test {
        case .equals: return found == wanted
        case .equalsIgnoringCase, .bool: return found.lowercased() == wanted.lowercased()
        case .like: return Wildcard.matches(Array(wanted.utf8), Array(found.utf8))
        case .arn: return Self.arnMatches(wanted, found)
        case .ip: return IPRange(wanted)?.contains(found) ?? false
        case .number(let compare):
            return Double(found).flatMap { left in Double(wanted).map { compare.holds(left, $0) } } ?? false
        case .date(let compare):
            return Self.seconds(found).flatMap { left in Self.seconds(wanted).map { compare.holds(left, $0) } } ?? false
        case .null: return false
        }
    }

    /// Each of the six parts by itself: no wildcard goes over a colon, but for the last part.
    private static func arnMatches(_ pattern: String, _ text: String) -> Bool {
        let patterns = pattern.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard patterns.count == 6, parts.count == 6 else { return pattern == "*" }
        return zip(patterns, parts).allSatisfy { Wildcard.matches(Array($0.utf8), Array($1.utf8)) }
    }

    private static func seconds(_ text: String) -> Double? {
        Double(text) ?? Timestamp(iso8601: text).map { Double($0.milliseconds) / 1000 }
    }

    /// Puts the values of `${aws:…}` in; a variable without a value fits nothing, since no request has such a text.
    private func filled(_ text: String, _ context: [String: [String]]) -> String {
        guard hasVariables, text.contains("${") else { return text }
        var filled = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            filled += rest[..<start.lowerBound]
            let variable = rest[start.upperBound..<end]
            let parts = variable.split(separator: ",", maxSplits: 1)
            switch variable {
            case "*", "?", "$": filled += variable
            default:
                let key = parts.first.map { $0.lowercased().filter { $0 != " " } } ?? ""
                let fallback = parts.count == 2 ? parts[1].filter { $0 != " " && $0 != "'" } : nil
                filled += context[key]?.first ?? fallback.map { String($0) } ?? "\u{0}"
            }
            rest = rest[rest.index(after: end)...]
        }
        return filled + rest
    }
}

/// A range of addresses, `203.0.113.0/24` or `2001:db8::/32`.
struct IPRange {
    private let bytes: [UInt8]
    private let bits: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let bytes = Self.bytes(String(parts[0])) else { return nil }
        let bits = parts.count == 2 ? Int(parts[1]) : bytes.count * 8
        guard let bits, (0...bytes.count * 8).contains(bits) else { return nil }
        self.bytes = bytes
        self.bits = bits
    }

    func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(address), other.count == bytes.count else { return false }
        return (0..<bits).allSatisfy { bit in (bytes[bit / 8] ^ other[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0 }
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }
}
