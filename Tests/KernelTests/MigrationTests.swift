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

    @Test func itemsOfAnOldStoreStayWhatTheyAre() throws {
        let database = try Connection(path: ":memory:", mode: .readWrite)
        for migration in EmbeddedStore.migrations.prefix(16) {
            try database.execute(String(decoding: migration.bytes, as: UTF8.self))
        }
        try database.execute(
            #"""
            PRAGMA user_version = 16;
            INSERT INTO config_item VALUES ('1', 'us-east-1', 'AWS::SQS::Queue', 'q', 1500, 1500, 0, 'ResourceDiscovered', 'q',
                NULL, '{"created":1.25,"configuration":{"n":1.0},"supplementaryConfiguration":{},"tags":{},"relationships":[]}');
            INSERT INTO config_item VALUES ('1', 'us-east-1', 'AWS::SQS::Queue', 'q', 2500, 2500, 1, 'OK', 'q', 'arn',
                '{"availabilityZone":"z","isImported":true,"configuration":{"a":null},"supplementaryConfiguration":{"s":[]},'
                || '"tags":{"k":"v"},"relationships":[{"type":"T","id":"i","relation":"Is in "}]}');
            INSERT INTO config_result (account, region, rule, type, id, compliance, ordering, invoked, recorded, follows_item)
            VALUES ('1', 'us-east-1', 'r', 'AWS::SQS::Queue', 'q', 'COMPLIANT', 1500, 1500, 1500, 1);
            """#)
        try Migrations.apply(to: database, file: "old.db")
        var items: [String] = []
        try database.query("SELECT state_id, created, is_imported, document FROM config_item ORDER BY state_id") {
            row in
            items.append("\(row.int(0)) \(row.int(1)) \(row.int(2)) \(row.text(3))")
        }
        let common = #""accountId":"1","configurationItemStatus":"#
        #expect(
            items == [
                #"1500 1250 0 {"relationships":[],"configuration":{"n":1.0},"supplementaryConfiguration":{},"tags":[],"#
                    + #""version":"1.3","configurationItemCaptureTime":"1970-01-01T00:00:01.500Z","configurationStateId":"1500","#
                    + common
                    + #""ResourceDiscovered","resourceType":"AWS::SQS::Queue","resourceId":"q","resourceName":"q","#
                    + #""awsRegion":"us-east-1","resourceCreationTime":"1970-01-01T00:00:01.250Z"}"#,
                #"2500 0 1 {"relationships":[{"resourceId":"i","resourceType":"T","relationshipName":"Is in "}],"#
                    + #""configuration":{"a":null},"supplementaryConfiguration":{"s":[]},"#
                    + #""tags":[{"key":"k","value":"v","tag":"k=v"}],"#
                    + #""version":"1.3","configurationItemCaptureTime":"1970-01-01T00:00:02.500Z","configurationStateId":"2500","#
                    + common
                    + #""OK","resourceType":"AWS::SQS::Queue","resourceId":"q","resourceName":"q","arn":"arn","#
                    + #""awsRegion":"us-east-1","availabilityZone":"z"}"#,
            ])
        let current = try database.first("SELECT state_id FROM config_current_item") { $0.int(0) }
        #expect(current == 2500)
        let judged = try database.first("SELECT ordering FROM config_known_result WHERE rule = 'r'") { $0.int(0) }
        #expect(judged == 2500)
    }
}
