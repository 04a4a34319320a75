import JSON
import Kernel
import Model
import SQLite

/// An aggregator: its row. It sees what the accounts that it names have authorised its own to see, at once, where AWS
/// lets minutes pass.
struct StoredAggregator {
    let name: String
    /// `config-aggregator-` and eight characters.
    let id: String
    let created: Timestamp
    var updated: Timestamp
    /// Members of DescribeConfigurationAggregators that were given.
    var settings: JSON

    func arn(in context: ReadContext) -> ARN { context.arn("config-aggregator/\(id)") }

    func shown(in context: ReadContext) -> ConfigurationAggregator {
        ConfigurationAggregator(
            json: .object([
                "ConfigurationAggregatorName": .string(name),
                "ConfigurationAggregatorArn": .string(arn(in: context).description),
                "AccountAggregationSources": settings["AccountAggregationSources"],
                "OrganizationAggregationSource": settings["OrganizationAggregationSource"],
                "CreationTime": created.json, "LastUpdatedTime": updated.json,
                "AggregatorFilters": settings["AggregatorFilters"],
            ]))
    }

    // MARK: What it sees

    var isOfOrganization: Bool { settings["OrganizationAggregationSource"] != nil }

    /// The types that it sees alone; nil for all.
    var types: [String]? { settings["AggregatorFilters"]?["ResourceType"]?["Value"]?.array?.compactMap(\.string) }

    var typesParameter: String? { types.map { JSON.array($0.map(JSON.string)).description } }

    func sees(_ type: String) -> Bool { types?.contains(type) ?? true }

    /// The accounts and Regions that it asks for, by both. Of an organization these are all accounts of the store that have
    /// a recorder; in all Regions means where they have one.
    func sources(in context: ReadContext) throws -> [AggregatedPlace] {
        let organization = settings["OrganizationAggregationSource"]
        let source = organization ?? settings["AccountAggregationSources"]?.array?.first ?? .object(JSONObject())
        let recorders = try AggregatedPlace.recorded(in: context)
        let accounts =
            organization == nil
            ? (source["AccountIds"]?.array ?? []).compactMap(\.string) : Set(recorders.map(\.account)).sorted()
        var places: Set<AggregatedPlace> = []
        for account in accounts {
            if source["AllAwsRegions"] == true {
                places.formUnion(recorders.filter { $0.account == account })
            } else {
                for region in (source["AwsRegions"]?.array ?? []).compactMap(\.string) {
                    places.insert(AggregatedPlace(account: account, region: region))
                }
            }
        }
        return places.sorted()
    }

    /// Those of its sources that it may look at: accounts of an organization need not authorise that, nor its own account.
    func isAuthorized(_ place: AggregatedPlace, in context: ReadContext) throws -> Bool {
        if isOfOrganization || place.account == context.account { return true }
        return try StoredAuthorization.isThere(
            in: place, for: AggregatedPlace(account: context.account, region: context.region), context)
    }

    func places(in context: ReadContext) throws -> [AggregatedPlace] {
        try sources(in: context).filter { try isAuthorized($0, in: context) }
    }

    // MARK: Rows

    static func find(_ name: String, in context: ReadContext) throws -> StoredAggregator? {
        try context.database.first(
            """
            SELECT name, id, created, updated, settings FROM config_aggregator
            WHERE account = ? AND region = ? AND name = ?
            """, context.account, context.region, name
        ) { try StoredAggregator($0) }
    }

    /// All of the account in the Region, by name.
    static func list(in context: ReadContext) throws -> [StoredAggregator] {
        var aggregators: [StoredAggregator] = []
        try context.database.query(
            """
            SELECT name, id, created, updated, settings FROM config_aggregator
            WHERE account = ? AND region = ? ORDER BY name
            """, context.account, context.region
        ) { aggregators.append(try StoredAggregator($0)) }
        return aggregators
    }

    /// Where other accounts have aggregators that name accounts one by one.
    static func elsewhere(in context: ReadContext) throws -> [(owner: AggregatedPlace, aggregator: StoredAggregator)] {
        var found: [(owner: AggregatedPlace, aggregator: StoredAggregator)] = []
        try context.database.query(
            """
            SELECT name, id, created, updated, settings, account, region FROM config_aggregator
            WHERE account <> ? AND settings ->> '$.AccountAggregationSources' IS NOT NULL ORDER BY account, region, name
            """, context.account
        ) { row in
            found.append((AggregatedPlace(account: row.text(5), region: row.text(6)), try StoredAggregator(row)))
        }
        return found
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_aggregator (account, region, name, id, created, updated, settings)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, name, id, created.milliseconds, updated.milliseconds,
            settings.description)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM config_aggregator WHERE account = ? AND region = ? AND name = ?", context.account,
            context.region, name)
        try context.removeTags(of: arn(in: context))
    }
}

extension StoredAggregator {
    /// Reads the columns in the order of `find`.
    fileprivate init(_ row: Row) throws {
        self.init(
            name: row.text(0), id: row.text(1), created: Timestamp(milliseconds: row.int64(2)),
            updated: Timestamp(milliseconds: row.int64(3)), settings: try JSON(parsing: row.text(4)))
    }
}

/// An account in a Region.
struct AggregatedPlace: Hashable, Comparable {
    let account: String
    let region: String

    static func < (left: AggregatedPlace, right: AggregatedPlace) -> Bool {
        (left.account, left.region) < (right.account, right.region)
    }

    /// Several as a parameter of SQL: `[["123456789012","us-east-1"]]`.
    static func parameter(_ places: [AggregatedPlace]) -> String {
        JSON.array(places.map { [.string($0.account), .string($0.region)] }).description
    }

    func matches(account: String?, region: String?) -> Bool {
        account ?? self.account == self.account && region ?? self.region == self.region
    }

    /// Where there are recorders of accounts' own, in the whole store.
    static func recorded(in context: ReadContext) throws -> [AggregatedPlace] {
        var places: [AggregatedPlace] = []
        try context.database.query(
            """
            SELECT DISTINCT account, region FROM config_recorder WHERE service_principal IS NULL ORDER BY account, region
            """
        ) { places.append(AggregatedPlace(account: $0.text(0), region: $0.text(1))) }
        return places
    }
}
