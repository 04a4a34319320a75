import JSON
import Kernel
import Model
import SQLite

/// What is done about the resources that are not compliant with a rule: its row. A rule has one at most.
struct StoredRemediation {
    let rule: String
    /// As DescribeRemediationConfigurations shows it.
    let settings: RemediationConfiguration

    /// A configuration may be for one type of the rule's.
    func isAbout(_ type: String) -> Bool { settings.resourceType.map { $0 == type } ?? true }

    static func find(_ rule: String, in context: ReadContext) throws -> StoredRemediation? {
        try context.database.first(
            "SELECT rule, settings FROM config_remediation WHERE account = ? AND region = ? AND rule = ?",
            context.account, context.region, rule
        ) { row in
            StoredRemediation(
                rule: row.text(0), settings: RemediationConfiguration(json: try JSON(parsing: row.text(1))))
        }
    }

    static func get(_ rule: String, in context: ReadContext) throws -> StoredRemediation {
        guard let found = try find(rule, in: context) else {
            throw AWSError(
                "NoSuchRemediationConfigurationException",
                "There is no remediation configuration for the rule \(rule).")
        }
        return found
    }

    /// The rules that have one; kept from one transaction to the next, since every bad verdict asks.
    static func rules(in context: WriteContext) throws -> Set<String> {
        try context.cached(cacheKey(context)) {
            var rules: Set<String> = []
            try context.database.query(
                "SELECT rule FROM config_remediation WHERE account = ? AND region = ?", context.account, context.region
            ) { rules.insert($0.text(0)) }
            return rules
        } ?? []
    }

    private static func cacheKey(_ context: ReadContext) -> String {
        "config remediations \(context.account) \(context.region)"
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            "INSERT OR REPLACE INTO config_remediation (account, region, rule, settings) VALUES (?, ?, ?, ?)",
            context.account, context.region, rule, settings.json.description)
        context.forget(Self.cacheKey(context))
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM config_remediation WHERE account = ? AND region = ? AND rule = ?", context.account,
            context.region, rule)
        context.forget(Self.cacheKey(context))
        try context.database.run(
            "DELETE FROM config_remediation_exception WHERE account = ? AND region = ? AND rule = ?", context.account,
            context.region, rule)
        try context.database.run(
            "DELETE FROM config_remediation_run WHERE account = ? AND region = ? AND rule = ?", context.account,
            context.region, rule)
    }
}

/// A resource that automatic remediation leaves alone: its row.
struct StoredRemediationException {
    let rule: String
    let type: String
    let id: String
    let message: String?
    let expires: Timestamp?

    /// Those of a rule that have not expired, by type and id.
    static func list(of rule: String, in context: ReadContext) throws -> [StoredRemediationException] {
        var found: [StoredRemediationException] = []
        try context.database.query(
            """
            SELECT rule, type, id, message, expires FROM config_remediation_exception
            WHERE account = ? AND region = ? AND rule = ? AND (expires IS NULL OR expires > ?) ORDER BY type, id
            """, context.account, context.region, rule, context.now.milliseconds
        ) { row in
            found.append(
                StoredRemediationException(
                    rule: row.text(0), type: row.text(1), id: row.text(2), message: row.optionalText(3),
                    expires: row.optionalInt64(4).map(Timestamp.init(milliseconds:))))
        }
        return found
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_remediation_exception
                (account, region, rule, type, id, message, expires) VALUES (?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, rule, type, id, message, expires?.milliseconds)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            """
            DELETE FROM config_remediation_exception
            WHERE account = ? AND region = ? AND rule = ? AND type = ? AND id = ?
            """, context.account, context.region, rule, type, id)
    }

    var shown: RemediationException {
        RemediationException(
            configRuleName: rule, resourceType: type, resourceId: id, message: message, expirationTime: expires)
    }
}
