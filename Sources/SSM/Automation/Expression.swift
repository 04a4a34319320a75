import JSON

/// The `{{ … }}` of a runbook.
///
/// A text that is one expression takes the value with its type, and a list within a list becomes part of it; within other text
/// a value is written as text. What could be no name, as in a script's own templates, stays as it is.
///
/// Source: the user guide's page "Data elements and parameters" of Automation runbooks.
enum Expression {
    /// What an expression names.
    enum Reference: Hashable {
        case parameter(String)
        /// `{{ step.Output }}`, and what is below where the output is a map.
        case output(step: String, path: [String])
        case variable(String)
        /// `{{ global:DATE }}`, `{{ automation:EXECUTION_ID }}`.
        case system(String)
        /// `{{ ssm:/name }}`: a parameter of Parameter Store.
        case stored(String)

        init(_ text: String) {
            if let colon = text.firstIndex(of: ":") {
                let rest = String(text[text.index(after: colon)...])
                switch text[..<colon] {
                case "variable": self = .variable(rest)
                case "ssm": self = .stored(rest)
                default: self = .system(text)
                }
            } else {
                let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
                self = parts.count > 1 ? .output(step: parts[0], path: Array(parts.dropFirst())) : .parameter(text)
            }
        }
    }

    private enum Part {
        case text(String)
        case reference(String)
    }

    /// All that a value names, at whatever depth.
    static func references(in value: JSON) -> [Reference] {
        switch value {
        case .string(let text):
            parts(of: text).compactMap { part in
                if case .reference(let name) = part { Reference(name) } else { nil }
            }
        case .array(let items): items.flatMap(references)
        case .object(let object): object.flatMap { references(in: $0.value) }
        default: []
        }
    }

    /// The value with what it names filled in.
    ///
    /// - Parameter find: the value of a reference; throws where there is none.
    static func resolve(_ value: JSON, _ find: (Reference) throws -> JSON) rethrows -> JSON {
        switch value {
        case .string(let text): return try resolve(text, find)
        case .array(let items):
            return .array(
                try items.flatMap { item -> [JSON] in
                    let resolved = try resolve(item, find)
                    // `["{{ List }}"]` is the list.
                    if item.string != nil, let list = resolved.array { return list }
                    return [resolved]
                })
        case .object(let object):
            return .object(JSONObject(try object.map { ($0.name, try resolve($0.value, find)) }))
        default: return value
        }
    }

    private static func resolve(_ text: String, _ find: (Reference) throws -> JSON) rethrows -> JSON {
        let parts = parts(of: text)
        if parts.count == 1, case .reference(let name) = parts[0] { return try find(Reference(name)) }
        return .string(
            try parts.map { part in
                switch part {
                case .text(let text): text
                case .reference(let name): AutomationValue.text(try find(Reference(name)))
                }
            }.joined())
    }

    private static func parts(of text: String) -> [Part] {
        guard text.contains("{{") else { return [.text(text)] }
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { break }
            let name = rest[open.upperBound..<close.lowerBound].trimmed
            if isName(name) {
                literal += rest[..<open.lowerBound]
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = ""
                parts.append(.reference(String(name)))
                rest = rest[close.upperBound...]
            } else {
                literal += rest[..<open.upperBound]
                rest = rest[open.upperBound...]
            }
        }
        literal += rest
        if !literal.isEmpty || parts.isEmpty { parts.append(.text(literal)) }
        return parts
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "_") else { return false }
        return text.utf8.allSatisfy { byte in
            isLetter(byte) || (48...57).contains(byte) || "_-.:/".utf8.contains(byte)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmed: SubSequence {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return text
    }
}
