extension InputTemplate {
    /// What PutTargets looks at: that placeholders are known and in their place, and that the template is JSON when
    /// `null` stands for each.
    func check(target id: String) throws(TargetInputError) {
        for case .placeholder(let name, _) in parts {
            let variable = ReservedVariable(rawValue: name)
            guard variable != nil || paths[name] != nil || paths.isEmpty else {
                throw .unknownPlaceholder(name, target: id)
            }
            guard variable != .wholeEvent || isObject else { throw .eventInText(target: id) }
        }
        guard !hasPlaceholderAsKey else { throw .placeholderAsKey(target: id) }
        let sample = parts.reduce(into: "") { text, part in
            switch part {
            case .text(let plain): text += plain
            case .placeholder: text += "null"
            }
        }
        if !JSONText.isValid(sample), let place = JSONText.mistake(in: sample) {
            throw .syntax(ofTemplate: sample, at: place, target: id)
        }
    }

    /// In an object a string that a colon follows is a key.
    private var hasPlaceholderAsKey: Bool {
        guard isObject else { return false }
        var awaitsEndOfString = false
        for part in parts {
            switch part {
            case .placeholder(_, let isQuoted): awaitsEndOfString = awaitsEndOfString || isQuoted
            case .text(let plain):
                guard awaitsEndOfString, let end = Self.endOfString(plain) else { continue }
                if plain[end...].first(where: { !$0.isWhitespace }) == ":" { return true }
                awaitsEndOfString = false
            }
        }
        return false
    }

    /// Behind the first quote that is not escaped.
    private static func endOfString(_ text: String) -> String.Index? {
        var isEscaped = false
        for index in text.indices {
            if isEscaped {
                isEscaped = false
            } else if text[index] == "\"" {
                return text.index(after: index)
            } else {
                isEscaped = text[index] == "\\"
            }
        }
        return nil
    }
}
