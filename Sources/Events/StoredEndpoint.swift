import JSON
import Kernel
import Model
import SQLite

/// A global endpoint: its row. Its buses of one name are in two Regions; the one in its home Region is the primary.
///
/// Source: the user guide's page "Making applications Regional-fault tolerant with global endpoints".
struct StoredEndpoint: Sendable {
    let arn: ARN
    let name: String
    /// `abcde.veo`: how PutEvents names it.
    let id: String
    /// Members of CreateEndpoint as they were given.
    var settings: JSONObject
    var state: EndpointState
    var stateReason: String?
    let created: Timestamp
    var modified: Timestamp

    static func arn(_ name: String, region: String, in context: ReadContext) -> ARN {
        ARN(service: "events", region: region, account: context.account, resource: "endpoint/\(name)")
    }

    var buses: [ARN] {
        settings["EventBuses"]?.array?.compactMap { $0["EventBusArn"]?.string.flatMap { ARN($0) } } ?? []
    }

    var primary: ARN? { buses.first { $0.region == arn.region } }
    var secondary: ARN? { buses.first { $0.region != arn.region } }

    /// Events go to both buses unless that was turned off.
    var replicates: Bool { settings["ReplicationConfig"]?["State"]?.string != ReplicationState.disabled.rawValue }

    var url: String { "https://\(id).endpoint.events.amazonaws.com" }

    // MARK: Rows

    static func find(_ name: String, region: String, in context: ReadContext) throws -> StoredEndpoint? {
        try context.database.first(
            """
            SELECT name, id, settings, state, state_reason, created, modified, region FROM events_endpoint
            WHERE account = ? AND region = ? AND name = ?
            """, context.account, region, name
        ) { try StoredEndpoint($0, in: context) }
    }

    static func required(_ name: String, region: String, in context: ReadContext) throws -> StoredEndpoint {
        guard let endpoint = try find(name, region: region, in: context) else {
            throw AWSError.notFound("Endpoint '\(name)' does not exist.")
        }
        return endpoint
    }

    static func find(id: String, in context: ReadContext) throws -> StoredEndpoint? {
        try context.database.first(
            """
            SELECT name, id, settings, state, state_reason, created, modified, region FROM events_endpoint
            WHERE account = ? AND id = ?
            """, context.account, id
        ) { try StoredEndpoint($0, in: context) }
    }

    static func list(region: String, prefix: String, after name: String, limit: Int, in context: ReadContext) throws
        -> [StoredEndpoint]
    {
        var endpoints: [StoredEndpoint] = []
        try context.database.query(
            """
            SELECT name, id, settings, state, state_reason, created, modified, region FROM events_endpoint
            WHERE account = ?1 AND region = ?2 AND name > ?3 AND substr(name, 1, length(?4)) = ?4
            ORDER BY name LIMIT ?5
            """, context.account, region, name, prefix, limit
        ) { endpoints.append(try StoredEndpoint($0, in: context)) }
        return endpoints
    }

    private init(_ row: Row, in context: ReadContext) throws {
        name = row.text(0)
        id = row.text(1)
        settings = try JSON(parsing: row.text(2)).object ?? JSONObject()
        state = EndpointState(rawValue: row.text(3)) ?? .active
        stateReason = row.optionalText(4)
        created = Timestamp(milliseconds: row.int64(5))
        modified = Timestamp(milliseconds: row.int64(6))
        arn = Self.arn(name, region: row.text(7), in: context)
    }

    init(_ name: String, settings: JSONObject, in context: ReadContext) {
        self.name = name
        self.settings = settings
        arn = Self.arn(name, region: context.region, in: context)
        id = "\(context.random.identifier(length: 10).lowercased()).veo"
        state = .creating
        created = context.now
        modified = context.now
    }

    /// Writes the row, new or changed.
    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO events_endpoint
                (account, region, name, id, settings, state, state_reason, created, modified)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, arn.account, arn.region, name, id, JSON.object(settings).description, state.rawValue, stateReason,
            created.milliseconds, modified.milliseconds)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM events_endpoint WHERE account = ? AND region = ? AND name = ?", arn.account, arn.region, name)
    }
}
