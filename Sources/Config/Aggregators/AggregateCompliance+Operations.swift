import JSON
import Kernel
import Model

/// What the rules in all sources of an aggregator say. As in AWS, rules that have said nothing are left out.
extension Config {
    private static let aggregatedRulesOfPage = 1000
    private static let aggregatedResultsOfPage = 50
    private static let contributorsCap = 25

    @Sendable static func describeAggregateComplianceByConfigRules(
        _ input: DescribeAggregateComplianceByConfigRulesRequest, in context: ReadContext
    ) throws -> DescribeAggregateComplianceByConfigRulesResponse {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "DescribeAggregateComplianceByConfigRules", in: context)
        let filters = input.filters
        let wanted = try aggregateFilter(input.filters?.complianceType?.rawValue)
        var found: [JSON] = []
        for place in try aggregator.places(in: context)
        where place.matches(account: filters?.accountId, region: filters?.awsRegion) {
            let reading = context.reading(account: place.account, region: place.region)
            let counts = try ComplianceCounts.byRule(in: reading)
            for rule in try StoredRule.list(in: reading)
            where filters?.configRuleName.map({ $0 == rule.name }) ?? true {
                guard let count = counts[rule.name], count.value != .insufficientData,
                    wanted == nil || count.value.rawValue == wanted
                else { continue }
                found.append([
                    "ConfigRuleName": .string(rule.name), "Compliance": count.shown(cap: contributorsCap).json,
                    "AccountId": .string(place.account), "AwsRegion": .string(place.region),
                ])
            }
        }
        let page = try Slice(
            found, input.limit, input.nextToken,
            "DescribeAggregateComplianceByConfigRules \(aggregator.name) \(filters?.json.description ?? "")",
            default: aggregatedRulesOfPage, in: context)
        return DescribeAggregateComplianceByConfigRulesResponse(
            json: .object([
                "AggregateComplianceByConfigRules": .array(page.items), "NextToken": page.nextToken.map(JSON.string),
            ]))
    }

    /// Where there is no such rule, nothing is said.
    @Sendable static func getAggregateComplianceDetailsByConfigRule(
        _ input: GetAggregateComplianceDetailsByConfigRuleRequest, in context: ReadContext
    ) throws -> GetAggregateComplianceDetailsByConfigRuleResponse {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "GetAggregateComplianceDetailsByConfigRule", in: context)
        let place = AggregatedPlace(account: input.accountId, region: input.awsRegion)
        let wanted = try aggregateFilter(input.complianceType?.rawValue)
        let purpose =
            "GetAggregateComplianceDetailsByConfigRule \(aggregator.name) \(input.configRuleName) \(place) \(wanted ?? "")"
        let limit = ListPage.limit(input.limit, default: aggregatedResultsOfPage)
        var position = try ListPage.position(input.nextToken, purpose, in: context).map(ResourcePosition.init)
        var found: [StoredResult] = []
        if try aggregator.places(in: context).contains(place) {
            let reading = context.reading(account: place.account, region: place.region)
            while found.count <= limit {
                let batch = try StoredResult.list(
                    of: input.configRuleName, after: (position?.type ?? "", position?.id ?? ""), limit: 100, in: reading
                )
                found += batch.filter { result in
                    wanted.map { $0 == result.compliance.rawValue } ?? (result.compliance != .notApplicable)
                }
                position = batch.last.map { ResourcePosition(type: $0.type, id: $0.id) }
                if batch.count < 100 { break }
            }
        }
        let page = found.prefix(limit)
        return GetAggregateComplianceDetailsByConfigRuleResponse(
            json: .object([
                "AggregateEvaluationResults": .array(
                    page.map { result in
                        var members = result.shown.json.object ?? JSONObject()
                        members["AccountId"] = .string(place.account)
                        members["AwsRegion"] = .string(place.region)
                        return .object(members)
                    }),
                "NextToken": found.count > limit
                    ? page.last.map {
                        .string(
                            context.token(for: ResourcePosition(type: $0.type, id: $0.id).text, purpose: purpose))
                    } : nil,
            ]))
    }

    /// How many rules are good and bad: of each account or Region, or of all together.
    @Sendable static func getAggregateConfigRuleComplianceSummary(
        _ input: GetAggregateConfigRuleComplianceSummaryRequest, in context: ReadContext
    ) throws -> GetAggregateConfigRuleComplianceSummaryResponse {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "GetAggregateConfigRuleComplianceSummary", in: context)
        let filters = input.filters
        let key = input.groupByKey?.rawValue
        let groups = try grouped(aggregator, by: key, filters?.accountId, filters?.awsRegion, in: context) { reading in
            try ComplianceCounts.byRule(in: reading).values.map(\.value)
        }
        let page = try Slice(
            groups, input.limit, input.nextToken,
            "GetAggregateConfigRuleComplianceSummary \(aggregator.name) \(key ?? "") \(filters?.json.description ?? "")",
            default: aggregatedRulesOfPage, in: context)
        return GetAggregateConfigRuleComplianceSummaryResponse(
            json: .object([
                "GroupByKey": key.map(JSON.string),
                "AggregateComplianceCounts": .array(
                    page.items.map { group in
                        .object([
                            "GroupName": group.name.map(JSON.string),
                            "ComplianceSummary": .object([
                                "CompliantResourceCount": exact(group.values, .compliant),
                                "NonCompliantResourceCount": exact(group.values, .nonCompliant),
                                "ComplianceSummaryTimestamp": context.now.json,
                            ]),
                        ])
                    }), "NextToken": page.nextToken.map(JSON.string),
            ]))
    }

    /// Source: the pages of the operations' inputs, which take nothing else.
    private static func aggregateFilter(_ asked: String?) throws(AWSError) -> String? {
        guard let asked else { return nil }
        guard asked == ComplianceValue.compliant.rawValue || asked == ComplianceValue.nonCompliant.rawValue else {
            throw .validation(
                "The ComplianceType \(asked) is invalid. Only the following values are permitted: COMPLIANT, NON_COMPLIANT"
            )
        }
        return asked
    }

    /// Aggregates are not capped: accounts have more rules than the 25 that a single one's summary counts up to.
    private static func exact(_ values: [ComplianceValue], _ value: ComplianceValue) -> JSON {
        ["CappedCount": .number(values.count { $0 == value }), "CapExceeded": false]
    }

    /// Values found in the sources, by account, by Region or together; groups without any are left out.
    static func grouped(
        _ aggregator: StoredAggregator, by key: String?, _ account: String?, _ region: String?,
        in context: ReadContext, _ values: (ReadContext) throws -> [ComplianceValue]
    ) throws -> [(name: String?, values: [ComplianceValue])] {
        var groups: [String: [ComplianceValue]] = [:]
        for place in try aggregator.places(in: context) where place.matches(account: account, region: region) {
            let found = try values(context.reading(account: place.account, region: place.region))
            let name = key == "ACCOUNT_ID" ? place.account : key == "AWS_REGION" ? place.region : ""
            if !found.isEmpty || key == nil { groups[name, default: []] += found }
        }
        return groups.sorted { $0.key < $1.key }.map { (key == nil ? nil : $0.key, $0.value) }
    }
}
