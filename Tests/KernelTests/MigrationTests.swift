import Foundation
import SQLite
import Testing

@testable import Kernel

@Suite struct MigrationTests {
    /// What a file holds: its version, and each thing in it with the text that made it.
    private func contents(_ database: Connection) throws -> [String] {
        var contents: [String] = []
        try database.query("PRAGMA user_version") { contents.append($0.text(0)) }
        try database.query("SELECT type, name, sql FROM sqlite_master ORDER BY type, name") {
            contents.append("\($0.text(0)) \($0.text(1)) \($0.text(2))")
        }
        return contents
    }

    @Test func aNewStoreIsWhatTheMigrationsMakeOfAnOldOne() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "windtunnel-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let old = try Connection(path: folder.appending(path: "old.db").path, mode: .readWrite)
        try Migrations.apply(to: old, file: "old.db")
        let new = folder.appending(path: "new.db")
        try Data(Migrations.emptyStore).write(to: new)
        let made = try contents(Connection(path: new.path, mode: .readWrite))
        #expect(made == (try contents(old)))
        #expect(made.contains { $0.hasPrefix("table ssm_parameter ") })
    }
}
