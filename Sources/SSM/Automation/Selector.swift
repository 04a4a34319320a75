import JSON

/// A JSONPath as the outputs of runbooks have it: `$.Images[0].ImageId`, `$..InstanceId`, `$.Tags[?(@.Key == 'Name')].Value`.
///
/// Paths that may find several values (wildcards, slices, filters, `..`) give the list of what they find, others the value or
/// nil.
struct Selector {
    private indirect enum Step {
        case child(String)
        case index(Int)
        case slice(from: Int?, to: Int?)
        case all
        case descend(Step)
        case filter([Condition])
    }

    /// One comparison of a filter; all of them must hold.
    fileprivate struct Condition {
        fileprivate let path: [String]
        /// Nil asks whether there is a value.
        fileprivate let comparison: String?
        fileprivate let value: JSON
    }

    private let steps: [Step]
    /// Whether it finds one value at most.
    let isDefinite: Bool

    /// Nil for what is no such path.
    init?(_ text: String) {
        var reader = Reader(text.trimmed)
        guard reader.take("$") else { return nil }
        var steps: [Step] = []
        while !reader.isAtEnd {
            guard let step = Self.step(&reader) else { return nil }
            steps.append(step)
        }
        self.steps = steps
        isDefinite = steps.allSatisfy { step in
            switch step {
            case .child, .index: true
            default: false
            }
        }
    }

    func find(in value: JSON) -> JSON? {
        var found = [value]
        for step in steps { found = found.flatMap { Self.apply(step, to: $0) } }
        return isDefinite ? found.first : .array(found)
    }

    private static func apply(_ step: Step, to value: JSON) -> [JSON] {
        switch step {
        case .child(let name): return value[name].map { [$0] } ?? []
        case .index(let index):
            guard let items = value.array else { return [] }
            let place = index < 0 ? items.count + index : index
            return items.indices.contains(place) ? [items[place]] : []
        case .slice(let from, let to):
            guard let items = value.array else { return [] }
            func place(_ index: Int) -> Int { min(max(index < 0 ? items.count + index : index, 0), items.count) }
            let (start, end) = (from.map(place) ?? 0, to.map(place) ?? items.count)
            return start < end ? Array(items[start..<end]) : []
        case .all: return value.array ?? value.object?.map(\.value) ?? []
        case .descend(let step):
            return apply(step, to: value) + children(of: value).flatMap { apply(.descend(step), to: $0) }
        case .filter(let conditions):
            return (value.array ?? []).filter { item in conditions.allSatisfy { $0.holds(for: item) } }
        }
    }

    private static func children(of value: JSON) -> [JSON] { value.array ?? value.object?.map(\.value) ?? [] }

    // MARK: Reading

    private static func step(_ reader: inout Reader) -> Step? {
        if reader.take("..") {
            if reader.peek == "[" { return bracket(&reader).map { .descend($0) } }
            if reader.take("*") { return .descend(.all) }
            let name = reader.name()
            return name.isEmpty ? nil : .descend(.child(name))
        }
        if reader.take(".") {
            if reader.take("*") { return .all }
            let name = reader.name()
            return name.isEmpty ? nil : .child(name)
        }
        return bracket(&reader)
    }

    private static func bracket(_ reader: inout Reader) -> Step? {
        guard reader.take("[") else { return nil }
        if reader.take("?(") {
            guard let text = reader.until(")]") else { return nil }
            var conditions: [Condition] = []
            for part in text.split(separator: "&&") {
                guard let condition = Condition(part.trimmed) else { return nil }
                conditions.append(condition)
            }
            return conditions.isEmpty ? nil : .filter(conditions)
        }
        guard let text = reader.until("]")?.trimmed else { return nil }
        if text == "*" { return .all }
        if let quoted = unquoted(text) { return .child(quoted) }
        if text.contains(":") {
            let ends = text.split(separator: ":", omittingEmptySubsequences: false)
            guard ends.count == 2, ends.allSatisfy({ $0.isEmpty || Int($0) != nil }) else { return nil }
            return .slice(from: Int(ends[0]), to: Int(ends[1]))
        }
        return Int(text).map { .index($0) }
    }

    fileprivate static func unquoted(_ text: some StringProtocol) -> String? {
        guard text.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote else {
            return nil
        }
        return String(text.dropFirst().dropLast())
    }

    private struct Reader {
        private var rest: Substring

        init(_ text: some StringProtocol) { rest = Substring(text) }

        var isAtEnd: Bool { rest.isEmpty }
        var peek: Character? { rest.first }

        mutating func take(_ text: String) -> Bool {
            guard rest.hasPrefix(text) else { return false }
            rest = rest.dropFirst(text.count)
            return true
        }

        mutating func name() -> String {
            let name = rest.prefix { $0 != "." && $0 != "[" }
            rest = rest.dropFirst(name.count)
            return String(name)
        }

        /// What stands before `end`, which is passed over.
        mutating func until(_ end: String) -> Substring? {
            guard let range = rest.firstRange(of: end) else { return nil }
            defer { rest = rest[range.upperBound...] }
            return rest[..<range.lowerBound]
        }
    }
}

extension Selector.Condition {
    private static let comparisons = ["==", "!=", "<=", ">=", "<", ">"]

    /// `@.Key == 'Name'`, `@.Size > 5`, `@.Key`.
    fileprivate init?(_ text: some StringProtocol) {
        guard text.hasPrefix("@") else { return nil }
        let body = text.dropFirst()
        let found = Self.comparisons.compactMap { sign in body.firstRange(of: sign).map { (sign, $0) } }.first
        comparison = found?.0
        let path = found.map { body[..<$0.1.lowerBound] } ?? body[...]
        self.path = path.trimmed.split(separator: ".").map { String($0) }
        guard let range = found?.1 else {
            value = .null
            return
        }
        let text = body[range.upperBound...].trimmed
        if let quoted = Selector.unquoted(text) {
            value = .string(quoted)
        } else {
            guard let parsed = try? JSON(parsing: String(text)) else { return nil }
            value = parsed
        }
    }

    fileprivate func holds(for item: JSON) -> Bool {
        var found: JSON? = item
        for name in path { found = found?[name] }
        guard let comparison else { return found != nil }
        guard let found else { return comparison == "!=" }
        switch comparison {
        case "==": return found == value
        case "!=": return found != value
        default: break
        }
        guard let left = found.double, let right = value.double else { return false }
        switch comparison {
        case "<=": return left <= right
        case ">=": return left >= right
        case "<": return left < right
        default: return left > right
        }
    }
}
