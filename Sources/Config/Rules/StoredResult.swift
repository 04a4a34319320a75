import JSON
import Kernel
import Model
import SQLite

/// What a rule says of a resource: its row. Nothing is kept where there is nothing to say.
struct StoredResult {
    let rule: String
    let type: String
    let id: String
    let compliance: ComplianceValue
    let annotation: String?
    /// When what was judged was captured, or when a periodic rule was started.
    let ordering: Timestamp
    let invoked: Timestamp
    let recorded: Timestamp
    /// Whether the three times are those of the resource's current item, whatever they were when the row was written: so
    /// an item of which a rule says the same as before needs no row.
    var followsItem = false

    static let annotationLimit = 256

    static func find(_ rule: String, _ type: String, _ id: String, in context: ReadContext) throws -> StoredResult? {
        try context.database.first(
            """
            SELECT rule, type, id, compliance, annotation, ordering, invoked, recorded, follows_item FROM config_known_result
            WHERE account = ? AND region = ? AND rule = ? AND type = ? AND id = ?
            """, context.account, context.region, rule, type, id
        ) { StoredResult($0) }
    }

    /// What all rules said of a resource before its current item, by rule.
    static func byRule(on type: String, _ id: String, before item: StoredItem?, in context: ReadContext) throws
        -> [String: StoredResult]
    {
        var results: [String: StoredResult] = [:]
        results.reserveCapacity(16)
        try context.database.query(
            """
            SELECT rule, compliance, annotation, ordering, invoked, recorded, follows_item FROM config_result
            WHERE account = ? AND region = ? AND type = ? AND id = ?
            """, context.account, context.region, type, id
        ) { row in
            let followed = row.bool(6) ? item?.captured : nil
            let rule = row.text(0)
            results[rule] = StoredResult(
                rule: rule, type: type, id: id, compliance: ComplianceValue(rawValue: row.text(1)) ?? .insufficientData,
                annotation: row.optionalText(2), ordering: followed ?? Timestamp(milliseconds: row.int64(3)),
                invoked: followed ?? Timestamp(milliseconds: row.int64(4)),
                recorded: followed ?? Timestamp(milliseconds: row.int64(5)), followsItem: row.bool(6))
        }
        return results
    }

    /// The results of a rule behind a resource, by type and id. SQLite would read all of the account's, did it choose the
    /// index itself; so this is the view, written out.
    static func list(
        of rule: String, after position: (type: String, id: String), limit: Int, in context: ReadContext
    ) throws -> [StoredResult] {
        var results: [StoredResult] = []
        try context.database.query(
            """
            SELECT r.rule, r.type, r.id, r.compliance, r.annotation, coalesce(i.captured, r.ordering),
                coalesce(i.captured, r.invoked), coalesce(i.captured, r.recorded), r.follows_item
            FROM config_result r INDEXED BY config_result_rule
            LEFT JOIN config_current_item i
                ON r.follows_item AND i.account = r.account AND i.region = r.region AND i.type = r.type AND i.id = r.id
            WHERE r.account = ? AND r.region = ? AND r.rule = ? AND (r.type, r.id) > (?, ?) ORDER BY r.type, r.id LIMIT ?
            """, context.account, context.region, rule, position.type, position.id, limit
        ) { results.append(StoredResult($0)) }
        return results
    }

    /// The results of a rule that no run since a time has renewed. A run writes the rows of all that the rule is about.
    static func list(of rule: String, invokedBefore time: Timestamp, limit: Int, in context: ReadContext) throws
        -> [StoredResult]
    {
        var results: [StoredResult] = []
        try context.database.query(
            """
            SELECT rule, type, id, compliance, annotation, ordering, invoked, recorded, follows_item
            FROM config_result INDEXED BY config_result_rule
            WHERE account = ? AND region = ? AND rule = ? AND invoked < ? AND compliance <> 'NOT_APPLICABLE' LIMIT ?
            """, context.account, context.region, rule, time.milliseconds, limit
        ) { results.append(StoredResult($0)) }
        return results
    }

    /// What all rules say of a resource, by rule.
    static func list(on type: String, _ id: String, in context: ReadContext) throws -> [StoredResult] {
        var results: [StoredResult] = []
        try context.database.query(
            """
            SELECT rule, type, id, compliance, annotation, ordering, invoked, recorded, follows_item FROM config_known_result
            WHERE account = ? AND region = ? AND type = ? AND id = ? ORDER BY rule
            """, context.account, context.region, type, id
        ) { results.append(StoredResult($0)) }
        return results
    }

    /// The results of all rules, by resource.
    static func all(limit: Int, in context: ReadContext) throws -> [StoredResult] {
        var results: [StoredResult] = []
        try context.database.query(
            """
            SELECT rule, type, id, compliance, annotation, ordering, invoked, recorded, follows_item FROM config_known_result
            WHERE account = ? AND region = ? ORDER BY type, id, rule LIMIT ?
            """, context.account, context.region, limit
        ) { results.append(StoredResult($0)) }
        return results
    }

    /// Whether the row says it already.
    func says(sameAs old: StoredResult?) -> Bool {
        guard followsItem, let old else { return false }
        return old.followsItem && old.compliance == compliance && old.annotation == annotation
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT INTO config_result
                (account, region, rule, type, id, compliance, annotation, ordering, invoked, recorded, follows_item)
            VALUES (?, ?, ?, ?, ?, ?6, ?7, ?8, ?9, ?10, ?11)
            ON CONFLICT (account, region, type, id, rule)
            DO UPDATE SET compliance = ?6, annotation = ?7, ordering = ?8, invoked = ?9, recorded = ?10,
                follows_item = ?11
            """, context.account, context.region, rule, type, id, compliance.rawValue, annotation,
            ordering.milliseconds, invoked.milliseconds, recorded.milliseconds, followsItem)
    }

    /// To be called when a rule is another one from now on: what it said last keeps its times.
    static func keepTimes(of rule: String, in context: WriteContext) throws {
        try context.database.run(
            """
            UPDATE config_result INDEXED BY config_result_rule SET follows_item = 0, (ordering, invoked, recorded) = (
                SELECT ordering, invoked, recorded FROM config_known_result k
                WHERE k.account = config_result.account AND k.region = config_result.region
                AND k.rule = config_result.rule AND k.type = config_result.type AND k.id = config_result.id)
            WHERE account = ? AND region = ? AND rule = ? AND follows_item
            """, context.account, context.region, rule)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM config_result WHERE account = ? AND region = ? AND rule = ? AND type = ? AND id = ?",
            context.account, context.region, rule, type, id)
    }

    // MARK: As the API shows it

    var shown: EvaluationResult {
        EvaluationResult(
            json: .object([
                "EvaluationResultIdentifier": .object([
                    "EvaluationResultQualifier": .object([
                        "ConfigRuleName": .string(rule), "ResourceType": .string(type), "ResourceId": .string(id),
                        "EvaluationMode": "DETECTIVE",
                    ]), "OrderingTimestamp": ordering.json,
                ]), "ComplianceType": compliance.json, "ResultRecordedTime": recorded.json,
                "ConfigRuleInvokedTime": invoked.json, "Annotation": annotation.map(JSON.string),
            ]))
    }

    /// - Parameter withNulls: whether what there is not is there as null, as in messages of SNS.
    func notified(withNulls: Bool) -> JSON {
        .object([
            "evaluationResultIdentifier": .object([
                "evaluationResultQualifier": .object([
                    "configRuleName": .string(rule), "resourceType": .string(type), "resourceId": .string(id),
                    "evaluationMode": "DETECTIVE",
                ]), "orderingTimestamp": .string(ordering.iso8601()),
            ]), "complianceType": compliance.json, "resultRecordedTime": .string(recorded.iso8601()),
            "configRuleInvokedTime": .string(invoked.iso8601()),
            "annotation": annotation.map(JSON.string) ?? (withNulls ? .null : nil),
            "resultToken": withNulls ? .null : nil,
        ])
    }
}

extension StoredResult {
    /// Reads the columns in the order of `find`.
    fileprivate init(_ row: Row) {
        self.init(
            rule: row.text(0), type: row.text(1), id: row.text(2),
            compliance: ComplianceValue(rawValue: row.text(3)) ?? .insufficientData, annotation: row.optionalText(4),
            ordering: Timestamp(milliseconds: row.int64(5)), invoked: Timestamp(milliseconds: row.int64(6)),
            recorded: Timestamp(milliseconds: row.int64(7)), followsItem: row.bool(8))
    }
}
