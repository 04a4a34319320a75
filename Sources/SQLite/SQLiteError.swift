import CSQLite

/// What SQLite refused, and at which statement.
public struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// The extended result code (https://www.sqlite.org/rescode.html).
    public let code: Int32
    public let message: String
    public let sql: String

    /// Whether `Connection.interrupting` ended it.
    public var isInterruption: Bool { code & 0xFF == SQLITE_INTERRUPT }

    public init(code: Int32, message: String, sql: String) {
        self.code = code
        self.message = message
        self.sql = sql
    }

    init(_ code: Int32, on database: OpaquePointer?, sql: String) {
        self.code = database.map(sqlite3_extended_errcode) ?? code
        message = database.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
        self.sql = sql
    }

    public var description: String { "SQLite error \(code): \(message) in: \(sql)" }
}
