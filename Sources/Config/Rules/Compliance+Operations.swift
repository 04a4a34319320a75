import JSON
import Kernel
import Model
import SQLite

/// What rules say, by rule and by resource.
extension Config {
    private static let contributorsCap = 25
    private static let rulesOfPage = 25
    private static let resourcesOfPage = 10

    @Sendable static func describeComplianceByConfigRule(
        _ input: DescribeComplianceByConfigRuleRequest, in context: ReadContext
    ) throws -> DescribeComplianceByConfigRuleResponse {
        context.access("config:DescribeComplianceByConfigRule", on: "*")
        let wanted = try complianceFilter(input.complianceTypes?.map(\.rawValue), allowed: aggregateValues)
        let counts = try ComplianceCounts.byRule(in: context)
        let page = try RulePage(
            input.configRuleNames, input.nextToken, "DescribeComplianceByConfigRule \(wanted.sorted())",
            limit: rulesOfPage, in: context
        ) { wanted.isEmpty || wanted.contains((counts[$0.name] ?? ComplianceCounts()).value.rawValue) }
        return DescribeComplianceByConfigRuleResponse(
            complianceByConfigRules: page.rules.map { rule in
                ComplianceByConfigRule(
                    configRuleName: rule.name,
                    compliance: (counts[rule.name] ?? ComplianceCounts()).shown(cap: contributorsCap))
            }, nextToken: page.nextToken)
    }

    @Sendable static func describeComplianceByResource(
        _ input: DescribeComplianceByResourceRequest, in context: ReadContext
    ) throws -> DescribeComplianceByResourceResponse {
        context.access("config:DescribeComplianceByResource", on: "*")
        guard input.resourceId == nil || input.resourceType != nil else { throw resourceTypeMissing }
        let wanted = try complianceFilter(input.complianceTypes?.map(\.rawValue), allowed: aggregateValues)
        let purpose =
            "DescribeComplianceByResource \(input.resourceType ?? "") \(input.resourceId ?? "") \(wanted.sorted())"
        let limit = ListPage.limit(input.limit, default: resourcesOfPage)
        let start = try ListPage.position(input.nextToken, purpose, in: context).map(ResourcePosition.init)
        let id = try input.resourceId.map { id in
            try StoredItem.sought(input.resourceType ?? "", id, in: context)?.resource.id ?? id
        }
        let found = try ComplianceCounts.byResource(
            input.resourceType, id, after: start ?? ResourcePosition(type: "", id: ""), wanted: wanted,
            limit: limit + 1, in: context)
        let page = found.prefix(limit)
        return DescribeComplianceByResourceResponse(
            complianceByResources: page.map { resource in
                ComplianceByResource(
                    resourceType: resource.position.type, resourceId: resource.position.id,
                    compliance: resource.counts.shown(cap: contributorsCap))
            },
            nextToken: found.count > limit
                ? page.last.map { context.token(for: $0.position.text, purpose: purpose) } : nil)
    }

    // MARK: Details

    @Sendable static func getComplianceDetailsByConfigRule(
        _ input: GetComplianceDetailsByConfigRuleRequest, in context: ReadContext
    ) throws -> GetComplianceDetailsByConfigRuleResponse {
        let rule = try rule(input.configRuleName, for: "GetComplianceDetailsByConfigRule", in: context)
        let wanted = try detailsFilter(input.complianceTypes?.map(\.rawValue))
        let limit = ListPage.limit(input.limit, default: resourcesOfPage)
        let purpose = "GetComplianceDetailsByConfigRule \(rule.name) \(wanted.sorted())"
        var position = try ListPage.position(input.nextToken, purpose, in: context).map(ResourcePosition.init)
        var found: [StoredResult] = []
        while found.count <= limit {
            let batch = try StoredResult.list(
                of: rule.name, after: (position?.type ?? "", position?.id ?? ""), limit: 100, in: context)
            found += batch.filter { wanted.contains($0.compliance.rawValue) }
            position = batch.last.map { ResourcePosition(type: $0.type, id: $0.id) }
            if batch.count < 100 { break }
        }
        let page = found.prefix(limit)
        return GetComplianceDetailsByConfigRuleResponse(
            evaluationResults: page.map(\.shown),
            nextToken: found.count > limit
                ? page.last.map {
                    context.token(for: ResourcePosition(type: $0.type, id: $0.id).text, purpose: purpose)
                } : nil)
    }

    @Sendable static func getComplianceDetailsByResource(
        _ input: GetComplianceDetailsByResourceRequest, in context: ReadContext
    ) throws -> GetComplianceDetailsByResourceResponse {
        context.access("config:GetComplianceDetailsByResource", on: "*")
        let wanted = try detailsFilter(input.complianceTypes?.map(\.rawValue))
        if let evaluation = input.resourceEvaluationId {
            guard input.resourceType == nil, input.resourceId == nil else {
                throw AWSError.invalidParameter(
                    "Specify either ResourceEvaluationId, or ResourceType and ResourceId, but not both.")
            }
            let results = try StoredProactive.find(evaluation, in: context)?.results ?? []
            return GetComplianceDetailsByResourceResponse(
                evaluationResults: results.filter { wanted.contains($0.complianceType?.rawValue ?? "") })
        }
        guard let type = input.resourceType, let asked = input.resourceId else { throw resourceTypeMissing }
        let id = try StoredItem.sought(type, asked, in: context)?.resource.id ?? asked
        let purpose = "GetComplianceDetailsByResource \(type) \(id) \(wanted.sorted())"
        let start = try ListPage.position(input.nextToken, purpose, in: context) ?? ""
        let found = try StoredResult.list(on: type, id, in: context).filter { result in
            wanted.contains(result.compliance.rawValue) && result.rule > start
        }
        let page = found.prefix(resourceDetailsOfPage)
        return GetComplianceDetailsByResourceResponse(
            evaluationResults: page.map(\.shown),
            nextToken: found.count > page.count
                ? page.last.map { context.token(for: $0.rule, purpose: purpose) } : nil)
    }

    private static let resourceDetailsOfPage = 100

    // MARK: Filters

    private static let aggregateValues: Set = ["COMPLIANT", "NON_COMPLIANT", "INSUFFICIENT_DATA"]
    private static let detailValues: Set = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]

    private static let resourceTypeMissing = AWSError.invalidParameter(
        "ResourceType and ResourceId must be specified together.")

    private static func complianceFilter(_ asked: [String]?, allowed: Set<String>) throws(AWSError) -> Set<String> {
        let asked = Set(asked ?? [])
        guard let wrong = asked.subtracting(allowed).first else { return asked }
        throw .invalidParameter(
            "The ComplianceType \(wrong) is invalid. Only the following values are permitted: \(allowed.sorted().joined(separator: ", "))"
        )
    }

    /// What does not apply is shown where it is asked for.
    private static func detailsFilter(_ asked: [String]?) throws(AWSError) -> Set<String> {
        let wanted = try complianceFilter(asked, allowed: detailValues)
        return wanted.isEmpty ? ["COMPLIANT", "NON_COMPLIANT"] : wanted
    }
}

/// A place in a list of resources.
struct ResourcePosition {
    let type: String
    let id: String

    init(type: String, id: String) {
        self.type = type
        self.id = id
    }

    /// Reads what `text` wrote.
    init(_ text: String) {
        let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.init(type: parts[0], id: parts.count > 1 ? parts[1] : "")
    }

    var text: String { "\(type)\n\(id)" }
}
