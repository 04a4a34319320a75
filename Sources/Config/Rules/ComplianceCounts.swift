import JSON
import Kernel
import Model
import SQLite

/// How many results are of which kind: of a rule, or of a resource.
struct ComplianceCounts {
    var compliant = 0
    var nonCompliant = 0

    var value: ComplianceValue {
        nonCompliant > 0 ? .nonCompliant : compliant > 0 ? .compliant : .insufficientData
    }

    /// Only what is not compliant says how much contributes to that.
    func shown(cap: Int) -> Compliance {
        Compliance(
            json: .object([
                "ComplianceType": value.json,
                "ComplianceContributorCount": nonCompliant > 0 ? Self.capped(nonCompliant, cap) : nil,
            ]))
    }

    static func capped(_ count: Int, _ cap: Int) -> JSON {
        ["CappedCount": .number(min(count, cap)), "CapExceeded": .bool(count > cap)]
    }

    // MARK: Reading

    /// The counts of all rules with results, by name.
    static func byRule(in context: ReadContext) throws -> [String: ComplianceCounts] {
        var counts: [String: ComplianceCounts] = [:]
        try context.database.query(
            """
            SELECT rule, sum(compliance = 'COMPLIANT'), sum(compliance = 'NON_COMPLIANT') FROM config_result
            WHERE account = ? AND region = ? GROUP BY rule
            """, context.account, context.region
        ) { counts[$0.text(0)] = ComplianceCounts(compliant: $0.int(1), nonCompliant: $0.int(2)) }
        return counts
    }

    /// The counts of resources that rules have something to say of, by type and id.
    ///
    /// - Parameter wanted: the values that are wanted; none for all.
    static func byResource(
        _ type: String?, _ id: String?, after position: ResourcePosition, wanted: Set<String>, limit: Int,
        in context: ReadContext
    ) throws -> [(position: ResourcePosition, counts: ComplianceCounts)] {
        var found: [(position: ResourcePosition, counts: ComplianceCounts)] = []
        let good = wanted.isEmpty || wanted.contains("COMPLIANT")
        let bad = wanted.isEmpty || wanted.contains("NON_COMPLIANT")
        try context.database.query(
            """
            SELECT type, id, sum(compliance = 'COMPLIANT') AS good, sum(compliance = 'NON_COMPLIANT') AS bad
            FROM config_result
            WHERE account = ?1 AND region = ?2 AND (?3 IS NULL OR type = ?3) AND (?4 IS NULL OR id = ?4)
            AND (type, id) > (?5, ?6)
            GROUP BY type, id HAVING (bad > 0 AND ?7) OR (bad = 0 AND good > 0 AND ?8) ORDER BY type, id LIMIT ?9
            """, context.account, context.region, type, id, position.type, position.id, bad, good, limit
        ) { row in
            found.append(
                (
                    ResourcePosition(type: row.text(0), id: row.text(1)),
                    ComplianceCounts(compliant: row.int(2), nonCompliant: row.int(3))
                ))
        }
        return found
    }
}

// MARK: - Summaries

extension Config {
    private static let summaryRulesCap = 25
    private static let summaryResourcesCap = 100

    /// There is nothing that it could be asked.
    struct NoInput: ShapeView {
        let json: JSON
        init(json: JSON) { self.json = json }
    }

    /// What is called resources in the answer are rules.
    @Sendable static func getComplianceSummaryByConfigRule(_ input: NoInput, in context: ReadContext) throws
        -> GetComplianceSummaryByConfigRuleResponse
    {
        context.access("config:GetComplianceSummaryByConfigRule", on: "*")
        let values = try ComplianceCounts.byRule(in: context).values.map(\.value)
        return GetComplianceSummaryByConfigRuleResponse(
            complianceSummary: summary(values, cap: summaryRulesCap, in: context))
    }

    @Sendable static func getComplianceSummaryByResourceType(
        _ input: GetComplianceSummaryByResourceTypeRequest, in context: ReadContext
    ) throws -> GetComplianceSummaryByResourceTypeResponse {
        context.access("config:GetComplianceSummaryByResourceType", on: "*")
        let types = input.resourceTypes ?? []
        let asked: [String?] = types.isEmpty ? [nil] : types.map { $0 }
        return GetComplianceSummaryByResourceTypeResponse(
            complianceSummariesByResourceType: try asked.map { type in
                let found = try ComplianceCounts.byResource(
                    type, nil, after: ResourcePosition(type: "", id: ""), wanted: [], limit: .max, in: context)
                return ComplianceSummaryByResourceType(
                    resourceType: type,
                    complianceSummary: summary(found.map(\.counts.value), cap: summaryResourcesCap, in: context))
            })
    }

    private static func summary(_ values: [ComplianceValue], cap: Int, in context: ReadContext) -> ComplianceSummary {
        ComplianceSummary(
            json: .object([
                "CompliantResourceCount": ComplianceCounts.capped(values.count { $0 == .compliant }, cap),
                "NonCompliantResourceCount": ComplianceCounts.capped(values.count { $0 == .nonCompliant }, cap),
                "ComplianceSummaryTimestamp": context.now.json,
            ]))
    }
}
