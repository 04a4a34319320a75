import JSON
import Model

/// Temporary credentials that were issued and the identity that they stand for.
public struct Session: Sendable {
    public let accessKeyID: String
    public let principal: Principal
    public let expires: Timestamp
    /// The role, the tags and whatever else the session was made with.
    public let source: JSON

    public init(accessKeyID: String, principal: Principal, expires: Timestamp, source: JSON) {
        self.accessKeyID = accessKeyID
        self.principal = principal
        self.expires = expires
        self.source = source
    }

    public static func find(_ accessKeyID: String, in context: ReadContext) throws -> Session? {
        try context.database.first(
            "SELECT account, arn, user_id, expires, source FROM session WHERE access_key_id = ?", accessKeyID
        ) { row in
            Session(
                accessKeyID: accessKeyID,
                principal: Principal(
                    account: row.text(0), arn: row.text(1), userID: row.text(2), sessionKeyID: accessKeyID),
                expires: Timestamp(milliseconds: row.int64(3)), source: try JSON(parsing: row.text(4)))
        }
    }

    public func insert(in context: WriteContext) throws {
        try context.database.run(
            "INSERT INTO session (access_key_id, account, arn, user_id, expires, source) VALUES (?, ?, ?, ?, ?, ?)",
            accessKeyID, principal.account, principal.arn, principal.userID, expires.milliseconds, source.description)
    }

    /// Sessions that ended a week ago tell nobody anything any more.
    public static func forgetExpired(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM session WHERE expires < ?", context.now.adding(seconds: -7 * 86_400).milliseconds)
    }
}
