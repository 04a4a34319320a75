import JSON
import Kernel
import Model

extension Config {
    /// Source: the page of GetResourceConfigHistory.
    private static let historyPage = 10

    /// Pages of AWS span seven days of history at most and may be empty; here each is full.
    @Sendable static func getResourceConfigHistory(_ input: GetResourceConfigHistoryRequest, in context: ReadContext)
        throws -> GetResourceConfigHistoryResponse
    {
        context.access("config:GetResourceConfigHistory", on: "*")
        try ResourceTypes.check(input.resourceType, at: "resourceType", in: context)
        let earliest = input.earlierTime ?? Timestamp(milliseconds: .min)
        let kept = try Retention.start(in: context)
        let latest = input.laterTime ?? Timestamp(milliseconds: .max)
        guard earliest < latest else { throw AWSError("InvalidTimeRangeException") }
        guard let current = try StoredItem.sought(input.resourceType, input.resourceId, in: context) else {
            throw AWSError(
                "ResourceNotDiscoveredException",
                "Resource \(input.resourceId) of resourceType:\(input.resourceType) is unknown or has not been discovered"
            )
        }
        let order = input.chronologicalOrder ?? .reverse
        let purpose = "GetResourceConfigHistory \(input.resourceType) \(input.resourceId) \(order.rawValue)"
        let limit = ListPage.limit(input.limit, default: historyPage)
        let found = try StoredItem.history(
            input.resourceType, current.resource.id, from: max(earliest, kept), to: latest,
            isForward: order == .forward,
            after: try ListPage.position(input.nextToken, purpose, in: context).flatMap { Int64($0) }, limit: limit + 1,
            in: context)
        let page = found.prefix(limit)
        return GetResourceConfigHistoryResponse(
            configurationItems: page.map { $0.shown(in: context) },
            nextToken: found.count > limit
                ? page.last.map { context.token(for: String($0.stateID), purpose: purpose) } : nil)
    }

    @Sendable static func batchGetResourceConfig(_ input: BatchGetResourceConfigRequest, in context: ReadContext) throws
        -> BatchGetResourceConfigResponse
    {
        context.access("config:BatchGetResourceConfig", on: "*")
        for (offset, key) in input.resourceKeys.enumerated() {
            try ResourceTypes.check(key.resourceType, at: "resourceKeys.\(offset + 1).member.resourceType", in: context)
        }
        let items = try input.resourceKeys.compactMap {
            try StoredItem.sought($0.resourceType, $0.resourceId, in: context)
        }
        return BatchGetResourceConfigResponse(
            baseConfigurationItems: items.filter { !$0.isDeleted }.map { $0.shownBase(in: context) },
            unprocessedResourceKeys: [])
    }
}
