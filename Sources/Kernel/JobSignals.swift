import Model
import SQLite

/// Jobs that wait as requests do: for a signal, or for the time at which it is worth another look. They survive a restart,
/// and no thread waits with them.
extension WriteContext {
    private static let cacheKey = "kernel.job-signals"

    /// Has a job run whenever the signal that `wait` names is given, until `stopWaiting`, and once when `wait` says so.
    public func schedule(_ kind: String, subject: String, when wait: Wait) throws {
        let known = try database.first(
            "SELECT key FROM job_signal WHERE account = ? AND region = ? AND kind = ? AND subject = ?", account, region,
            kind, subject
        ) { $0.text(0) }
        if known != wait.key {
            forget(Self.cacheKey)
            try database.run(
                "INSERT OR REPLACE INTO job_signal (account, region, kind, subject, key) VALUES (?, ?, ?, ?, ?)",
                account, region, kind, subject, wait.key)
        }
        if let next = wait.next { try schedule(kind, subject: subject, due: next, detail: [:]) }
    }

    /// Forgets what `schedule(_:subject:when:)` asked for, and the job that is due.
    public func stopWaiting(_ kind: String, subject: String) throws {
        try unschedule(kind, subject: subject)
        let gone = try database.first(
            """
            DELETE FROM job_signal WHERE account = ? AND region = ? AND kind = ? AND subject = ? RETURNING key
            """, account, region, kind, subject
        ) { _ in true }
        if gone == true { forget(Self.cacheKey) }
    }

    /// At the end of a transaction: makes the jobs due that wait for what it signalled.
    func wakeJobs() throws {
        guard !effects.signals.isEmpty else { return }
        // Asked by every message that is sent, and mostly about nobody.
        let awaited: Set<String> =
            try cached(Self.cacheKey) {
                var keys: Set<String> = []
                try database.query("SELECT DISTINCT key FROM job_signal") { keys.insert($0.text(0)) }
                return keys
            } ?? []
        guard !awaited.isEmpty else { return }
        let keys = Set(effects.signals.map(\.key)).intersection(awaited)
        for key in keys.sorted() {
            try database.run(
                """
                INSERT INTO job (account, region, kind, subject, due, detail)
                SELECT account, region, kind, subject, ?2, '{}' FROM job_signal WHERE key = ?1
                ON CONFLICT (account, region, kind, subject) DO UPDATE SET due = min(due, excluded.due)
                """, key, now.milliseconds)
        }
        if !keys.isEmpty { kernel.jobsChanged() }
    }
}
