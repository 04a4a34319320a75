import JSON
import Kernel
import Model
import SQLite

/// A judgement of a resource that is yet to be made: its row.
struct StoredProactive {
    let id: String
    let started: Timestamp
    let token: String?
    let request: JSON
    let summary: GetResourceEvaluationSummaryResponse
    let results: [EvaluationResult]

    static func find(_ id: String, in context: ReadContext) throws -> StoredProactive? {
        try context.database.first(
            """
            SELECT id, started, token, request, summary, results FROM config_proactive
            WHERE account = ? AND region = ? AND id = ?
            """, context.account, context.region, id
        ) { try StoredProactive($0) }
    }

    static func find(token: String, in context: ReadContext) throws -> StoredProactive? {
        try context.database.first(
            """
            SELECT id, started, token, request, summary, results FROM config_proactive
            WHERE account = ? AND region = ? AND token = ?
            """, context.account, context.region, token
        ) { try StoredProactive($0) }
    }

    /// All of them, the newest first.
    static func all(in context: ReadContext) throws -> [StoredProactive] {
        var found: [StoredProactive] = []
        try context.database.query(
            """
            SELECT id, started, token, request, summary, results FROM config_proactive
            WHERE account = ? AND region = ? ORDER BY started DESC, id
            """, context.account, context.region
        ) { found.append(try StoredProactive($0)) }
        return found
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT INTO config_proactive (account, region, id, started, token, request, summary, results)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, id, started.milliseconds, token, request.description,
            summary.json.description, results.json.description)
    }
}

extension StoredProactive {
    /// Reads the columns in the order of `find`.
    fileprivate init(_ row: Row) throws {
        self.init(
            id: row.text(0), started: Timestamp(milliseconds: row.int64(1)), token: row.optionalText(2),
            request: try JSON(parsing: row.text(3)),
            summary: GetResourceEvaluationSummaryResponse(json: try JSON(parsing: row.text(4))),
            results: [EvaluationResult](json: try JSON(parsing: row.text(5))) ?? [])
    }
}
