import JSON
import Kernel
import Model
import SQLite

/// What a source of aggregators says of them.
extension Config {
    private static let authorizationsOfPage = 100
    private static let requestsOfPage = 20

    /// What is there already is left as it is (recorded from AWS).
    @Sendable static func putAggregationAuthorization(
        _ input: PutAggregationAuthorizationRequest, in context: WriteContext
    ) throws -> PutAggregationAuthorizationResponse {
        let place = AggregatedPlace(account: input.authorizedAccountId, region: input.authorizedAwsRegion)
        let known = try StoredAuthorization.list(in: context).first { $0.authorized == place }
        let authorization = known ?? StoredAuthorization(authorized: place, created: context.now)
        let arn = authorization.arn(in: context)
        context.access("config:PutAggregationAuthorization", on: arn.description)
        if known == nil {
            try authorization.save(in: context)
            try setTags(input.tags ?? [], on: arn, in: context)
            try context.record(.created, arn, operation: "PutAggregationAuthorization")
        }
        return PutAggregationAuthorizationResponse(aggregationAuthorization: authorization.shown(in: context))
    }

    @Sendable static func describeAggregationAuthorizations(
        _ input: DescribeAggregationAuthorizationsRequest, in context: ReadContext
    ) throws -> DescribeAggregationAuthorizationsResponse {
        context.access("config:DescribeAggregationAuthorizations", on: "*")
        let page = try Slice(
            StoredAuthorization.list(in: context), input.limit, input.nextToken, "DescribeAggregationAuthorizations",
            default: authorizationsOfPage, in: context)
        return DescribeAggregationAuthorizationsResponse(
            aggregationAuthorizations: page.items.map { $0.shown(in: context) }, nextToken: page.nextToken)
    }

    /// Of what there is not, nothing is said.
    @Sendable static func deleteAggregationAuthorization(
        _ input: DeleteAggregationAuthorizationRequest, in context: WriteContext
    ) throws {
        let place = AggregatedPlace(account: input.authorizedAccountId, region: input.authorizedAwsRegion)
        context.access(
            "config:DeleteAggregationAuthorization",
            on: context.arn("aggregation-authorization/\(place.account)/\(place.region)").description)
        guard let known = try StoredAuthorization.list(in: context).first(where: { $0.authorized == place }) else {
            return
        }
        try known.delete(in: context)
        try context.record(.deleted, known.arn(in: context), operation: "DeleteAggregationAuthorization")
    }

    // MARK: Requests

    /// Who has an aggregator that names this account and Region, and may not see them.
    @Sendable static func describePendingAggregationRequests(
        _ input: DescribePendingAggregationRequestsRequest, in context: ReadContext
    ) throws -> DescribePendingAggregationRequestsResponse {
        context.access("config:DescribePendingAggregationRequests", on: "*")
        let page = try Slice(
            pendingRequests(in: context), input.limit, input.nextToken, "DescribePendingAggregationRequests",
            default: requestsOfPage, in: context)
        return DescribePendingAggregationRequestsResponse(
            pendingAggregationRequests: page.items.map {
                PendingAggregationRequest(requesterAccountId: $0.account, requesterAwsRegion: $0.region)
            }, nextToken: page.nextToken)
    }

    private static func pendingRequests(in context: ReadContext) throws -> [AggregatedPlace] {
        let here = AggregatedPlace(account: context.account, region: context.region)
        var asking: Set<AggregatedPlace> = []
        for (owner, aggregator) in try StoredAggregator.elsewhere(in: context) {
            let source = aggregator.settings["AccountAggregationSources"]?.array?.first
            let regions = source?["AwsRegions"]?.array ?? []
            guard source?["AccountIds"]?.array?.contains(.string(here.account)) == true,
                source?["AllAwsRegions"] == true || regions.contains(.string(here.region))
            else { continue }
            asking.insert(owner)
        }
        var declined: Set<AggregatedPlace> = []
        try context.database.query(
            """
            SELECT requester_account, requester_region FROM config_declined_request WHERE account = ? AND region = ?
            """, context.account, context.region
        ) { declined.insert(AggregatedPlace(account: $0.text(0), region: $0.text(1))) }
        return try asking.subtracting(declined).sorted().filter {
            try !StoredAuthorization.isThere(in: here, for: $0, context)
        }
    }

    @Sendable static func deletePendingAggregationRequest(
        _ input: DeletePendingAggregationRequestRequest, in context: WriteContext
    ) throws {
        context.access("config:DeletePendingAggregationRequest", on: "*")
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_declined_request (account, region, requester_account, requester_region)
            VALUES (?, ?, ?, ?)
            """, context.account, context.region, input.requesterAccountId, input.requesterAwsRegion)
        try context.note(
            "deleted", "aggregation request of \(input.requesterAccountId) in \(input.requesterAwsRegion)",
            detail: ["operation": "DeletePendingAggregationRequest"])
    }

    /// An aggregator that is put asks again.
    static func ask(_ sources: [AggregatedPlace], in context: WriteContext) throws {
        for source in sources {
            try context.database.run(
                """
                DELETE FROM config_declined_request
                WHERE account = ? AND region = ? AND requester_account = ? AND requester_region = ?
                """, source.account, source.region, context.account, context.region)
        }
    }
}

/// A page of a list that is worked out as a whole.
struct Slice<Item> {
    let items: [Item]
    let nextToken: String?

    init(
        _ all: [Item], _ limit: Int?, _ token: String?, _ purpose: String, default standard: Int,
        in context: ReadContext
    ) throws {
        let start = try ListPage.position(token, purpose, in: context).flatMap { Int($0) } ?? 0
        items = Array(all.dropFirst(start).prefix(ListPage.limit(limit, default: standard)))
        let end = start + items.count
        nextToken = end < all.count ? context.token(for: String(end), purpose: purpose) : nil
    }
}
