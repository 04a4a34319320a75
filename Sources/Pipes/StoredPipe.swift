import JSON
import Kernel
import Model
import SQLite

/// A pipe: its row.
struct StoredPipe {
    let arn: ARN
    let name: String
    var desired: RequestedPipeStateDescribeResponse
    var current: PipeState
    var reason: String?
    let created: Timestamp
    var modified: Timestamp
    var settings: PipeSettings
    var progress = PollingProgress()

    static func arn(_ name: String, in context: ReadContext) -> ARN { context.arn("pipe/\(name)") }

    static func find(_ name: String, in context: ReadContext) throws -> StoredPipe? {
        try context.database.first(
            """
            SELECT name, desired, current, reason, created, modified, settings, progress FROM pipes_pipe
            WHERE account = ? AND region = ? AND name = ?
            """, context.account, context.region, name
        ) { try StoredPipe($0, in: context) }
    }

    /// - Parameter position: the name behind which the list begins.
    static func list(_ filter: ListPipesRequest, after position: String, limit: Int, in context: ReadContext) throws
        -> [StoredPipe]
    {
        var pipes: [StoredPipe] = []
        try context.database.query(
            """
            SELECT name, desired, current, reason, created, modified, settings, progress FROM pipes_pipe
            WHERE account = ?1 AND region = ?2 AND name > ?3
            AND (?4 IS NULL OR substr(name, 1, length(?4)) = ?4) AND (?5 IS NULL OR desired = ?5)
            AND (?6 IS NULL OR current = ?6) AND (?7 IS NULL OR substr(source, 1, length(?7)) = ?7)
            AND (?8 IS NULL OR substr(target, 1, length(?8)) = ?8)
            ORDER BY name LIMIT ?9
            """, context.account, context.region, position, filter.namePrefix, filter.desiredState?.rawValue,
            filter.currentState?.rawValue, filter.sourcePrefix, filter.targetPrefix, limit
        ) { pipes.append(try StoredPipe($0, in: context)) }
        return pipes
    }

    static func count(in context: ReadContext) throws -> Int {
        try context.database.first(
            "SELECT count(*) FROM pipes_pipe WHERE account = ? AND region = ?", context.account, context.region
        ) { $0.int(0) } ?? 0
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO pipes_pipe (account, region, name, desired, current, reason, created, modified,
                source, target, settings, progress)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, name, desired.rawValue, current.rawValue, reason,
            created.milliseconds, modified.milliseconds, settings.source, settings.target, settings.json.description,
            progress.json.description)
    }

    func saveProgress(in context: WriteContext) throws {
        try context.database.run(
            "UPDATE pipes_pipe SET progress = ? WHERE account = ? AND region = ? AND name = ?",
            progress.json.description, context.account, context.region, name)
    }

    func delete(in context: WriteContext) throws {
        try context.removeTags(of: arn)
        try context.database.run(
            "DELETE FROM pipes_pipe WHERE account = ? AND region = ? AND name = ?", context.account, context.region,
            name)
    }
}

extension StoredPipe {
    /// Reads the columns in the order of `find`.
    fileprivate init(_ row: Row, in context: ReadContext) throws {
        self.init(
            arn: Self.arn(row.text(0), in: context), name: row.text(0),
            desired: RequestedPipeStateDescribeResponse(rawValue: row.text(1)) ?? .stopped,
            current: PipeState(rawValue: row.text(2)) ?? .stopped, reason: row.optionalText(3),
            created: Timestamp(milliseconds: row.int64(4)), modified: Timestamp(milliseconds: row.int64(5)),
            settings: PipeSettings(stored: try JSON(parsing: row.text(6))),
            progress: PollingProgress(json: try JSON(parsing: row.text(7))))
    }
}

/// How the polling of a pipe goes.
struct PollingProgress {
    /// When the batching window closes; nil while there is nothing in the batch.
    var windowEnd: Timestamp?
    /// How many executions in a row have failed.
    var failures = 0
    /// When it goes on after a failure.
    var resumes: Timestamp?
    /// The moment of the latest execution, and how many there were in it.
    var moment: Timestamp?
    var executions = 0

    init() {}

    init(json: JSON) {
        func time(_ name: String) -> Timestamp? { json[name]?.int.map { Timestamp(milliseconds: Int64($0)) } }
        windowEnd = time("windowEnd")
        failures = json["failures"]?.int ?? 0
        resumes = time("resumes")
        moment = time("moment")
        executions = json["executions"]?.int ?? 0
    }

    var json: JSON {
        .object([
            "windowEnd": windowEnd.map { .number($0.milliseconds) }, "failures": .number(failures),
            "resumes": resumes.map { .number($0.milliseconds) }, "moment": moment.map { .number($0.milliseconds) },
            "executions": .number(executions),
        ])
    }
}
