import JSON
import Kernel
import Model

/// What the rules of packs say.
extension Config {
    private static let packRulesOfPage = 1000
    private static let packResultsOfPage = 100
    private static let packsOfPage = 20

    @Sendable static func describeConformancePackCompliance(
        _ input: DescribeConformancePackComplianceRequest, in context: ReadContext
    ) throws -> DescribeConformancePackComplianceResponse {
        let pack = try pack(input.conformancePackName, for: "DescribeConformancePackCompliance", in: context)
        let names = try packRules(input.filters?.configRuleNames, of: pack)
        let wanted = try packFilter(input.filters?.complianceType?.rawValue)
        let purpose = "DescribeConformancePackCompliance \(pack.id) \(names.sorted()) \(wanted ?? "")"
        let start = try ListPage.position(input.nextToken, purpose, in: context) ?? ""
        let limit = ListPage.limit(input.limit, default: packRulesOfPage)
        let found = try PackCompliance(pack, in: context).rules.filter { rule in
            rule.name > start && names.contains(rule.name) && (wanted == nil || rule.counts.value.rawValue == wanted)
        }
        let page = found.prefix(limit)
        return DescribeConformancePackComplianceResponse(
            json: .object([
                "ConformancePackName": .string(pack.name),
                "ConformancePackRuleComplianceList": .array(
                    page.map {
                        [
                            "ConfigRuleName": .string($0.name), "ComplianceType": $0.counts.value.json,
                            "Controls": [],
                        ]
                    }),
                "NextToken": found.count > limit
                    ? page.last.map { .string(context.token(for: $0.name, purpose: purpose)) } : nil,
            ]))
    }

    @Sendable static func getConformancePackComplianceDetails(
        _ input: GetConformancePackComplianceDetailsRequest, in context: ReadContext
    ) throws -> GetConformancePackComplianceDetailsResponse {
        let pack = try pack(input.conformancePackName, for: "GetConformancePackComplianceDetails", in: context)
        let names = try packRules(input.filters?.configRuleNames, of: pack).sorted()
        let wanted = try packFilter(input.filters?.complianceType?.rawValue)
        let type = input.filters?.resourceType
        let ids = input.filters?.resourceIds ?? []
        guard ids.isEmpty || type != nil else {
            throw AWSError.invalidParameter("ResourceType must be specified together with ResourceIds.")
        }
        let purpose = "GetConformancePackComplianceDetails \(pack.id) \(names) \(wanted ?? "") \(type ?? "") \(ids)"
        let limit = ListPage.limit(input.limit, default: packResultsOfPage)
        let start = try ListPage.position(input.nextToken, purpose, in: context)
        let parts = start?.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var found: [StoredResult] = []
        for name in names where name >= parts?[0] ?? "" && found.count <= limit {
            var position = parts?[0] == name ? ResourcePosition(parts?[1] ?? "") : ResourcePosition(type: "", id: "")
            while found.count <= limit {
                let batch = try StoredResult.list(
                    of: name, after: (position.type, position.id), limit: packResultsOfPage, in: context)
                found += batch.filter { result in
                    result.compliance != .notApplicable && (wanted == nil || result.compliance.rawValue == wanted)
                        && (type == nil || result.type == type) && (ids.isEmpty || ids.contains(result.id))
                }
                guard let last = batch.last, batch.count == packResultsOfPage else { break }
                position = ResourcePosition(type: last.type, id: last.id)
            }
        }
        let page = found.prefix(limit)
        let end = page.last.map { "\($0.rule)\n\(ResourcePosition(type: $0.type, id: $0.id).text)" }
        return GetConformancePackComplianceDetailsResponse(
            json: .object([
                "ConformancePackName": .string(pack.name),
                "ConformancePackRuleEvaluationResults": .array(page.map(\.shown.json)),
                "NextToken": found.count > limit
                    ? end.map { .string(context.token(for: $0, purpose: purpose)) } : nil,
            ]))
    }

    @Sendable static func getConformancePackComplianceSummary(
        _ input: GetConformancePackComplianceSummaryRequest, in context: ReadContext
    ) throws -> GetConformancePackComplianceSummaryResponse {
        context.access("config:GetConformancePackComplianceSummary", on: "*")
        let names = input.conformancePackNames
        for name in names where try StoredPack.find(name, in: context) == nil { throw AWSError.noSuchPack }
        let page = try PackPage(
            names, input.limit, input.nextToken, "GetConformancePackComplianceSummary", default: packsOfPage,
            in: context)
        return GetConformancePackComplianceSummaryResponse(
            json: .object([
                "ConformancePackComplianceSummaryList": .array(
                    try page.packs.map { pack in
                        [
                            "ConformancePackName": .string(pack.name),
                            "ConformancePackComplianceStatus": try PackCompliance(pack, in: context).value.json,
                        ]
                    }), "NextToken": page.nextToken.map(JSON.string),
            ]))
    }

    /// Without an order asked for they come by name; packs without a score stand above those with the best.
    @Sendable static func listConformancePackComplianceScores(
        _ input: ListConformancePackComplianceScoresRequest, in context: ReadContext
    ) throws -> ListConformancePackComplianceScoresResponse {
        context.access("config:ListConformancePackComplianceScores", on: "*")
        let names = input.filters?.conformancePackNames ?? []
        let isDescending = input.sortOrder?.rawValue == "DESCENDING"
        let isByScore = input.sortBy != nil
        let purpose = "ListConformancePackComplianceScores \(names) \(isDescending) \(isByScore)"
        let limit = ListPage.limit(input.limit, default: packsOfPage)
        let start = try ListPage.position(input.nextToken, purpose, in: context).flatMap { Int($0) } ?? 0
        var scores = try StoredPack.list(in: context).filter { names.isEmpty || names.contains($0.name) }.map { pack in
            (name: pack.name, compliance: try PackCompliance(pack, in: context))
        }
        if isDescending { scores.reverse() }
        if isByScore {
            // A sort that keeps the order by name of equal ones.
            func value(_ text: String) -> Double { Double(text) ?? 101 }
            scores = scores.enumerated().sorted { left, right in
                let values = (value(left.element.compliance.score), value(right.element.compliance.score))
                if values.0 == values.1 { return left.offset < right.offset }
                return isDescending ? values.0 > values.1 : values.0 < values.1
            }.map(\.element)
        }
        let page = scores.dropFirst(start).prefix(limit)
        let end = start + page.count
        return ListConformancePackComplianceScoresResponse(
            json: .object([
                "ConformancePackComplianceScores": .array(
                    page.map { pack in
                        .object([
                            "Score": .string(pack.compliance.score), "ConformancePackName": .string(pack.name),
                            "LastUpdatedTime": pack.compliance.updated?.json,
                        ])
                    }),
                "NextToken": end < scores.count ? .string(context.token(for: String(end), purpose: purpose)) : nil,
            ]))
    }

    // MARK: Filters

    private static func packRules(_ asked: [String]?, of pack: StoredPack) throws(AWSError) -> Set<String> {
        guard let asked, !asked.isEmpty else { return Set(pack.rules) }
        guard asked.allSatisfy(pack.rules.contains) else {
            throw AWSError(
                "NoSuchConfigRuleInConformancePackException",
                "AWS Config rule that you passed in the filter does not exist.")
        }
        return Set(asked)
    }

    /// INSUFFICIENT_DATA cannot be asked for. Source: the page of `ConformancePackComplianceFilters`.
    private static func packFilter(_ asked: String?) throws(AWSError) -> String? {
        guard asked != ComplianceValue.insufficientData.rawValue else {
            throw .invalidParameter(
                "The ComplianceType INSUFFICIENT_DATA is invalid. Only the following values are permitted: COMPLIANT, NON_COMPLIANT"
            )
        }
        return asked
    }
}
