import Kernel
import Model
import SQLite

/// A connection: its row.
struct StoredConnection: Sendable {
    let arn: ARN
    /// What its secret's ARN ends with.
    var secretID: String
    let created: Timestamp
    var modified: Timestamp
    /// When it was authorized last.
    var authorized: Timestamp
    var description: String?
    var kmsKey: String?
    var type: ConnectionAuthorizationType
    var state: ConnectionState
    var stateReason: String?
    /// Nil once it was taken away.
    var secret: ConnectionSecret?
    var token: OAuthToken?
    /// Since when a token is being fetched.
    var tokenRequested: Timestamp?
    /// Counts the changes of the secret.
    var version = 1

    private static let resourcePrefix = "connection/"
    private static let keyName = "events.connections"

    var name: String { Self.parts(of: arn)?.name ?? "" }

    static func arn(_ name: String, uuid: String, in context: ReadContext) -> ARN {
        ARN(
            service: "events", region: context.region, account: context.account,
            resource: "\(resourcePrefix)\(name)/\(uuid)")
    }

    /// Name and uuid in an ARN; nil for what is no connection's.
    static func parts(of arn: ARN) -> (name: String, uuid: String)? {
        guard arn.service == "events", arn.resource.hasPrefix(resourcePrefix) else { return nil }
        let parts = arn.resource.dropFirst(resourcePrefix.count).split(separator: "/").map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    var secretARN: ARN {
        ARN(
            service: "secretsmanager", region: arn.region, account: arn.account,
            resource: "secret:events!connection/\(name)/\(secretID)")
    }

    /// AWS draws six letters and digits to each ARN of a secret.
    static func newSecretID(in context: WriteContext) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        let suffix = (0..<6).map { _ in alphabet[Int(context.random.next() % UInt64(alphabet.count))] }
        return "\(context.random.uuid())-\(String(suffix))"
    }

    // MARK: Rows

    static func find(_ name: String, in context: ReadContext) throws -> StoredConnection? {
        try context.database.first(
            """
            SELECT name, uuid, secret_id, created, modified, authorized, description, kms_key, authorization_type, state,
                state_reason, secret, token, token_expires, token_requested, version
            FROM events_connection WHERE account = ? AND region = ? AND name = ?
            """, context.account, context.region, name
        ) { try StoredConnection($0, in: context) }
    }

    /// The caller's connection of an ARN, and not a later one of the same name.
    static func find(_ arn: ARN, in context: ReadContext) throws -> StoredConnection? {
        guard let (name, _) = parts(of: arn), arn.account == context.account, arn.region == context.region,
            let found = try find(name, in: context), found.arn == arn
        else { return nil }
        return found
    }

    /// Those after a name, by name.
    static func list(
        prefix: String, state: ConnectionState?, after name: String, limit: Int, in context: ReadContext
    ) throws -> [StoredConnection] {
        var found: [StoredConnection] = []
        try context.database.query(
            """
            SELECT name, uuid, secret_id, created, modified, authorized, description, kms_key, authorization_type, state,
                state_reason, secret, token, token_expires, token_requested, version
            FROM events_connection
            WHERE account = ?1 AND region = ?2 AND name > ?3 AND substr(name, 1, length(?4)) = ?4
                AND (?5 IS NULL OR state = ?5)
            ORDER BY name LIMIT ?6
            """, context.account, context.region, name, prefix, state?.rawValue, limit
        ) { found.append(try StoredConnection($0, in: context)) }
        return found
    }

    static func count(in context: ReadContext) throws -> Int {
        try context.database.first(
            "SELECT count(*) FROM events_connection WHERE account = ? AND region = ?", context.account, context.region
        ) { $0.int(0) } ?? 0
    }

    private init(_ row: Row, in context: ReadContext) throws {
        let arn = Self.arn(row.text(0), uuid: row.text(1), in: context)
        func open(_ column: Int32) throws -> String? {
            guard let sealed = row.optionalBlob(column) else { return nil }
            let plain = try context.open(sealed, with: Self.keyName, bindingTo: arn.description)
            return String(decoding: plain, as: UTF8.self)
        }
        func time(_ column: Int32) -> Timestamp? {
            row.optionalInt64(column).map { Timestamp(milliseconds: $0) }
        }
        self.arn = arn
        secretID = row.text(2)
        created = Timestamp(milliseconds: row.int64(3))
        modified = Timestamp(milliseconds: row.int64(4))
        authorized = Timestamp(milliseconds: row.int64(5))
        description = row.optionalText(6)
        kmsKey = row.optionalText(7)
        type = ConnectionAuthorizationType(rawValue: row.text(8)) ?? .basic
        state = ConnectionState(rawValue: row.text(9)) ?? .deauthorized
        stateReason = row.optionalText(10)
        secret = try open(11).map { try ConnectionSecret(parsing: $0) }
        token = try open(12).map { OAuthToken(text: $0, expires: time(13)) }
        tokenRequested = time(14)
        version = row.int(15)
    }

    init(
        arn: ARN, secretID: String, now: Timestamp, type: ConnectionAuthorizationType, state: ConnectionState,
        secret: ConnectionSecret
    ) {
        self.arn = arn
        self.secretID = secretID
        (created, modified, authorized) = (now, now, now)
        self.type = type
        self.state = state
        self.secret = secret
    }

    /// Writes the row, new or changed.
    func save(in context: WriteContext) throws {
        func seal(_ text: String?) throws -> [UInt8]? {
            try text.map { try context.seal(Array($0.utf8), with: Self.keyName, bindingTo: arn.description) }
        }
        let (name, uuid) = Self.parts(of: arn) ?? ("", "")
        try context.database.run(
            """
            INSERT OR REPLACE INTO events_connection (account, region, name, uuid, secret_id, created, modified,
                authorized, description, kms_key, authorization_type, state, state_reason, secret, token,
                token_expires, token_requested, version)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, arn.account, arn.region, name, uuid, secretID, created.milliseconds, modified.milliseconds,
            authorized.milliseconds, description, kmsKey, type.rawValue, state.rawValue, stateReason,
            try seal(secret?.json.description), try seal(token?.text), token?.expires?.milliseconds,
            tokenRequested?.milliseconds, version)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM events_connection WHERE account = ? AND region = ? AND name = ?", arn.account, arn.region, name
        )
    }
}
