/// Ways to write a key. One that is not in the document as it stands in the policy is looked for in each of these, so that
/// `resources.*.properties` reads a template too.
enum KeyCase: CaseIterable {
    /// In the order in which they are tried.
    case camel, singular, kebab, pascal, snake, title, train

    func convert(_ key: String) -> String {
        switch self {
        case .camel: joined(key, startsUpper: false, separator: nil)
        case .singular: Self.singular(of: joined(key, startsUpper: true, separator: nil))
        case .pascal: joined(key, startsUpper: true, separator: nil)
        case .title: joined(key, startsUpper: true, separator: " ")
        case .train: joined(key, startsUpper: true, separator: "-")
        case .kebab: separated(key, by: "-")
        case .snake: separated(key, by: "_")
        }
    }

    /// Words begin behind a separator, behind a digit, and where a capital follows a small letter.
    private func joined(_ key: String, startsUpper: Bool, separator: Character?) -> String {
        var result = ""
        var isNewWord = startsUpper
        var isFirst = true
        var hasBegun = false
        var last: Character = " "
        for character in key {
            let isAlphanumeric = character.isLetter || character.isNumber
            if !isAlphanumeric {
                if hasBegun { isNewWord = true }
            } else if character.isNumber {
                hasBegun = true
                isNewWord = true
                result.append(character)
            } else if isNewWord || (last.isLowercase && character.isUppercase) {
                hasBegun = true
                isNewWord = false
                if let separator, !isFirst { result.append(separator) }
                isFirst = false
                result += character.uppercased()
            } else {
                hasBegun = true
                last = character
                result += character.lowercased()
            }
        }
        return result
    }

    private func separated(_ key: String, by separator: Character) -> String {
        let characters = Array(key)
        var result = ""
        var isFirst = true
        for (index, character) in characters.enumerated() {
            guard character.isLetter || character.isNumber else {
                if !isFirst {
                    isFirst = true
                    result.append(separator)
                }
                continue
            }
            let touchesLowercase =
                (index + 1 < characters.count && characters[index + 1].isLowercase)
                || (index > 0 && characters[index - 1].isLowercase)
            if !isFirst, character.isUppercase || character.isNumber, touchesLowercase { result.append(separator) }
            isFirst = false
            result += character.lowercased()
        }
        return result
    }

    private static func singular(of word: String) -> String {
        if word.hasSuffix("ss") || !word.hasSuffix("s") { return word }
        if word.hasSuffix("ies"), word.count > 4 { return word.dropLast(3) + "y" }
        for ending in ["xes", "ches", "shes", "sses"] where word.hasSuffix(ending) {
            return String(word.dropLast(2))
        }
        return String(word.dropLast())
    }
}
