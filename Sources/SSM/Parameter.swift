import Kernel
import Model
import SQLite

/// One version of a parameter, the latest or an earlier one.
struct ParameterVersion {
    var spelling: String
    var version: Int
    var type: ParameterType
    /// UTF-8 text; sealed for a SecureString.
    var value: [UInt8]
    var keyID: String?
    var description: String?
    var allowedPattern: String?
    var tier: ParameterTier
    var policies: [ParameterPolicy]
    var dataType: String
    var modified: Timestamp
    var modifiedBy: String

    /// `ORDER BY` and `WHERE` clauses refer to `v`, the version, and `p`, its parameter.
    private static let select = """
        SELECT p.spelling, v.version, v.type, v.value, v.key_id, v.description, v.allowed_pattern, v.tier, v.policies,
        v.data_type, v.modified, v.modified_by FROM ssm_parameter AS p
        JOIN ssm_parameter_version AS v ON v.account = p.account AND v.region = p.region AND v.name = p.name
        """

    private init(_ row: Row) throws {
        spelling = row.text(0)
        version = row.int(1)
        type = ParameterType(rawValue: row.text(2)) ?? .string
        value = row.blob(3)
        keyID = row.optionalText(4)
        description = row.optionalText(5)
        allowedPattern = row.optionalText(6)
        tier = ParameterTier(rawValue: row.text(7)) ?? .standard
        policies = try row.optionalText(8).map(ParameterPolicy.stored) ?? []
        dataType = row.text(9)
        modified = Timestamp(milliseconds: row.int64(10))
        modifiedBy = row.text(11)
    }

    init(
        spelling: String, version: Int, type: ParameterType, value: [UInt8], keyID: String?, description: String?,
        allowedPattern: String?, tier: ParameterTier, policies: [ParameterPolicy], dataType: String,
        modified: Timestamp,
        modifiedBy: String
    ) {
        self.spelling = spelling
        self.version = version
        self.type = type
        self.value = value
        self.keyID = keyID
        self.description = description
        self.allowedPattern = allowedPattern
        self.tier = tier
        self.policies = policies
        self.dataType = dataType
        self.modified = modified
        self.modifiedBy = modifiedBy
    }

    static func latest(_ name: String, owner: Owner, in context: ReadContext) throws -> ParameterVersion? {
        try context.database.first(
            """
            SELECT p.spelling, v.version, v.type, v.value, v.key_id, v.description, v.allowed_pattern, v.tier, v.policies,
            v.data_type, v.modified, v.modified_by FROM ssm_parameter AS p
            JOIN ssm_parameter_version AS v
            ON v.account = p.account AND v.region = p.region AND v.name = p.name AND v.version = p.latest
            WHERE p.account = ? AND p.region = ? AND p.name = ?
            """, owner.account, owner.region, ParameterName.key(name), map: ParameterVersion.init)
    }

    /// All versions that are kept, the oldest first, from a version on.
    static func history(
        _ name: String, after version: Int, limit: Int, in context: ReadContext
    ) throws -> [ParameterVersion] {
        var versions: [ParameterVersion] = []
        try context.database.query(
            composed: select
                + " WHERE p.account = ? AND p.region = ? AND p.name = ? AND v.version > ? ORDER BY v.version LIMIT ?",
            [context.account, context.region, ParameterName.key(name), version, limit]
        ) { versions.append(try ParameterVersion($0)) }
        return versions
    }

    static func version(_ version: Int, of name: String, owner: Owner, in context: ReadContext) throws
        -> ParameterVersion?
    {
        var found: ParameterVersion?
        try context.database.query(
            composed: select + " WHERE p.account = ? AND p.region = ? AND p.name = ? AND v.version = ?",
            [owner.account, owner.region, ParameterName.key(name), version]
        ) { found = try ParameterVersion($0) }
        return found
    }

    /// The latest versions whose names come after `after`, by name; `condition` may restrict them further.
    static func list(
        of owner: Owner, after: String, where condition: String, _ values: [any Bindable], limit: Int,
        in context: ReadContext
    ) throws -> [ParameterVersion] {
        var versions: [ParameterVersion] = []
        try context.database.query(
            composed: select
                + " AND v.version = p.latest WHERE p.account = ? AND p.region = ? AND p.name > ? \(condition) ORDER BY p.name LIMIT ?",
            [owner.account, owner.region, after] + values + [limit]
        ) { versions.append(try ParameterVersion($0)) }
        return versions
    }

    /// Writes a new version and makes it the latest.
    func insert(in context: WriteContext) throws {
        let key = ParameterName.key(spelling)
        try context.database.run(
            """
            INSERT INTO ssm_parameter (account, region, name, spelling, latest, tier, type, key_id, data_type)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET latest = excluded.latest, tier = excluded.tier, type = excluded.type,
            key_id = excluded.key_id, data_type = excluded.data_type
            """, context.account, context.region, key, spelling, version, tier.rawValue, type.rawValue, keyID, dataType)
        try context.database.run(
            """
            INSERT INTO ssm_parameter_version (account, region, name, version, type, value, key_id, description,
            allowed_pattern, tier, policies, data_type, modified, modified_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, key, version, type.rawValue, value, keyID, description,
            allowedPattern,
            tier.rawValue, policies.isEmpty ? nil : ParameterPolicy.text(of: policies), dataType, modified.milliseconds,
            modifiedBy)
    }

    static func deleteVersion(_ version: Int, of name: String, in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM ssm_parameter_version WHERE account = ? AND region = ? AND name = ? AND version = ?",
            context.account, context.region, ParameterName.key(name), version)
    }

    /// The oldest version that is kept and how many there are.
    static func span(of name: String, in context: ReadContext) throws -> (oldest: Int, count: Int)? {
        try context.database.first(
            """
            SELECT min(version), count(*) FROM ssm_parameter_version WHERE account = ? AND region = ? AND name = ?
            """, context.account, context.region, ParameterName.key(name)
        ) { ($0.int(0), $0.int(1)) }
    }

    /// Removes a parameter with its versions, labels, tags and what was due for it.
    static func deleteParameter(_ name: String, in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM ssm_parameter WHERE account = ? AND region = ? AND name = ?", context.account, context.region,
            ParameterName.key(name))
        try context.removeTags(of: ParameterName.arn(name, in: context))
        try context.unschedule(ParameterPolicy.jobKind, subject: ParameterName.key(name))
        try context.database.run(
            "DELETE FROM ssm_resource_policy WHERE account = ? AND region = ? AND resource = ?", context.account,
            context.region, ParameterName.arn(name, in: context).description)
    }
}

/// Whose parameter is meant: the caller's own, or that of an ARN.
struct Owner: Equatable {
    let account: String
    let region: String
}
