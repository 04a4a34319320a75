import JSON
import Kernel
import Model
import SQLite

/// One version of a document, with what is known of the document as a whole.
struct StoredDocument {
    /// The account, or `Amazon`.
    var owner: String
    var name: String
    var type: DocumentType
    var created: Timestamp
    var defaultVersion: Int
    var latestVersion: Int
    var requires: JSON?
    var version: Int
    var versionName: String?
    var displayName: String?
    var targetType: String?
    var format: DocumentFormat
    var content: String
    var versionCreated: Timestamp

    static let amazon = "Amazon"

    var isAmazons: Bool { owner == Self.amazon }

    /// AWS's own documents are of no account.
    func arn(in context: ReadContext) -> ARN { Self.arn(name, account: isAmazons ? "" : owner, in: context) }

    static func arn(_ name: String, account: String, in context: ReadContext) -> ARN {
        ARN(service: "ssm", region: context.region, account: account, resource: "document/\(name)")
    }

    /// What the ARN of an execution's permission and its events call it.
    func definitionARN(in context: ReadContext) -> ARN {
        ARN(
            service: "ssm", region: context.region, account: isAmazons ? "" : owner,
            resource: "automation-definition/\(name):\(version)")
    }

    // MARK: Rows

    /// Conditions refer to `d`, the document, and `v`, the version.
    private static let select = """
        SELECT d.account, d.name, d.type, d.created, d.default_version, d.latest_version, d.requires, v.version,
        v.version_name, v.display_name, v.target_type, v.format, v.content, v.created FROM ssm_document AS d
        JOIN ssm_document_version AS v ON v.account = d.account AND v.region = d.region AND v.name = d.name
        """

    private init(_ row: Row) throws {
        owner = row.text(0)
        name = row.text(1)
        type = DocumentType(rawValue: row.text(2)) ?? .command
        created = Timestamp(milliseconds: row.int64(3))
        defaultVersion = row.int(4)
        latestVersion = row.int(5)
        requires = try row.optionalText(6).map { try JSON(parsing: $0) }
        version = row.int(7)
        versionName = row.optionalText(8)
        displayName = row.optionalText(9)
        targetType = row.optionalText(10)
        format = DocumentFormat(rawValue: row.text(11)) ?? .json
        content = row.text(12)
        versionCreated = Timestamp(milliseconds: row.int64(13))
    }

    init(
        owner: String, name: String, type: DocumentType, created: Timestamp, requires: JSON? = nil,
        versionName: String?,
        displayName: String?, targetType: String?, format: DocumentFormat, content: String
    ) {
        self.owner = owner
        self.name = name
        self.type = type
        self.created = created
        self.requires = requires
        self.versionName = versionName
        self.displayName = displayName
        self.targetType = targetType
        self.format = format
        self.content = content
        (defaultVersion, latestVersion, version, versionCreated) = (1, 1, 1, created)
    }

    /// The versions of a document of an account, or all documents' default versions where `name` is nil.
    private static func rows(
        of account: String, where condition: String, _ values: [any Bindable], in context: ReadContext
    ) throws -> [StoredDocument] {
        var found: [StoredDocument] = []
        try context.database.query(
            composed: select + " WHERE d.account = ? AND d.region = ? \(condition)",
            [account, context.region] + values
        ) { found.append(try StoredDocument($0)) }
        return found
    }

    /// All versions, the oldest first.
    static func versions(of name: String, account: String, in context: ReadContext) throws -> [StoredDocument] {
        try rows(of: account, where: "AND d.name = ? ORDER BY v.version", [name], in: context)
    }

    static func version(_ version: Int, of name: String, account: String, in context: ReadContext) throws
        -> StoredDocument?
    {
        try rows(of: account, where: "AND d.name = ? AND v.version = ?", [name, version], in: context).first
    }

    static func defaultVersion(of name: String, account: String, in context: ReadContext) throws -> StoredDocument? {
        try rows(of: account, where: "AND d.name = ? AND v.version = d.default_version", [name], in: context).first
    }

    /// The default versions of all documents of the caller's account.
    static func all(in context: ReadContext) throws -> [StoredDocument] {
        try rows(
            of: context.account, where: "AND v.version = d.default_version ORDER BY d.name", [], in: context)
    }

    static func count(in context: ReadContext) throws -> Int {
        try context.database.first(
            "SELECT count(*) FROM ssm_document WHERE account = ? AND region = ?", context.account, context.region
        ) { $0.int(0) } ?? 0
    }

    func insert(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT INTO ssm_document (account, region, name, type, created, default_version, latest_version, requires)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, name, type.rawValue, created.milliseconds, defaultVersion,
            latestVersion, requires?.description)
        try insertVersion(in: context)
    }

    /// Adds the version and makes it the latest.
    func insertVersion(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT INTO ssm_document_version
                (account, region, name, version, version_name, display_name, target_type, format, content, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, name, version, versionName, displayName, targetType, format.rawValue,
            content, versionCreated.milliseconds)
        try context.database.run(
            """
            UPDATE ssm_document SET latest_version = ?1, last_version = ?1
            WHERE account = ?2 AND region = ?3 AND name = ?4
            """, version, context.account, context.region, name)
    }

    /// The number of the next version: that of one that was deleted is not given again (recorded).
    func nextVersion(in context: ReadContext) throws -> Int {
        try context.database.first(
            "SELECT last_version + 1 FROM ssm_document WHERE account = ? AND region = ? AND name = ?", context.account,
            context.region, name
        ) { $0.int(0) } ?? 1
    }

    static func setDefault(_ version: Int, of name: String, in context: WriteContext) throws {
        try context.database.run(
            "UPDATE ssm_document SET default_version = ? WHERE account = ? AND region = ? AND name = ?", version,
            context.account, context.region, name)
    }

    func deleteVersion(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM ssm_document_version WHERE account = ? AND region = ? AND name = ? AND version = ?",
            context.account, context.region, name, version)
        try context.database.run(
            """
            UPDATE ssm_document SET latest_version = (SELECT max(v.version) FROM ssm_document_version AS v
                WHERE v.account = ?1 AND v.region = ?2 AND v.name = ?3)
            WHERE account = ?1 AND region = ?2 AND name = ?3
            """, context.account, context.region, name)
    }

    static func delete(_ name: String, in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM ssm_document WHERE account = ? AND region = ? AND name = ?", context.account, context.region,
            name)
        try context.removeTags(of: arn(name, account: context.account, in: context))
    }
}
