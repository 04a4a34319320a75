import Dispatch
import SQLite
import Synchronization

/// The state: one writer with group commit and a reading connection per lane.
///
/// Writes that wait are run together: each in a savepoint of its own, one commit for all, and only when that is on the disk
/// are they answered. Meanwhile the next ones are run, and committed when the disk has nothing else to do: so many share one
/// `fdatasync`. Who reads may see what is on its way to the disk.
final class Store: Sendable {
    struct Work: Sendable {
        /// Throws to undo what it did. What it answers is done right after the group, within the same commit.
        let body: @Sendable (Connection) throws -> [Work]
        /// Called when the commit is on the disk, or with the error that undid the work.
        let done: @Sendable ((any Error)?) -> Void
    }

    /// How many writes share a commit at most: a bound on how long the first one waits.
    private static let groupLimit = 256

    /// So many pages in the write-ahead log are brought into the database.
    private static let checkpointPages = 4000
    private static let pageBytes = 4096

    let isTemporary: Bool
    private let together: @Sendable (() -> Void) -> Void
    private let writer: Confined<Connection>
    private let readers: [Confined<Connection>]
    private let queue = DispatchQueue(label: "windtunnel.writer")
    /// Nil where the state is temporary.
    private let log: WriteAheadLog?
    /// What is to be done before the commit of the group that is under way, by key, in the order of the keys' coming.
    private let closing = Mutex<(keys: [String], bodies: [String: @Sendable (Connection) throws -> Void])>(([], [:]))
    private let waiting = Mutex<(work: [Work], isScheduled: Bool)>(([], false))

    /// Opens the state in `folder`, or a temporary one, with a reading connection for each lane.
    ///
    /// - Parameter together: is given the answering of all writes of a commit.
    init(folder path: String?, lanes: Int, together: @escaping @Sendable (() -> Void) -> Void = { $0() }) throws {
        self.together = together
        let folder = try path.map(StateFolder.persistent) ?? StateFolder.temporary()
        isTemporary = folder.isTemporary
        do {
            try folder.begin(with: Migrations.emptyStore)
            let connection = try Connection(path: folder.file, mode: .readWrite)
            if !folder.isTemporary { try Self.check(connection, file: folder.file) }
            try connection.execute(
                """
                PRAGMA synchronous = \(folder.isTemporary ? "OFF" : "NORMAL"); PRAGMA journal_mode = WAL;
                PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = \(Self.checkpointPages); PRAGMA cache_size = -4096;
                """)
            try Migrations.apply(to: connection, file: folder.file)
            writer = Confined(connection)
            log = folder.isTemporary ? nil : try WriteAheadLog(of: folder.file)
            readers = try (0..<lanes).map { _ in
                let reader = try Connection(path: folder.file, mode: .readOnly)
                // Opens the files; the schema, which takes a millisecond, waits for the first request that reads.
                try reader.execute("PRAGMA query_only = ON; PRAGMA schema_version;")
                return Confined(reader)
            }
        } catch let error as SQLiteError {
            folder.removeTemporaryFiles()
            throw StoreError("\(folder.file) cannot be used (\(error.message)); it was left as it is")
        }
        folder.removeTemporaryFiles()
    }

    /// An intact file is worth the time: every later answer rests on it.
    private static func check(_ connection: Connection, file: String) throws {
        var verdict = "ok"
        try connection.query("PRAGMA quick_check(1)") { verdict = $0.text(0) }
        guard verdict == "ok" else { throw StoreError("\(file) is damaged (\(verdict)); it was left as it is") }
    }

    /// Reads on the lane's own connection, from one snapshot. Must be called on that lane.
    func read<Result>(lane: Int, _ body: (Connection) throws -> Result) throws -> Result {
        let connection = readers[lane].value
        try connection.run("BEGIN")
        defer { _ = try? connection.run("COMMIT") }
        return try body(connection)
    }

    /// Runs `body` on the writer and calls `done`, in the order of the commits, when its outcome is final.
    func write(
        _ body: @escaping @Sendable (Connection) throws -> Void, done: @escaping @Sendable ((any Error)?) -> Void
    ) {
        write(
            Work(
                body: {
                    try body($0)
                    return []
                }, done: done))
    }

    func write(_ work: Work) {
        let mustSchedule = waiting.withLock { waiting in
            waiting.work.append(work)
            defer { waiting.isScheduled = true }
            return !waiting.isScheduled
        }
        if mustSchedule { queue.async { self.drain() } }
    }

    /// Runs `body` on the writer and waits for its commit: for the start, the stop and controls, never for a request.
    func writeAndWait(_ body: @escaping @Sendable (Connection) throws -> Void) throws {
        let outcome = Mutex<(any Error)?>(nil)
        let finished = DispatchSemaphore(value: 0)
        write(body) { error in
            outcome.withLock { $0 = error }
            finished.signal()
        }
        finished.wait()
        if let error = outcome.withLock({ $0 }) { throw error }
    }

    /// Does something once before the commit of the group that is under way: of what comes with one key, the last. Called by
    /// work that has succeeded; what `body` throws undoes the group.
    func beforeCommit(_ key: String, _ body: @escaping @Sendable (Connection) throws -> Void) {
        closing.withLock { closing in
            if closing.bodies.updateValue(body, forKey: key) == nil { closing.keys.append(key) }
        }
    }

    private func takeClosing() -> [@Sendable (Connection) throws -> Void] {
        closing.withLock { closing in
            defer { closing = ([], [:]) }
            return closing.keys.compactMap { closing.bodies[$0] }
        }
    }

    /// Moves everything into the state file itself, so that it is whole without its write-ahead log.
    func checkpoint() {
        guard let log else { return }
        queue.sync {
            log.wait()
            _ = try? writer.value.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    private func drain() {
        while true {
            let group = takeWaiting(Self.groupLimit)
            guard group.isEmpty else {
                commit(group)
                continue
            }
            let isDone = waiting.withLock { waiting in
                waiting.isScheduled = !waiting.work.isEmpty
                return !waiting.isScheduled
            }
            if isDone { return }
        }
    }

    private func takeWaiting(_ limit: Int) -> [Work] {
        waiting.withLock { waiting in
            let group = Array(waiting.work.prefix(limit))
            waiting.work.removeFirst(group.count)
            return group
        }
    }

    private func commit(_ first: [Work]) {
        let connection = writer.value
        var group = first
        var outcomes: [(any Error)?] = []
        let changes = connection.totalChanges
        do {
            try connection.run("BEGIN IMMEDIATE")
            try run(&group, &outcomes, on: connection)
            while let log, log.isBusy, group.count < Self.groupLimit {
                var more = takeWaiting(Self.groupLimit - group.count)
                if more.isEmpty {
                    log.wait()
                    more = takeWaiting(Self.groupLimit - group.count)
                }
                group += more
                try run(&group, &outcomes, on: connection)
            }
            for body in takeClosing() { try body(connection) }
            try connection.run("COMMIT")
        } catch {
            _ = takeClosing()
            _ = try? connection.run("ROLLBACK")
            for work in group { work.done(error) }
            return
        }
        let answers = Array(zip(group, outcomes))
        let answer: @Sendable ((any Error)?) -> Void = { [together] failure in
            together { for (work, outcome) in answers { work.done(outcome ?? failure) } }
        }
        guard let log, log.isBusy || connection.totalChanges != changes else { return answer(nil) }
        log.makeRoom(limit: Self.checkpointPages * Self.pageBytes)
        log.flush(isAlone: waiting.withLock(\.work.isEmpty), done: answer)
    }

    /// Runs those of the group that have no outcome yet, and what they answer.
    private func run(_ group: inout [Work], _ outcomes: inout [(any Error)?], on connection: Connection) throws {
        while outcomes.count < group.count {
            let (outcome, following) = try attempt(group[outcomes.count], on: connection)
            outcomes.append(outcome)
            if group.count + following.count <= Self.groupLimit {
                group += following
            } else {
                for work in following { write(work) }
            }
        }
    }

    /// What the work throws undoes the work alone; what the store throws undoes the group.
    private func attempt(_ work: Work, on connection: Connection) throws -> ((any Error)?, following: [Work]) {
        try connection.run("SAVEPOINT request")
        do {
            let following = try work.body(connection)
            try connection.run("RELEASE request")
            return (nil, following)
        } catch {
            try connection.run("ROLLBACK TO request")
            try connection.run("RELEASE request")
            return (error, [])
        }
    }
}

/// A connection that one queue alone uses.
private final class Confined<Value>: @unchecked Sendable {  // `Store` uses each only on the writer's queue or on its lane.
    let value: Value
    init(_ value: Value) { self.value = value }
}
