import JSON

/// Event patterns as they are described, without a thought for time: every way to choose a value for each field is tried.
public struct ReferenceMatcher {
    private struct Field {
        let name: String
        let value: JSON
        /// Which element of which array it comes from.
        let elements: [Int: Int]
    }

    private let fields: [Field]

    public init(_ event: JSON) {
        var fields: [Field] = []
        var arrays = 0
        func collect(_ value: JSON, _ path: [String], _ elements: [Int: Int]) {
            if let object = value.object {
                for member in object { collect(member.value, path + [member.name], elements) }
            } else if let items = value.array {
                arrays += 1
                let array = arrays
                for (number, item) in items.enumerated() {
                    var own = elements
                    if item.object != nil || item.array != nil { own[array] = number }
                    collect(item, path, own)
                }
            } else {
                fields.append(Field(name: path.joined(separator: "."), value: value, elements: elements))
            }
        }
        collect(event, [], [:])
        self.fields = fields
    }

    /// A pattern with `$or` multiplied out.
    public struct Alternatives: Sendable {
        fileprivate let clauses: [[(name: String, items: [JSON])]]

        public init(_ pattern: JSON) {
            clauses = ReferenceMatcher.alternatives(pattern).map { alternative in
                // The engine goes through the fields in this order, which shows where one must be missing.
                alternative.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
            }
        }
    }

    public func matches(_ pattern: Alternatives) -> Bool { pattern.clauses.contains { holds($0[...], [:]) } }

    private func holds(_ clauses: ArraySlice<(name: String, items: [JSON])>, _ chosen: [Int: Int]) -> Bool {
        guard let clause = clauses.first else { return true }
        let left = fields.filter { field in
            field.name == clause.name
                && field.elements.allSatisfy { chosen[$0.key] == nil || chosen[$0.key] == $0.value }
        }
        for field in left where clause.items.contains(where: { Self.fits(field.value, $0) }) {
            if holds(clauses.dropFirst(), chosen.merging(field.elements) { one, _ in one }) { return true }
        }
        let mayBeMissing = clause.items.contains { $0["exists"]?.bool == false }
        return mayBeMissing && left.isEmpty && holds(clauses.dropFirst(), chosen)
    }

    private static func alternatives(_ pattern: JSON) -> [[String: [JSON]]] {
        var all: [[String: [JSON]]] = [[:]]
        func add(_ object: JSONObject, _ path: String, _ some: inout [[String: [JSON]]]) {
            for member in object {
                if member.name == "$or" {
                    some = (member.value.array ?? []).flatMap { branch in
                        var more = some
                        add(branch.object ?? JSONObject(), path, &more)
                        return more
                    }
                } else if let items = member.value.array {
                    for place in some.indices { some[place][path + member.name] = items }
                } else if let inner = member.value.object {
                    add(inner, path + member.name + ".", &some)
                }
            }
        }
        add(pattern.object ?? JSONObject(), "", &all)
        return all
    }

    // MARK: Values

    private static func fits(_ value: JSON, _ item: JSON) -> Bool {
        guard let member = item.object?.members.first else { return isSame(value, item) }
        switch member.name {
        case "exists": return member.value.bool == true
        case "anything-but": return !isOneOf(value, member.value)
        case "numeric": return value.isNumber && isInRange(value.double ?? 0, member.value.array ?? [])
        case "cidr": return value.string.map { isInNetwork($0, member.value.string ?? "") } ?? false
        default: return isLike(value, member.name, member.value)
        }
    }

    private static func isSame(_ value: JSON, _ other: JSON) -> Bool {
        value.isNumber && other.isNumber ? value.double == other.double : value == other
    }

    private static func isOneOf(_ value: JSON, _ others: JSON) -> Bool {
        if let member = others.object?.members.first {
            return (member.value.array ?? [member.value]).contains { isLike(value, member.name, $0) }
        }
        return (others.array ?? [others]).contains { isSame(value, $0) }
    }

    private static func isLike(_ value: JSON, _ kind: String, _ other: JSON) -> Bool {
        guard let text = value.string.map({ Array($0.unicodeScalars) }) else { return false }
        let isFolded = kind == "equals-ignore-case" || other.object != nil
        let other = Array((other.string ?? other["equals-ignore-case"]?.string ?? "").unicodeScalars)
        func same(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
            isFolded
                ? left.properties.uppercaseMapping.lowercased() == right.properties.uppercaseMapping.lowercased()
                : left == right
        }
        switch kind {
        case "prefix": return text.starts(with: other, by: same)
        case "suffix": return text.reversed().starts(with: other.reversed(), by: same)
        case "equals-ignore-case": return text.elementsEqual(other, by: same)
        default: return isWild(text[...], other[...])
        }
    }

    private static func isWild(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return isWild(text, pattern.dropFirst()) || !text.isEmpty && isWild(text.dropFirst(), pattern)
        }
        return text.first == first && isWild(text.dropFirst(), pattern.dropFirst())
    }

    private static func isInRange(_ number: Double, _ range: [JSON]) -> Bool {
        stride(from: 0, to: range.count - 1, by: 2).allSatisfy { place in
            let bound = range[place + 1].double ?? 0
            switch range[place].string {
            case "<": return number < bound
            case "<=": return number <= bound
            case ">": return number > bound
            case ">=": return number >= bound
            default: return number == bound
            }
        }
    }

    /// IPv4 only.
    private static func isInNetwork(_ text: String, _ network: String) -> Bool {
        let parts = network.split(separator: "/")
        guard let address = address(text), let base = address4(parts[0]), let bits = Int(parts[1]) else { return false }
        return bits == 0 || address >> UInt32(32 - bits) == base >> UInt32(32 - bits)
    }

    private static func address(_ text: String) -> UInt32? { address4(text[...]) }

    private static func address4(_ text: Substring) -> UInt32? {
        let bytes = text.split(separator: ".").compactMap { UInt8($0) }
        return bytes.count == 4 ? bytes.reduce(0) { $0 << 8 | UInt32($1) } : nil
    }
}

extension JSON {
    fileprivate var isNumber: Bool { if case .number = self { true } else { false } }
}
