import JSON
import Kernel
import Model

extension Config {
    /// Source: the pages of ListDiscoveredResources and GetDiscoveredResourceCounts.
    private static let discoveredPage = 100
    private static let idLimit = 20

    @Sendable static func listDiscoveredResources(_ input: ListDiscoveredResourcesRequest, in context: ReadContext)
        throws
        -> ListDiscoveredResourcesResponse
    {
        context.access("config:ListDiscoveredResources", on: "*")
        let type = input.resourceType
        let ids = input.resourceIds ?? []
        try ResourceTypes.check(type, at: "resourceType", in: context)
        guard ids.isEmpty || input.resourceName == nil else {
            throw AWSError.validation("Both Resource ID and Resource Name cannot be specified in the request")
        }
        guard ids.count <= idLimit else {
            throw AWSError.validation(
                "The specified list had more than 20 resource ID's. It must have '20' or less items")
        }
        guard try StoredRecorder.own(in: context) != nil else {
            throw AWSError.noAvailableRecorder(
                "Configuration recorder not found. Add a configuration recorder and start recording.")
        }
        let limit = ListPage.limit(input.limit, default: discoveredPage)
        let withDeleted = input.includeDeletedResources ?? false
        let purpose = "ListDiscoveredResources \(type) \(ids) \(input.resourceName ?? "") \(withDeleted)"
        let start = try ListPage.position(input.nextToken, purpose, in: context) ?? ""
        let found = try StoredItem.discovered(
            type, name: input.resourceName, ids: ids, withDeleted: withDeleted, after: start, limit: limit + 1,
            in: context)
        let page = found.prefix(limit)
        return ListDiscoveredResourcesResponse(
            resourceIdentifiers: page.map { resource in
                ResourceIdentifier(
                    resourceType: type, resourceId: resource.id, resourceName: resource.name,
                    resourceDeletionTime: resource.deleted)
            }, nextToken: found.count > limit ? page.last.map { context.token(for: $0.id, purpose: purpose) } : nil)
    }

    /// The most frequent types come first.
    @Sendable static func getDiscoveredResourceCounts(
        _ input: GetDiscoveredResourceCountsRequest, in context: ReadContext
    ) throws -> GetDiscoveredResourceCountsResponse {
        context.access("config:GetDiscoveredResourceCounts", on: "*")
        let types = input.resourceTypes ?? []
        try ResourceTypes.check(types, at: "resourceTypes", in: context)
        let limit = ListPage.limit(input.limit, default: discoveredPage)
        let purpose = "GetDiscoveredResourceCounts \(types)"
        let start = try ListPage.position(input.nextToken, purpose, in: context).flatMap { Int($0) } ?? 0
        let counts = try StoredItem.counts(in: context).filter { types.isEmpty || types.contains($0.type) }
            .sorted { ($1.count, $0.type) < ($0.count, $1.type) }
        let page = counts.dropFirst(start).prefix(limit)
        let end = start + page.count
        return GetDiscoveredResourceCountsResponse(
            totalDiscoveredResources: counts.reduce(0) { $0 + $1.count },
            resourceCounts: page.map { ResourceCount(resourceType: $0.type, count: $0.count) },
            nextToken: end < counts.count ? context.token(for: String(end), purpose: purpose) : nil)
    }
}

extension StoredItem {
    /// A resource that is known, be it deleted or not.
    struct Discovered {
        let id: String
        let name: String?
        let deleted: Timestamp?
    }

    /// The resources of a type behind an id, by id.
    ///
    /// - Parameter ids: which are asked for; none means all.
    static func discovered(
        _ type: String, name: String?, ids: [String], withDeleted: Bool, after id: String, limit: Int,
        in context: ReadContext
    ) throws -> [Discovered] {
        var found: [Discovered] = []
        try context.database.query(
            """
            SELECT id, name, CASE WHEN status IN ('OK', 'ResourceDiscovered', 'ResourceNotRecorded') THEN NULL
                ELSE captured END AS deleted
            FROM config_current_item
            WHERE account = ?1 AND region = ?2 AND type = ?3 AND id > ?4
            AND (?5 IS NULL OR name = ?5) AND (?6 = '[]' OR id IN (SELECT value FROM json_each(?6)))
            AND (status IN ('OK', 'ResourceDiscovered') OR (?7 AND deleted IS NOT NULL))
            ORDER BY id LIMIT ?8
            """, context.account, context.region, type, id, name, JSON.array(ids.map(JSON.string)).description,
            withDeleted, limit
        ) { row in
            found.append(
                Discovered(
                    id: row.text(0), name: row.optionalText(1),
                    deleted: row.optionalInt64(2).map(Timestamp.init(milliseconds:))))
        }
        return found
    }
}
