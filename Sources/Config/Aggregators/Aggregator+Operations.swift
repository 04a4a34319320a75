import JSON
import Kernel
import Model

/// Aggregators. The texts are those that users of AWS quote, but for the limit's.
extension Config {
    /// Source: the developer guide's page "Service Limits".
    private static let aggregatorsLimit = 50
    private static let aggregatorsOfPage = 100

    @Sendable static func putConfigurationAggregator(
        _ input: PutConfigurationAggregatorRequest, in context: WriteContext
    ) throws -> PutConfigurationAggregatorResponse {
        let name = input.configurationAggregatorName
        let known = try StoredAggregator.find(name, in: context)
        let settings = try aggregatorSettings(input)
        if known == nil, try StoredAggregator.list(in: context).count >= aggregatorsLimit {
            throw AWSError(
                "LimitExceededException",
                "You have reached the limit of \(aggregatorsLimit) configuration aggregators in your account.")
        }
        let aggregator = StoredAggregator(
            name: name, id: known?.id ?? "config-aggregator-\(resourceID(8, in: context))",
            created: known?.created ?? context.now, updated: context.now, settings: settings)
        let arn = aggregator.arn(in: context)
        context.access("config:PutConfigurationAggregator", on: arn.description)
        if known == nil { try setTags(input.tags ?? [], on: arn, in: context) }
        try aggregator.save(in: context)
        try ask(aggregator.sources(in: context), in: context)
        try context.record(known == nil ? .created : .changed, arn, operation: "PutConfigurationAggregator")
        if input.aggregatorFilters?.servicePrincipal != nil {
            try context.notEnforced(
                "AggregatorFilters.ServicePrincipal of aggregator \(name)",
                reason: "it is not kept whose recorder wrote an item: those of all services are aggregated")
        }
        return PutConfigurationAggregatorResponse(configurationAggregator: aggregator.shown(in: context))
    }

    private static func aggregatorSettings(_ input: PutConfigurationAggregatorRequest) throws(AWSError) -> JSON {
        let accounts = input.json["AccountAggregationSources"]?.array?.first
        let organization = input.json["OrganizationAggregationSource"]
        guard accounts == nil || organization == nil else {
            throw .invalidParameter(
                "The configuration aggregator cannot be created because your request contains both the AccountAggregationSource and the OrganizationAggregationSource. Include only one aggregation source and try again."
            )
        }
        guard let source = accounts ?? organization else {
            throw .invalidParameter(
                "The configuration aggregator cannot be created because your request is missing either the AccountAggregationSource or the OrganizationAggregationSource. Include the appropriate aggregation source and try again."
            )
        }
        let regions = source["AwsRegions"]?.array ?? []
        guard regions.isEmpty || source["AllAwsRegions"] != true else {
            throw .invalidParameter(
                "Your configuration aggregator contains a list of regions and also specifies the use of all regions. You must choose one of these options."
            )
        }
        guard !regions.isEmpty || source["AllAwsRegions"] == true else {
            throw .invalidParameter(
                "Your request does not specify any regions. Select AWS Config-supported regions and try again.")
        }
        if let role = organization?["RoleArn"]?.string, Role(arn: role) == nil {
            throw AWSError(
                "InvalidRoleException",
                "You have provided a null or empty Amazon Resource Name (ARN) for the IAM role, or one that is not valid."
            )
        }
        var members = source.object ?? JSONObject()
        if members["AllAwsRegions"] == nil { members["AllAwsRegions"] = false }
        return .object([
            "AccountAggregationSources": accounts == nil ? nil : [.object(members)],
            "OrganizationAggregationSource": organization == nil ? nil : .object(members),
            "AggregatorFilters": input.json["AggregatorFilters"],
        ])
    }

    @Sendable static func deleteConfigurationAggregator(
        _ input: DeleteConfigurationAggregatorRequest, in context: WriteContext
    ) throws {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "DeleteConfigurationAggregator", in: context)
        try aggregator.delete(in: context)
        try context.record(.deleted, aggregator.arn(in: context), operation: "DeleteConfigurationAggregator")
    }

    @Sendable static func describeConfigurationAggregators(
        _ input: DescribeConfigurationAggregatorsRequest, in context: ReadContext
    ) throws -> DescribeConfigurationAggregatorsResponse {
        context.access("config:DescribeConfigurationAggregators", on: "*")
        let names = input.configurationAggregatorNames ?? []
        let found = try StoredAggregator.list(in: context).filter { names.isEmpty || names.contains($0.name) }
        guard Set(found.map(\.name)).isSuperset(of: names) else {
            throw names.count == 1 ? noSuchAggregator : noSuchAggregators
        }
        let page = try Slice(
            found, input.limit, input.nextToken, "DescribeConfigurationAggregators \(names)",
            default: aggregatorsOfPage, in: context)
        return DescribeConfigurationAggregatorsResponse(
            configurationAggregators: page.items.map { $0.shown(in: context) }, nextToken: page.nextToken)
    }

    /// A source that has not authorised the aggregator fails; the others are always up to date.
    @Sendable static func describeConfigurationAggregatorSourcesStatus(
        _ input: DescribeConfigurationAggregatorSourcesStatusRequest, in context: ReadContext
    ) throws -> DescribeConfigurationAggregatorSourcesStatusResponse {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "DescribeConfigurationAggregatorSourcesStatus", in: context)
        let wanted = Set((input.updateStatus ?? []).map(\.rawValue))
        var statuses: [JSON] = []
        if aggregator.isOfOrganization {
            statuses.append([
                "SourceId": .string("Organization"), "SourceType": "ORGANIZATION",
                "AwsRegion": .string(context.region), "LastUpdateStatus": "SUCCEEDED",
                "LastUpdateTime": context.now.json,
            ])
        }
        for place in try aggregator.sources(in: context) {
            let isAuthorized = try aggregator.isAuthorized(place, in: context)
            statuses.append(
                .object([
                    "SourceId": .string(place.account), "SourceType": "ACCOUNT", "AwsRegion": .string(place.region),
                    "LastUpdateStatus": isAuthorized ? "SUCCEEDED" : "FAILED", "LastUpdateTime": context.now.json,
                    "LastErrorCode": isAuthorized ? nil : "AccessDenied",
                    "LastErrorMessage": isAuthorized
                        ? nil
                        : .string(
                            "The account \(place.account) has not authorized \(context.account) in \(context.region) to collect its data in \(place.region)."
                        ),
                ]))
        }
        let found = statuses.filter { wanted.isEmpty || wanted.contains($0["LastUpdateStatus"]?.string ?? "") }
        let page = try Slice(
            found, input.limit, input.nextToken,
            "DescribeConfigurationAggregatorSourcesStatus \(aggregator.name) \(wanted.sorted())",
            default: aggregatorsOfPage, in: context)
        return DescribeConfigurationAggregatorSourcesStatusResponse(
            aggregatedSourceStatusList: page.items.map { AggregatedSourceStatus(json: $0) }, nextToken: page.nextToken)
    }

    /// Recorded from AWS.
    private static let noSuchAggregator = AWSError(
        "NoSuchConfigurationAggregatorException",
        "The configuration aggregator does not exist. Check the configuration aggregator name and try again.")
    private static let noSuchAggregators = AWSError(
        "NoSuchConfigurationAggregatorException",
        "At least one of the configuration aggregators does not exist. Check the configuration aggregator names and try again."
    )

    /// The aggregator of a request.
    static func aggregator(_ name: String, for operation: String, in context: ReadContext) throws -> StoredAggregator {
        let aggregator = try StoredAggregator.find(name, in: context)
        context.access("config:\(operation)", on: aggregator?.arn(in: context).description ?? "*")
        guard let aggregator else { throw noSuchAggregator }
        return aggregator
    }
}
