import CSQLite

/// A connection to a database file. It belongs to one queue; whoever shares it proves that.
///
/// The file belongs to this process while it is open (VFS `unix-excl`, https://www.sqlite.org/vfs.html): its connections
/// keep the index of the write-ahead log in memory, and no read costs system calls for locks.
///
/// ```swift
/// let connection = try Connection(path: "state.db", mode: .readWrite)
/// try connection.run("INSERT INTO city (name, people) VALUES (?, ?)", "Ulm", 126_000)
/// let people = try connection.first("SELECT people FROM city WHERE name = ?", "Ulm") { $0.int(0) }
/// ```
public final class Connection {
    public enum Mode: Sendable {
        /// Makes the file when there is none.
        case readWrite
        case readOnly
    }

    /// How long a statement waits for another connection's lock.
    private static let busyMilliseconds: Int32 = 5000

    /// Done once, by whoever opens the first connection.
    private static let isConfigured = windtunnel_sqlite3_count_no_memory() == SQLITE_OK

    private let database: OpaquePointer
    /// Prepared statements, by the address of their text: two literals share one only when they are equal, since both end
    /// there with the same NUL.
    private var statements: [UnsafePointer<UInt8>: Statement] = [:]

    /// A prepared statement that is kept. One that runs is not lent again: a query inside the same query gets one of its own.
    private final class Statement {
        let handle: OpaquePointer
        let parameterCount: Int
        var isRunning = false

        init(_ handle: OpaquePointer) {
            self.handle = handle
            parameterCount = Int(sqlite3_bind_parameter_count(handle))
        }

        deinit { sqlite3_finalize(handle) }
    }

    /// Opens the file; `path` is a plain path, never a URI.
    public init(path: String, mode: Mode) throws(SQLiteError) {
        _ = Self.isConfigured
        var opened: OpaquePointer?
        let access = mode == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
        let code = sqlite3_open_v2(
            path, &opened, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, "unix-excl")
        guard code == SQLITE_OK, let opened else {
            let error = SQLiteError(code, on: opened, sql: "open \(path)")
            sqlite3_close_v2(opened)
            throw error
        }
        database = opened
        sqlite3_busy_timeout(database, Self.busyMilliseconds)
    }

    deinit {
        statements = [:]
        sqlite3_close_v2(database)
    }

    /// The row id that the last INSERT gave.
    public var lastInsertRowID: Int64 { sqlite3_last_insert_rowid(database) }

    /// How many rows have been changed since the connection was opened, whether that was undone or not.
    public var totalChanges: Int64 { sqlite3_total_changes64(database) }

    /// Runs a script of several statements: settings and migrations.
    public func execute(_ script: String) throws(SQLiteError) {
        let code = sqlite3_exec(database, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, on: database, sql: script) }
    }

    /// Runs a statement to its end, whatever rows it gives; answers how many rows it changed.
    @discardableResult
    public func run(_ sql: StaticString, _ values: any Bindable...) throws(SQLiteError) -> Int {
        let statement = try take(sql)
        defer { putBack(statement) }
        return try changes(of: statement, values, sql: "\(sql)")
    }

    /// Calls `each` with every row.
    public func query(_ sql: StaticString, _ values: any Bindable..., each row: (Row) throws -> Void) throws {
        let statement = try take(sql)
        defer { putBack(statement) }
        try bind(values, to: statement, sql: "\(sql)")
        while try step(statement, sql: "\(sql)") { try row(Row(statement: statement.handle)) }
    }

    /// The first row, or nil when there is none.
    public func first<Result>(
        _ sql: StaticString, _ values: any Bindable..., map: (Row) throws -> Result
    ) throws -> Result? {
        let statement = try take(sql)
        defer { putBack(statement) }
        try bind(values, to: statement, sql: "\(sql)")
        return try step(statement, sql: "\(sql)") ? map(Row(statement: statement.handle)) : nil
    }

    /// Runs a statement whose text was composed at run time; the prepared statement is not kept.
    @discardableResult
    public func run(composed sql: String, _ values: [any Bindable]) throws(SQLiteError) -> Int {
        try changes(of: prepare(sql, flags: 0), values, sql: sql)
    }

    /// A query whose text was composed at run time; the prepared statement is not kept.
    public func query(composed sql: String, _ values: [any Bindable], each row: (Row) throws -> Void) throws {
        let statement = try prepare(sql, flags: 0)
        try bind(values, to: statement, sql: sql)
        while try step(statement, sql: sql) { try row(Row(statement: statement.handle)) }
    }

    /// Runs `body`, whose statements are interrupted as soon as `isOver` says so; it is asked every few thousand steps.
    public func interrupting<Result>(when isOver: @escaping () -> Bool, _ body: () throws -> Result) rethrows -> Result
    {
        let question = Question(isOver)
        sqlite3_progress_handler(
            database, Self.stepsBetweenQuestions,
            { question in
                guard let question else { return 0 }
                return Unmanaged<Question>.fromOpaque(question).takeUnretainedValue().isOver() ? 1 : 0
            }, Unmanaged.passUnretained(question).toOpaque())
        defer { sqlite3_progress_handler(database, 0, nil, nil) }
        return try withExtendedLifetime(question) { try body() }
    }

    private static let stepsBetweenQuestions: Int32 = 4000

    private final class Question {
        let isOver: () -> Bool
        init(_ isOver: @escaping () -> Bool) { self.isOver = isOver }
    }

    /// A statement that nobody else runs; `putBack` must follow.
    private func take(_ sql: StaticString) throws(SQLiteError) -> Statement {
        let kept = statements[sql.utf8Start]
        if let kept, !kept.isRunning {
            kept.isRunning = true
            return kept
        }
        let statement = try prepare("\(sql)", flags: UInt32(SQLITE_PREPARE_PERSISTENT))
        statement.isRunning = true
        if kept == nil { statements[sql.utf8Start] = statement }
        return statement
    }

    private func putBack(_ statement: Statement) {
        sqlite3_reset(statement.handle)
        if statement.parameterCount > 0 { sqlite3_clear_bindings(statement.handle) }
        statement.isRunning = false
    }

    private func prepare(_ sql: String, flags: UInt32) throws(SQLiteError) -> Statement {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(database, sql, -1, flags, &statement, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code, on: database, sql: sql) }
        guard let statement else {
            throw SQLiteError(code: SQLITE_MISUSE, message: "no statement in this text", sql: sql)
        }
        return Statement(statement)
    }

    private func bind(
        _ values: [any Bindable], to statement: Statement, sql: @autoclosure () -> String
    ) throws(SQLiteError) {
        // SQLite itself would take a value that is missing for NULL.
        precondition(values.count == statement.parameterCount, "wrong number of values for: \(sql())")
        var index: Int32 = 1
        for value in values {
            let code = value.bind(to: statement.handle, at: index)
            guard code == SQLITE_OK else { throw SQLiteError(code, on: database, sql: sql()) }
            index += 1
        }
    }

    /// Whether there is a (next) row.
    private func step(_ statement: Statement, sql: @autoclosure () -> String) throws(SQLiteError) -> Bool {
        switch sqlite3_step(statement.handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw SQLiteError(code, on: database, sql: sql())
        }
    }

    private func changes(
        of statement: Statement, _ values: [any Bindable], sql: @autoclosure () -> String
    ) throws(SQLiteError) -> Int {
        try bind(values, to: statement, sql: sql())
        let before = totalChanges
        while try step(statement, sql: sql()) {}
        // `changes` alone would repeat the count of an earlier statement when this one is no INSERT, UPDATE or DELETE.
        return totalChanges == before ? 0 : Int(sqlite3_changes64(database))
    }
}
