import JSON
import Kernel
import Model

/// The conformance packs in all sources of an aggregator.
extension Config {
    private static let aggregatedPacksOfPage = 100

    @Sendable static func describeAggregateComplianceByConformancePacks(
        _ input: DescribeAggregateComplianceByConformancePacksRequest, in context: ReadContext
    ) throws -> DescribeAggregateComplianceByConformancePacksResponse {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "DescribeAggregateComplianceByConformancePacks", in: context)
        let filters = input.filters
        var found: [JSON] = []
        for place in try aggregator.places(in: context)
        where place.matches(account: filters?.accountId, region: filters?.awsRegion) {
            let reading = context.reading(account: place.account, region: place.region)
            for pack in try StoredPack.list(in: reading)
            where filters?.conformancePackName.map({ $0 == pack.name }) ?? true {
                let compliance = try PackCompliance(pack, in: reading)
                guard filters?.complianceType.map({ $0.rawValue == compliance.value.rawValue }) ?? true else {
                    continue
                }
                found.append([
                    "ConformancePackName": .string(pack.name),
                    "Compliance": [
                        "ComplianceType": compliance.value.json,
                        "CompliantRuleCount": .number(compliance.count(.compliant)),
                        "NonCompliantRuleCount": .number(compliance.count(.nonCompliant)),
                        "TotalRuleCount": .number(compliance.rules.count),
                    ], "AccountId": .string(place.account), "AwsRegion": .string(place.region),
                ])
            }
        }
        let page = try Slice(
            found, input.limit, input.nextToken,
            "DescribeAggregateComplianceByConformancePacks \(aggregator.name) \(filters?.json.description ?? "")",
            default: aggregatedPacksOfPage, in: context)
        return DescribeAggregateComplianceByConformancePacksResponse(
            json: .object([
                "AggregateComplianceByConformancePacks": .array(page.items),
                "NextToken": page.nextToken.map(JSON.string),
            ]))
    }

    @Sendable static func getAggregateConformancePackComplianceSummary(
        _ input: GetAggregateConformancePackComplianceSummaryRequest, in context: ReadContext
    ) throws -> GetAggregateConformancePackComplianceSummaryResponse {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "GetAggregateConformancePackComplianceSummary", in: context)
        let filters = input.filters
        let key = input.groupByKey?.rawValue
        let groups = try grouped(aggregator, by: key, filters?.accountId, filters?.awsRegion, in: context) { reading in
            try StoredPack.list(in: reading).map { try PackCompliance($0, in: reading).value }
        }
        let page = try Slice(
            groups, input.limit, input.nextToken,
            "GetAggregateConformancePackComplianceSummary \(aggregator.name) \(key ?? "") \(filters?.json.description ?? "")",
            default: aggregatedPacksOfPage, in: context)
        return GetAggregateConformancePackComplianceSummaryResponse(
            json: .object([
                "GroupByKey": key.map(JSON.string),
                "AggregateConformancePackComplianceSummaries": .array(
                    page.items.map { group in
                        .object([
                            "GroupName": group.name.map(JSON.string),
                            "ComplianceSummary": [
                                "CompliantConformancePackCount": .number(group.values.count { $0 == .compliant }),
                                "NonCompliantConformancePackCount": .number(
                                    group.values.count { $0 == .nonCompliant }),
                            ],
                        ])
                    }), "NextToken": page.nextToken.map(JSON.string),
            ]))
    }
}
