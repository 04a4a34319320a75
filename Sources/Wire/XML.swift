/// Writes XML 1.0 text.
struct XMLWriter {
    private(set) var text = ""

    mutating func element(_ name: String, attributes: String = "", _ content: (inout XMLWriter) -> Void) {
        text += "<\(name)\(attributes)>"
        let length = text.utf8.count
        content(&self)
        if text.utf8.count > length {
            text += "</\(name)>"
        } else {
            text.removeLast()
            text += "/>"
        }
    }

    mutating func element(_ name: String, _ content: String) {
        text += content.isEmpty ? "<\(name)/>" : "<\(name)>\(Self.escaped(content))</\(name)>"
    }

    /// A carriage return is escaped as well, since a parser would turn a bare one into a line feed.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\r": escaped += "&#xD;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            // XML 1.0 has no way to write the other control characters.
            case _ where scalar.value < 0x20: escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
