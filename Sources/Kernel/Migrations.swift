import Deflate
import SQLite

/// The forward-only steps from `Schema/sql`, in the order of their names; a file's `user_version` counts those that it has.
enum Migrations {
    static var count: Int { EmbeddedStore.migrations.count }

    /// The file that all of them make.
    static var emptyStore: [UInt8] { EmbeddedStore.empty.bytes }

    /// Brings a file that an earlier version made up to date.
    static func apply(to database: Connection, file: String) throws {
        var version = 0
        try database.query("PRAGMA user_version") { version = $0.int(0) }
        guard version <= count else {
            throw StoreError("\(file) was written by a newer windtunnel; it was left as it is")
        }
        guard version < count else { return }
        // In one transaction: a commit for each would take longest.
        let missing = EmbeddedStore.migrations.dropFirst(version).map { String(decoding: $0.bytes, as: UTF8.self) }
        try database.execute(
            "BEGIN IMMEDIATE;\n\(missing.joined(separator: "\n"))\nPRAGMA user_version = \(count);\nCOMMIT;")
    }
}
