import JSON

/// A template with placeholders, `<name>`, in one of two kinds.
///
/// | value | object template, `{"a":<name>}` | in quotes there, `{"a":"<name>"}` | any other: `"<name>"`, `[<name>]` |
/// |---|---|---|---|
/// | string | with quotes | its characters, escaped | its characters, not escaped |
/// | number, boolean, null | as it is | as it is | as it is |
/// | object, array | as it is | as it is, which is no JSON any more | without any double quote |
/// | missing | `""` | nothing | nothing |
///
/// Nobody looks after valid JSON: a string with a quote inside `"<name>"` is the end of the delivery.
struct InputTemplate: Sendable {
    enum Part: Hashable, Sendable {
        case text(String)
        case placeholder(String, isQuoted: Bool)
    }

    let parts: [Part]
    let paths: [String: JSONPath]
    /// Starts with a brace.
    let isObject: Bool

    init(_ text: String, paths: [String: JSONPath]) {
        parts = Self.parts(of: text, where: Self.isName)
        self.paths = paths
        isObject = text.first { !$0.isWhitespace } == "{"
    }

    /// - Parameter isName: whether what stands between `<` and `>` is a placeholder.
    static func parts(of text: String, where isName: (Substring) -> Bool) -> [Part] {
        var parts: [Part] = []
        var plain = ""
        var isQuoted = false
        var rest = Substring(text)
        while let character = rest.popFirst() {
            if character == "<", let end = rest.firstIndex(of: ">"), isName(rest[..<end]) {
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                parts.append(.placeholder(String(rest[..<end]), isQuoted: isQuoted))
                rest = rest[end...].dropFirst()
                continue
            }
            plain.append(character)
            // `\"` and `\\`; AWS knows no way to escape a placeholder.
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                plain.append(rest.removeFirst())
            } else if character == "\"" {
                isQuoted.toggle()
            }
        }
        if !plain.isEmpty { parts.append(.text(plain)) }
        return parts
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
    }

    func filled(from event: JSON, in context: TargetContext) -> String {
        parts.reduce(into: "") { text, part in
            switch part {
            case .text(let plain): text += plain
            case .placeholder(let name, let isQuoted):
                if let path = paths[name] {
                    text += Self.written(path.value(in: event), isQuoted: isQuoted, isObject: isObject)
                } else if let variable = ReservedVariable(rawValue: name) {
                    text += Self.written(variable.value(event, context), isQuoted: isQuoted, isObject: isObject)
                } else {
                    // Without any path to be declared in, AWS takes it for text.
                    text += "<\(name)>"
                }
            }
        }
    }

    static func written(_ value: JSON?, isQuoted: Bool, isObject: Bool) -> String {
        guard let value else { return isObject && !isQuoted ? "\"\"" : "" }
        if isObject {
            return isQuoted && value.string != nil
                ? String(value.description.dropFirst().dropLast()) : value.description
        }
        return value.string ?? value.description.filter { $0 != "\"" }
    }
}
