/// The managed rules that a policy in the language Guard can say, `Schema/config/managed-policies.txt`.
enum ManagedPolicies {
    /// The policy of a managed rule; nil where there is none.
    static func text(of identifier: String) -> String? { texts[identifier] }

    static var identifiers: [String] { texts.keys.sorted() }

    /// Each begins with a line `rule IDENTIFIER …` and reaches to the next one.
    private static let texts: [String: String] = {
        var texts: [String: String] = [:]
        var name = ""
        let text = String(decoding: EmbeddedSchema.managedPolicies.bytes, as: UTF8.self)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("rule ") {
                name = String(line.dropFirst(5).prefix { $0 != " " })
            }
            guard !name.isEmpty else { continue }
            texts[name, default: ""] += line + "\n"
        }
        return texts
    }()
}
