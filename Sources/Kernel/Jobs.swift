import JSON
import Model
import SQLite

/// Work that is due at a time of the clock; it survives a restart.
public struct Job: Sendable {
    public let account: String
    public let region: String
    /// Which runner does it: `ssm.parameter-policy`.
    public let kind: String
    public let subject: String
    public let due: Timestamp
    public let detail: JSON
}

extension WriteContext {
    /// Asks for work at a time; a job of the same kind and subject is replaced.
    public func schedule(_ kind: String, subject: String, due: Timestamp, detail: JSON) throws {
        try database.run(
            """
            INSERT OR REPLACE INTO job (account, region, kind, subject, due, detail) VALUES (?, ?, ?, ?, ?, ?)
            """, account, region, kind, subject, due.milliseconds, detail.description)
        kernel.jobsChanged()
    }

    /// Forgets jobs of a kind whose subject is `subject` or begins with it and a line feed.
    public func unschedule(_ kind: String, subject: String) throws {
        try database.run(
            """
            DELETE FROM job WHERE account = ? AND region = ? AND kind = ?
            AND (subject = ?4 OR (subject >= ?4 || char(10) AND subject < ?4 || char(11)))
            """, account, region, kind, subject)
    }
}

enum Jobs {
    static func earliest(in database: Connection) throws -> Job? {
        try database.first(
            "SELECT account, region, kind, subject, due, detail FROM job ORDER BY due LIMIT 1"
        ) { row in
            Job(
                account: row.text(0), region: row.text(1), kind: row.text(2), subject: row.text(3),
                due: Timestamp(milliseconds: row.int64(4)), detail: try JSON(parsing: row.text(5)))
        }
    }

    static func postpone(_ job: Job, to due: Timestamp, in database: Connection) throws {
        try database.run(
            "UPDATE job SET due = ? WHERE account = ? AND region = ? AND kind = ? AND subject = ?", due.milliseconds,
            job.account, job.region, job.kind, job.subject)
    }

    static func delete(_ job: Job, in database: Connection) throws {
        try database.run(
            "DELETE FROM job WHERE account = ? AND region = ? AND kind = ? AND subject = ?", job.account, job.region,
            job.kind, job.subject)
    }
}
