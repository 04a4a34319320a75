/// AWS's names as Swift names.
enum Name {
    private static let reserved: Set<String> = [
        "as", "async", "await", "break", "case", "class", "continue", "default", "defer", "do", "else", "enum",
        "extension",
        "false", "for", "func", "if", "import", "in", "init", "internal", "is", "let", "nil", "operator", "private",
        "protocol", "public", "repeat", "return", "self", "static", "struct", "switch", "throw", "true", "try", "var",
        "where", "while",
    ]

    /// `ParameterARN` → `parameterARN`, `KMSKeyId` → `kmsKeyId`, `Intelligent-Tiering` → `intelligentTiering`.
    static func member(_ name: String) -> String {
        let words = name.split { !$0.isLetter && !$0.isNumber }
        guard let first = words.first else { return "_" }
        var result = lowered(String(first))
        for word in words.dropFirst() { result += word.prefix(1).uppercased() + word.dropFirst() }
        if result.first?.isNumber == true { result = "_" + result }
        return reserved.contains(result) ? "`\(result)`" : result
    }

    /// The leading capitals in lower case, but for the last one where a word begins with it.
    private static func lowered(_ word: String) -> String {
        let capitals = word.prefix { $0.isUppercase }.count
        if capitals <= 1 || capitals == word.count {
            return word.prefix(max(capitals, 1)).lowercased() + word.dropFirst(max(capitals, 1))
        }
        return word.prefix(capitals - 1).lowercased() + word.dropFirst(capitals - 1)
    }

    static func type(_ name: String) -> String {
        name.prefix(1).uppercased() + name.dropFirst()
    }
}
