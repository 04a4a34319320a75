import JSON

extension YAML {
    /// A value as a YAML document in block style: strings are in double quotes, so that none is taken for something else.
    ///
    /// ```swift
    /// YAML.text(of: ["name": "a", "list": [1]])  // "---\nname: \"a\"\nlist:\n- 1\n"
    /// ```
    public static func text(of value: JSON) -> String {
        var writer = YAMLWriter()
        writer.write(value, indentation: 0, isInLine: false)
        return "---\n" + writer.text
    }
}

private struct YAMLWriter {
    private(set) var text = ""

    /// - Parameter isInLine: whether something stands on the line already, such as the key of the value.
    mutating func write(_ value: JSON, indentation: Int, isInLine: Bool) {
        let margin = String(repeating: " ", count: indentation)
        switch value {
        case .object(let object) where !object.isEmpty:
            if isInLine { text += "\n" }
            for member in object {
                text += margin + Self.key(member.name) + ":"
                write(member.value, indentation: indentation + (member.value.array == nil ? 2 : 0), isInLine: true)
            }
        case .array(let items) where !items.isEmpty:
            if isInLine { text += "\n" }
            for item in items { write(item: item, margin: margin, indentation: indentation) }
        default: text += (isInLine ? " " : margin) + value.description + "\n"
        }
    }

    /// The first member of a mapping stands on the line of its dash.
    private mutating func write(item: JSON, margin: String, indentation: Int) {
        guard case .object(let object) = item, !object.isEmpty else {
            text += margin + "-"
            return write(item, indentation: indentation + 2, isInLine: true)
        }
        var mark = "- "
        for member in object {
            text += margin + mark + Self.key(member.name) + ":"
            mark = "  "
            write(member.value, indentation: indentation + (member.value.array == nil ? 4 : 2), isInLine: true)
        }
    }

    private static func key(_ name: String) -> String {
        let isPlain =
            name.first?.isLetter == true && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return isPlain ? name : JSON.string(name).description
    }
}
