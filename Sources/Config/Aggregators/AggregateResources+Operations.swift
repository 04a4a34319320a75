import JSON
import Kernel
import Model

/// The resources of all sources of an aggregator.
extension Config {
    private static let groupsOfPage = 1000
    private static let resourcesOfPage = 100

    @Sendable static func listAggregateDiscoveredResources(
        _ input: ListAggregateDiscoveredResourcesRequest, in context: ReadContext
    ) throws -> ListAggregateDiscoveredResourcesResponse {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "ListAggregateDiscoveredResources", in: context)
        let type = input.resourceType
        let filters = input.filters
        try ResourceTypes.check(type, at: "resourceType", in: context)
        let purpose =
            "ListAggregateDiscoveredResources \(aggregator.name) \(type) \(filters?.json.description ?? "")"
        let limit = ListPage.limit(input.limit, default: resourcesOfPage)
        let start = try ListPage.position(input.nextToken, purpose, in: context)
        let parts = start?.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        let first = parts.map { AggregatedPlace(account: $0[0], region: $0[1]) }
        var found: [(place: AggregatedPlace, resource: StoredItem.Discovered)] = []
        for place in try aggregator.places(in: context)
        where aggregator.sees(type) && place.matches(account: filters?.accountId, region: filters?.region)
            && first.map({ place >= $0 }) ?? true && found.count <= limit
        {
            found += try StoredItem.discovered(
                type, name: filters?.resourceName, ids: filters?.resourceId.map { [$0] } ?? [], withDeleted: false,
                after: place == first ? parts?[2] ?? "" : "", limit: limit + 1 - found.count,
                in: context.reading(account: place.account, region: place.region)
            ).map { (place, $0) }
        }
        let page = found.prefix(limit)
        return ListAggregateDiscoveredResourcesResponse(
            resourceIdentifiers: page.map { found in
                AggregateResourceIdentifier(
                    json: .object([
                        "SourceAccountId": .string(found.place.account), "SourceRegion": .string(found.place.region),
                        "ResourceId": .string(found.resource.id), "ResourceType": .string(type),
                        "ResourceName": found.resource.name.map(JSON.string),
                    ]))
            },
            nextToken: found.count > limit
                ? page.last.map {
                    context.token(
                        for: "\($0.place.account)\n\($0.place.region)\n\($0.resource.id)", purpose: purpose)
                } : nil)
    }

    @Sendable static func getAggregateDiscoveredResourceCounts(
        _ input: GetAggregateDiscoveredResourceCountsRequest, in context: ReadContext
    ) throws -> GetAggregateDiscoveredResourceCountsResponse {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "GetAggregateDiscoveredResourceCounts", in: context)
        let filters = input.filters
        let key = input.groupByKey?.rawValue
        var total = 0
        var groups: [String: Int] = [:]
        for place in try aggregator.places(in: context)
        where place.matches(account: filters?.accountId, region: filters?.region) {
            for (type, count) in try StoredItem.counts(
                in: context.reading(account: place.account, region: place.region))
            where aggregator.sees(type) && filters?.resourceType.map({ $0 == type }) ?? true {
                total += count
                groups[
                    key == "RESOURCE_TYPE" ? type : key == "ACCOUNT_ID" ? place.account : place.region, default: 0] +=
                    count
            }
        }
        let sorted = key == nil ? [] : groups.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let page = try Slice(
            sorted, input.limit, input.nextToken,
            "GetAggregateDiscoveredResourceCounts \(aggregator.name) \(key ?? "") \(filters?.json.description ?? "")",
            default: groupsOfPage, in: context)
        return GetAggregateDiscoveredResourceCountsResponse(
            json: .object([
                "TotalDiscoveredResources": .number(total), "GroupByKey": key.map(JSON.string),
                "GroupedResourceCounts": .array(
                    page.items.map { ["GroupName": .string($0.key), "ResourceCount": .number($0.value)] }),
                "NextToken": page.nextToken.map(JSON.string),
            ]))
    }

    @Sendable static func getAggregateResourceConfig(
        _ input: GetAggregateResourceConfigRequest, in context: ReadContext
    ) throws -> GetAggregateResourceConfigResponse {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "GetAggregateResourceConfig", in: context)
        guard let (item, reading) = try item(input.resourceIdentifier, of: aggregator, in: context) else {
            throw AWSError(
                "ResourceNotDiscoveredException",
                "Resource \(input.resourceIdentifier.resourceId) of resourceType:\(input.resourceIdentifier.resourceType) is unknown or has not been discovered"
            )
        }
        return GetAggregateResourceConfigResponse(configurationItem: item.shown(in: reading))
    }

    @Sendable static func batchGetAggregateResourceConfig(
        _ input: BatchGetAggregateResourceConfigRequest, in context: ReadContext
    ) throws -> BatchGetAggregateResourceConfigResponse {
        let aggregator = try aggregator(
            input.configurationAggregatorName, for: "BatchGetAggregateResourceConfig", in: context)
        var items: [BaseConfigurationItem] = []
        var missing: [AggregateResourceIdentifier] = []
        for identifier in input.resourceIdentifiers {
            if let (item, reading) = try item(identifier, of: aggregator, in: context) {
                items.append(item.shownBase(in: reading))
            } else {
                missing.append(identifier)
            }
        }
        return BatchGetAggregateResourceConfigResponse(
            baseConfigurationItems: items, unprocessedResourceIdentifiers: missing)
    }

    /// The current item of a resource that the aggregator sees, and the eyes of the account that has it.
    private static func item(
        _ identifier: AggregateResourceIdentifier, of aggregator: StoredAggregator, in context: ReadContext
    ) throws -> (StoredItem, ReadContext)? {
        let place = AggregatedPlace(account: identifier.sourceAccountId, region: identifier.sourceRegion)
        let type = identifier.resourceType
        guard aggregator.sees(type), try aggregator.places(in: context).contains(place) else { return nil }
        let reading = context.reading(account: place.account, region: place.region)
        guard let item = try StoredItem.current(type, identifier.resourceId, in: reading), item.isRecorded,
            identifier.resourceName.map({ $0 == item.resource.name }) ?? true
        else { return nil }
        return (item, reading)
    }
}
