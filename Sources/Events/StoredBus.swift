import JSON
import Kernel
import Model
import SQLite

/// An event bus: its row, or the default bus, which every account has in every Region.
struct StoredBus: Sendable {
    let arn: ARN
    let created: Timestamp
    var modified: Timestamp
    /// Members of CreateEventBus as they were given.
    var settings: JSONObject
    /// JSON.
    var policy: String?

    static let defaultName = "default"
    private static let resourcePrefix = "event-bus/"

    var name: String { Self.name(of: arn) }

    static func name(of arn: ARN) -> String { String(arn.resource.dropFirst(resourcePrefix.count)) }

    /// Nobody made the default bus, so it is as old as EventBridge.
    private static let beginning = Timestamp(milliseconds: 1_562_803_200_000)

    static func arn(_ name: String, account: String, region: String) -> ARN {
        ARN(service: "events", region: region, account: account, resource: resourcePrefix + name)
    }

    /// The bus that a request names by its name or its ARN; nil is the default one.
    static func arn(_ text: String?, in context: ReadContext) -> ARN {
        guard let text else { return arn(defaultName, account: context.account, region: context.region) }
        if let arn = ARN(text), arn.service == "events", arn.resource.hasPrefix(resourcePrefix) { return arn }
        return arn(text, account: context.account, region: context.region)
    }

    static func isBus(_ arn: ARN) -> Bool { arn.service == "events" && arn.resource.hasPrefix(resourcePrefix) }

    // MARK: Rows

    static func find(_ arn: ARN, in context: ReadContext) throws -> StoredBus? {
        let name = name(of: arn)
        let found = try context.database.first(
            """
            SELECT created, modified, settings, policy FROM events_bus WHERE account = ? AND region = ? AND name = ?
            """, arn.account, arn.region, name
        ) { try StoredBus($0, arn: arn) }
        if let found { return found }
        guard name == defaultName else { return nil }
        return StoredBus(arn: arn, created: beginning, modified: beginning, settings: JSONObject(), policy: nil)
    }

    /// The bus that a request means, which must be there.
    static func required(_ text: String?, in context: ReadContext) throws -> StoredBus {
        let arn = arn(text, in: context)
        guard let bus = try find(arn, in: context) else {
            throw AWSError.busNotFound(name(of: arn))
        }
        return bus
    }

    /// Those of an account and Region, by name.
    static func list(
        account: String, region: String, prefix: String = "", after name: String = "", limit: Int = .max,
        in context: ReadContext
    ) throws -> [StoredBus] {
        var buses: [StoredBus] = []
        try context.database.query(
            """
            SELECT created, modified, settings, policy, name FROM events_bus
            WHERE account = ?1 AND region = ?2 AND name > ?3 AND substr(name, 1, length(?4)) = ?4
            ORDER BY name LIMIT ?5
            """, account, region, name, prefix, limit
        ) { row in
            buses.append(try StoredBus(row, arn: arn(row.text(4), account: account, region: region)))
        }
        let byDefault = arn(defaultName, account: account, region: region)
        if defaultName > name, defaultName.hasPrefix(prefix), !buses.contains(where: { $0.arn == byDefault }),
            let bus = try find(byDefault, in: context)
        {
            buses.append(bus)
            buses.sort { $0.name < $1.name }
        }
        return Array(buses.prefix(limit))
    }

    private init(_ row: Row, arn: ARN) throws {
        self.init(
            arn: arn, created: Timestamp(milliseconds: row.int64(0)), modified: Timestamp(milliseconds: row.int64(1)),
            settings: try JSON(parsing: row.text(2)).object ?? JSONObject(), policy: row.optionalText(3))
    }

    init(arn: ARN, created: Timestamp, modified: Timestamp, settings: JSONObject, policy: String?) {
        self.arn = arn
        self.created = created
        self.modified = modified
        self.settings = settings
        self.policy = policy
    }

    /// Writes the row, new or changed.
    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT INTO events_bus (account, region, name, created, modified, settings, policy)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET modified = excluded.modified, settings = excluded.settings,
                policy = excluded.policy
            """, arn.account, arn.region, name, created.milliseconds, modified.milliseconds,
            JSON.object(settings).description, policy)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM events_bus WHERE account = ? AND region = ? AND name = ?", arn.account, arn.region, name)
        try context.removeTags(of: arn)
    }

    func text(_ name: String) -> String? { settings[name]?.string }
}
