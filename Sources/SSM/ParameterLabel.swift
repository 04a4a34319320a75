import Kernel

/// Labels of a parameter's versions; a label stands on one version at a time.
enum ParameterLabel {
    static let limitPerVersion = 10

    static func version(holding label: String, of name: String, owner: Owner, in context: ReadContext) throws -> Int? {
        try context.database.first(
            "SELECT version FROM ssm_parameter_label WHERE account = ? AND region = ? AND name = ? AND label = ?",
            owner.account, owner.region, ParameterName.key(name), label
        ) { $0.int(0) }
    }

    static func labels(of name: String, version: Int, in context: ReadContext) throws -> [String] {
        var labels: [String] = []
        try context.database.query(
            """
            SELECT label FROM ssm_parameter_label WHERE account = ? AND region = ? AND name = ? AND version = ? ORDER BY label
            """, context.account, context.region, ParameterName.key(name), version
        ) { labels.append($0.text(0)) }
        return labels
    }

    /// Moves a label here from whatever version holds it.
    static func attach(_ label: String, to version: Int, of name: String, in context: WriteContext) throws {
        try context.database.run(
            "INSERT OR REPLACE INTO ssm_parameter_label (account, region, name, label, version) VALUES (?, ?, ?, ?, ?)",
            context.account, context.region, ParameterName.key(name), label, version)
    }

    static func detach(_ label: String, from version: Int, of name: String, in context: WriteContext) throws -> Bool {
        try context.database.run(
            """
            DELETE FROM ssm_parameter_label WHERE account = ? AND region = ? AND name = ? AND label = ? AND version = ?
            """, context.account, context.region, ParameterName.key(name), label, version) > 0
    }

    /// Letters, digits and `.-_`, not beginning with a digit, `aws` or `ssm`.
    static func isValid(_ label: String) -> Bool {
        guard let first = label.utf8.first, !(48...57).contains(first), label.utf8.allSatisfy(ParameterName.isNameByte)
        else {
            return false
        }
        return !["aws", "ssm"].contains(label.prefix(3).lowercased())
    }
}
