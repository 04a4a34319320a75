import Kernel

/// With whom a document is shared: an account, or `all`.
struct DocumentShare {
    let target: String
    /// `$DEFAULT`, `$LATEST` or `$ALL`.
    let version: String

    static let everybody = "all"

    static func list(of name: String, account: String, in context: ReadContext) throws -> [DocumentShare] {
        var shares: [DocumentShare] = []
        try context.database.query(
            """
            SELECT target, version FROM ssm_document_share WHERE account = ? AND region = ? AND name = ?
            ORDER BY target
            """, account, context.region, name
        ) { shares.append(DocumentShare(target: $0.text(0), version: $0.text(1))) }
        return shares
    }

    /// The documents that others share with the caller.
    static func sharedWithCaller(in context: ReadContext) throws -> [(account: String, name: String, isPublic: Bool)] {
        var found: [(String, String, Bool)] = []
        try context.database.query(
            """
            SELECT account, name, target FROM ssm_document_share
            WHERE region = ? AND target IN (?, 'all') AND account <> ? ORDER BY name
            """, context.region, context.account, context.account
        ) { found.append(($0.text(0), $0.text(1), $0.text(2) == everybody)) }
        return found
    }

    /// Whether a version of a document of another account is shared with the caller.
    static func allows(_ document: StoredDocument, in context: ReadContext) throws -> Bool {
        try list(of: document.name, account: document.owner, in: context).contains { share in
            guard share.target == everybody || share.target == context.account else { return false }
            switch share.version {
            case "$ALL": return true
            case "$LATEST": return document.version == document.latestVersion
            default: return document.version == document.defaultVersion
            }
        }
    }

    func save(for name: String, in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO ssm_document_share (account, region, name, target, version) VALUES (?, ?, ?, ?, ?)
            """, context.account, context.region, name, target, version)
    }

    static func delete(_ target: String, of name: String, in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM ssm_document_share WHERE account = ? AND region = ? AND name = ? AND target = ?",
            context.account, context.region, name, target)
    }

    static func deleteAll(of name: String, in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM ssm_document_share WHERE account = ? AND region = ? AND name = ?", context.account,
            context.region, name)
    }
}
