import JSON
import Kernel
import Model
import SQLite

/// A configuration recorder: its row. An account has one of its own in a Region, and one for each service that keeps one.
struct StoredRecorder {
    let name: String
    /// The end of its ARN.
    let id: String
    let servicePrincipal: String?
    var isRecording = false
    var started: Timestamp?
    var stopped: Timestamp?
    /// In capitals, whatever the model says (recorded from AWS).
    var status: String?
    var statusChanged: Timestamp?
    /// What DescribeConfigurationRecorders shows, but for names.
    var settings: ConfigurationRecorder

    var isPending: Bool { status == "PENDING" }

    func arn(in context: ReadContext) -> ARN { context.arn("configuration-recorder/\(name)/\(id)") }

    /// The recorder that the account itself made.
    static func own(in context: ReadContext) throws -> StoredRecorder? {
        try context.database.first(
            """
            SELECT name, id, service_principal, recording, started, stopped, status, status_changed, settings
            FROM config_recorder WHERE account = ? AND region = ? AND service_principal IS NULL
            """, context.account, context.region
        ) { try StoredRecorder($0) }
    }

    static func find(_ name: String, in context: ReadContext) throws -> StoredRecorder? {
        try context.database.first(
            """
            SELECT name, id, service_principal, recording, started, stopped, status, status_changed, settings
            FROM config_recorder WHERE account = ? AND region = ? AND name = ?
            """, context.account, context.region, name
        ) { try StoredRecorder($0) }
    }

    /// All of them, by name.
    static func all(in context: ReadContext) throws -> [StoredRecorder] {
        var recorders: [StoredRecorder] = []
        try context.database.query(
            """
            SELECT name, id, service_principal, recording, started, stopped, status, status_changed, settings
            FROM config_recorder WHERE account = ? AND region = ? ORDER BY name
            """, context.account, context.region
        ) { recorders.append(try StoredRecorder($0)) }
        return recorders
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_recorder
                (account, region, name, id, service_principal, recording, started, stopped, status, status_changed,
                 settings)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, name, id, servicePrincipal, isRecording, started?.milliseconds,
            stopped?.milliseconds, status, statusChanged?.milliseconds, settings.json.description)
    }

    /// A recorder that has written an item works.
    static func succeed(in context: WriteContext) throws {
        try context.database.run(
            """
            UPDATE config_recorder SET status = 'SUCCESS', status_changed = ?
            WHERE account = ? AND region = ? AND service_principal IS NULL AND status = 'PENDING'
            """, context.now.milliseconds, context.account, context.region)
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM config_recorder WHERE account = ? AND region = ? AND name = ?", context.account,
            context.region, name)
        try context.removeTags(of: arn(in: context))
    }
}

extension StoredRecorder {
    /// Reads the columns in the order of `find`.
    fileprivate init(_ row: Row) throws {
        self.init(
            name: row.text(0), id: row.text(1), servicePrincipal: row.optionalText(2), isRecording: row.bool(3),
            started: row.optionalInt64(4).map(Timestamp.init(milliseconds:)),
            stopped: row.optionalInt64(5).map(Timestamp.init(milliseconds:)), status: row.optionalText(6),
            statusChanged: row.optionalInt64(7).map(Timestamp.init(milliseconds:)),
            settings: ConfigurationRecorder(json: try JSON(parsing: row.text(8))))
    }
}
