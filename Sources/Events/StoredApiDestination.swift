import Kernel
import Model
import SQLite

/// An API destination: its row.
struct StoredApiDestination: Sendable {
    let arn: ARN
    let created: Timestamp
    var modified: Timestamp
    var description: String?
    /// Nil once the connection was deleted.
    var connection: ARN?
    var endpoint: String
    var method: ApiDestinationHttpMethod
    var perSecond: Int

    private static let resourcePrefix = "api-destination/"

    var name: String { Self.parts(of: arn)?.name ?? "" }

    static func isOne(_ arn: ARN) -> Bool { arn.service == "events" && arn.resource.hasPrefix(resourcePrefix) }

    static func arn(_ name: String, uuid: String, in context: ReadContext) -> ARN {
        ARN(
            service: "events", region: context.region, account: context.account,
            resource: "\(resourcePrefix)\(name)/\(uuid)")
    }

    private static func parts(of arn: ARN) -> (name: String, uuid: String)? {
        guard isOne(arn) else { return nil }
        let parts = arn.resource.dropFirst(resourcePrefix.count).split(separator: "/").map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    /// Whether its connection is there and can be used.
    func state(in context: ReadContext) throws -> ApiDestinationState {
        guard let connection, let found = try StoredConnection.find(connection, in: context) else { return .inactive }
        return found.state == .authorized ? .active : .inactive
    }

    // MARK: Rows

    static func find(_ name: String, in context: ReadContext) throws -> StoredApiDestination? {
        try context.database.first(
            """
            SELECT name, uuid, created, modified, description, connection, endpoint, method, per_second
            FROM events_api_destination WHERE account = ? AND region = ? AND name = ?
            """, context.account, context.region, name
        ) { StoredApiDestination($0, in: context) }
    }

    /// The caller's destination of an ARN, and not a later one of the same name.
    static func find(_ arn: ARN, in context: ReadContext) throws -> StoredApiDestination? {
        guard let (name, _) = parts(of: arn), arn.account == context.account, arn.region == context.region,
            let found = try find(name, in: context), found.arn == arn
        else { return nil }
        return found
    }

    /// Those after a name, by name.
    static func list(
        prefix: String, connection: String?, after name: String, limit: Int, in context: ReadContext
    ) throws -> [StoredApiDestination] {
        var found: [StoredApiDestination] = []
        try context.database.query(
            """
            SELECT name, uuid, created, modified, description, connection, endpoint, method, per_second
            FROM events_api_destination
            WHERE account = ?1 AND region = ?2 AND name > ?3 AND substr(name, 1, length(?4)) = ?4
                AND (?5 IS NULL OR connection = ?5)
            ORDER BY name LIMIT ?6
            """, context.account, context.region, name, prefix, connection, limit
        ) { found.append(StoredApiDestination($0, in: context)) }
        return found
    }

    /// All that use a connection.
    static func list(with connection: ARN, in context: ReadContext) throws -> [StoredApiDestination] {
        var found: [StoredApiDestination] = []
        try context.database.query(
            """
            SELECT name, uuid, created, modified, description, connection, endpoint, method, per_second
            FROM events_api_destination WHERE account = ? AND region = ? AND connection = ? ORDER BY name
            """, context.account, context.region, connection.description
        ) { found.append(StoredApiDestination($0, in: context)) }
        return found
    }

    static func count(in context: ReadContext) throws -> Int {
        try context.database.first(
            "SELECT count(*) FROM events_api_destination WHERE account = ? AND region = ?", context.account,
            context.region
        ) { $0.int(0) } ?? 0
    }

    private init(_ row: Row, in context: ReadContext) {
        self.init(
            arn: Self.arn(row.text(0), uuid: row.text(1), in: context),
            created: Timestamp(milliseconds: row.int64(2)), modified: Timestamp(milliseconds: row.int64(3)),
            description: row.optionalText(4), connection: row.optionalText(5).flatMap { ARN($0) },
            endpoint: row.text(6), method: ApiDestinationHttpMethod(rawValue: row.text(7)) ?? .post,
            perSecond: row.int(8))
    }

    init(
        arn: ARN, created: Timestamp, modified: Timestamp, description: String?, connection: ARN?, endpoint: String,
        method: ApiDestinationHttpMethod, perSecond: Int
    ) {
        self.arn = arn
        self.created = created
        self.modified = modified
        self.description = description
        self.connection = connection
        self.endpoint = endpoint
        self.method = method
        self.perSecond = perSecond
    }

    /// Writes the row, new or changed.
    func save(in context: WriteContext) throws {
        let (name, uuid) = Self.parts(of: arn) ?? ("", "")
        try context.database.run(
            """
            INSERT OR REPLACE INTO events_api_destination (account, region, name, uuid, created, modified, description,
                connection, endpoint, method, per_second)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, arn.account, arn.region, name, uuid, created.milliseconds, modified.milliseconds, description,
            connection?.description, endpoint, method.rawValue, perSecond)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM events_api_destination WHERE account = ? AND region = ? AND name = ?", arn.account, arn.region,
            name)
    }
}
