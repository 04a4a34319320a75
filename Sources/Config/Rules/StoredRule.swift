import JSON
import Kernel
import Model
import SQLite

/// A rule: its row.
struct StoredRule: Sendable {
    let name: String
    /// `config-rule-abc123`, the end of its ARN.
    let id: String
    var state = State.active
    /// What DescribeConfigRules shows, but for the state.
    var settings: ConfigRule
    /// The text of a custom policy.
    var policy: String?
    /// When an evaluation was last asked for.
    var evaluated: Timestamp?

    enum State: String, Sendable {
        case active = "ACTIVE"
        case evaluating = "EVALUATING"
        case deleting = "DELETING"
        case deletingResults = "DELETING_RESULTS"
    }

    enum Owner: String {
        case aws = "AWS"
        case function = "CUSTOM_LAMBDA"
        case policy = "CUSTOM_POLICY"
    }

    var owner: Owner { Owner(rawValue: settings.source.owner.rawValue) ?? .aws }
    var arn: String { settings.configRuleArn ?? "" }
    /// Of a managed rule its identifier, of a custom one the ARN of its function.
    var identifier: String { settings.source.sourceIdentifier ?? "" }
    /// The messages that a custom rule wants.
    var messageTypes: Set<String> { Set((settings.source.sourceDetails ?? []).compactMap { $0.messageType?.rawValue }) }

    /// As DescribeConfigRules shows it.
    var shown: ConfigRule {
        var json = settings.json.object ?? JSONObject()
        json["ConfigRuleState"] = .string(state.rawValue)
        return ConfigRule(json: .object(json))
    }

    // MARK: Reading

    static func find(_ name: String, in context: ReadContext) throws -> StoredRule? {
        try context.database.first(
            """
            SELECT name, id, state, settings, policy, evaluated FROM config_rule
            WHERE account = ? AND region = ? AND name = ?
            """, context.account, context.region, name
        ) { try StoredRule($0) }
    }

    /// - Throws: AWS's complaint of a rule that there is not.
    static func get(_ name: String, in context: ReadContext) throws -> StoredRule {
        guard let rule = try find(name, in: context) else { throw AWSError.noSuchRule(name) }
        return rule
    }

    static func find(id: String, in context: ReadContext) throws -> StoredRule? {
        try context.database.first(
            """
            SELECT name, id, state, settings, policy, evaluated FROM config_rule
            WHERE account = ? AND region = ? AND id = ?
            """, context.account, context.region, id
        ) { try StoredRule($0) }
    }

    /// The rules behind a name, by name.
    static func list(after name: String = "", limit: Int = .max, in context: ReadContext) throws -> [StoredRule] {
        var rules: [StoredRule] = []
        try context.database.query(
            """
            SELECT name, id, state, settings, policy, evaluated FROM config_rule
            WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?
            """, context.account, context.region, name, limit
        ) { rules.append(try StoredRule($0)) }
        return rules
    }

    static func count(in context: ReadContext) throws -> Int {
        try context.database.first(
            "SELECT count(*) FROM config_rule WHERE account = ? AND region = ?", context.account, context.region
        ) { $0.int(0) } ?? 0
    }

    // MARK: Writing

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT INTO config_rule (account, region, name, id, state, settings, policy, status, evaluated)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '{}', ?8)
            ON CONFLICT (account, region, name) DO UPDATE SET state = ?5, settings = ?6, policy = ?7, evaluated = ?8
            """, context.account, context.region, name, id, state.rawValue, settings.json.description, policy,
            evaluated?.milliseconds)
        ActiveRules.forget(in: context)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM config_rule WHERE account = ? AND region = ? AND name = ?", context.account, context.region,
            name)
        if let arn = ARN(arn) { try context.removeTags(of: arn) }
        ActiveRules.forget(in: context)
    }
}

extension StoredRule {
    /// Reads the columns in the order of `find`.
    fileprivate init(_ row: Row) throws {
        self.init(
            name: row.text(0), id: row.text(1), state: State(rawValue: row.text(2)) ?? .active,
            settings: ConfigRule(json: try JSON(parsing: row.text(3))), policy: row.optionalText(4),
            evaluated: row.optionalInt64(5).map(Timestamp.init(milliseconds:)))
    }
}

extension AWSError {
    static func noSuchRule(_ name: String) -> AWSError {
        AWSError(
            "NoSuchConfigRuleException",
            "The ConfigRule '\(name)' provided in the request is invalid. Please check the configRule name")
    }

    static func ruleIsBeingDeleted(_ name: String) -> AWSError {
        AWSError(
            "ResourceInUseException", "The rule \(name) is currently being deleted. Please retry after some time.")
    }

    static let rulesOfServices = AWSError.accessDenied(
        "An AWS service owns ServiceLinkedConfigRule. You do not have permissions to take action on this rule.")
}
