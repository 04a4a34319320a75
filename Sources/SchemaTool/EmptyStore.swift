import Glibc
import SQLite

/// The migrations for the kernel, and the state file that they all make: a new store begins with it, since to run the
/// migrations would be what a start takes longest for.
enum EmptyStore {
    static func source(migrations: [String]) throws -> String {
        let steps = migrations.map { "        \(Deflate.expression(Array($0.utf8))),\n" }.joined()
        return """
            import Deflate

            enum EmbeddedStore {
                static let migrations = [
            \(steps)    ]
                static let empty = \(Deflate.expression(try image(migrations)))
            }

            """
    }

    private static func image(_ migrations: [String]) throws -> [UInt8] {
        var template = Array("/tmp/schema-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SchemaTool.Failure(path: "/tmp") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let file = folder + "/empty.db"
        defer {
            unlink(file)
            rmdir(folder)
        }
        try make(file, with: migrations)
        return try SchemaTool.bytes(of: file)
    }

    /// The connection ends here: that moves all into the file.
    private static func make(_ file: String, with migrations: [String]) throws {
        let connection = try Connection(path: file, mode: .readWrite)
        try connection.execute(
            """
            PRAGMA journal_mode = WAL; BEGIN;
            \(migrations.joined(separator: "\n"))
            PRAGMA user_version = \(migrations.count); COMMIT;
            """)
    }
}
