import Dispatch
import SQLite
import Synchronization

/// The state: one writer with group commit and a reading connection per lane.
///
/// Writes that wait are run together: each in a savepoint of its own, one commit for all, and only when that is on the disk
/// are they answered. Meanwhile the next ones are run, and committed when the disk has nothing else to do: so many share one
/// `fdatasync`. Who reads may see what is on its way to the disk.
final class Store: Sendable {
    /// What follows from work that was not undone.
    struct Consequences: Sendable {
        /// Done right after it, within the same commit. It is taken from where it waited, so it is done whatever becomes of
        /// the work that led to it.
        var following: [Work] = []
        /// Done once before the commit: of what comes with one key, the last, in the order in which those came.
        var closing: [(key: String, body: @Sendable (Connection) throws -> Void)] = []
    }

    struct Work: Sendable {
        /// Throws to undo what it did.
        let body: @Sendable (Connection) throws -> Consequences
        /// Called when the commit is on the disk, or with the error that undid the work.
        let done: @Sendable ((any Error)?) -> Void
    }

    /// How many reads that may take long run at a time.
    private static let longReadCount = 2
    /// How many writes share a commit at most: a bound on how long the first one waits.
    private static let groupLimit = 256

    /// So many pages in the write-ahead log are brought into the database.
    private static let checkpointPages = 4000
    private static let pageBytes = 4096

    private let together: @Sendable (() -> Void) -> Void
    private let writer: Confined<Connection>
    private let readers: [Confined<Connection>]
    let longReads: LongReads
    private let queue = DispatchQueue(label: "windtunnel.writer")
    /// Nil where the state is temporary.
    private let log: WriteAheadLog?
    private let waiting = Mutex<(work: [Work], isScheduled: Bool)>(([], false))

    /// Opens the state in `folder`, or a temporary one, with a reading connection for each lane.
    ///
    /// - Parameters:
    ///   - longReadLimit: how long a read beside the lanes may take.
    ///   - together: is given the answering of all writes of a commit.
    init(
        folder path: String?, lanes: Int, longReadLimit: DispatchTimeInterval = .seconds(30),
        together: @escaping @Sendable (() -> Void) -> Void = { $0() }
    ) throws {
        self.together = together
        let folder = try path.map(StateFolder.persistent) ?? StateFolder.temporary()
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
            let open = {
                let reader = try Connection(path: folder.file, mode: .readOnly)
                // Opens the files; the schema, which takes a millisecond, waits for the first request that reads.
                try reader.execute("PRAGMA query_only = ON; PRAGMA schema_version;")
                return Confined(reader)
            }
            readers = try (0..<lanes).map { _ in try open() }
            longReads = LongReads(
                limit: longReadLimit, connections: try (0..<Self.longReadCount).map { _ in try open() })
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

    var isTemporary: Bool { log == nil }

    /// Reads on the lane's own connection, from one snapshot. Must be called on that lane.
    func read<Result>(lane: Int, _ body: (Connection) throws -> Result) throws -> Result {
        try readers[lane].value.snapshot(body)
    }

    /// Runs `body` on the writer and calls `done`, in the order of the commits, when its outcome is final.
    func write(
        _ body: @escaping @Sendable (Connection) throws -> Void, done: @escaping @Sendable ((any Error)?) -> Void
    ) {
        write(
            Work(
                body: {
                    try body($0)
                    return Consequences()
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

    /// What shares a commit.
    private struct Group {
        var work: [Work]
        /// Of those that were run.
        var outcomes: [(any Error)?] = []
        /// What follows from the last one that was run, until it is in the group.
        var woken: [Work] = []
        /// What is to be done before the commit, and in which order.
        var closing: [String: (place: Int, body: @Sendable (Connection) throws -> Void)] = [:]
        var closingCount = 0

        var room: Int { Store.groupLimit - work.count }
    }

    private func commit(_ first: [Work]) {
        let connection = writer.value
        var group = Group(work: first)
        let changes = connection.totalChanges
        do {
            try connection.run("BEGIN IMMEDIATE")
            try run(&group, on: connection)
            while let log, log.isBusy, group.room > 0 {
                var more = takeWaiting(group.room)
                if more.isEmpty {
                    log.wait()
                    more = takeWaiting(group.room)
                }
                group.work += more
                try run(&group, on: connection)
            }
            for (_, body) in group.closing.values.sorted(by: { $0.place < $1.place }) { try body(connection) }
            try connection.run("COMMIT")
        } catch {
            _ = try? connection.run("ROLLBACK")
            for work in group.work { work.done(error) }
            for work in group.woken { write(work) }
            return
        }
        let answers = Array(zip(group.work, group.outcomes))
        let answer: @Sendable ((any Error)?) -> Void = { [together] failure in
            together { for (work, outcome) in answers { work.done(outcome ?? failure) } }
        }
        guard let log, log.isBusy || connection.totalChanges != changes else { return answer(nil) }
        log.makeRoom(limit: Self.checkpointPages * Self.pageBytes)
        log.flush(isAlone: waiting.withLock(\.work.isEmpty), done: answer)
    }

    /// Runs those of the group that have no outcome yet, and what follows from them.
    private func run(_ group: inout Group, on connection: Connection) throws {
        while group.outcomes.count < group.work.count {
            let (outcome, closing) = try attempt(group.work[group.outcomes.count], on: connection, &group.woken)
            group.outcomes.append(outcome)
            for (key, body) in closing {
                group.closing[key] = (group.closingCount, body)
                group.closingCount += 1
            }
            if group.woken.count <= group.room {
                group.work += group.woken
            } else {
                for work in group.woken { write(work) }
            }
            group.woken = []
        }
    }

    /// What the work throws undoes the work alone, and so does a savepoint that cannot be released; what else the store throws
    /// undoes the group.
    ///
    /// - Parameter woken: is given what follows, whatever happens.
    private func attempt(_ work: Work, on connection: Connection, _ woken: inout [Work]) throws
        -> (outcome: (any Error)?, closing: [(key: String, body: @Sendable (Connection) throws -> Void)])
    {
        try connection.run("SAVEPOINT request")
        do {
            let consequences = try work.body(connection)
            woken = consequences.following
            try connection.run("RELEASE request")
            return (nil, consequences.closing)
        } catch {
            try connection.run("ROLLBACK TO request")
            try connection.run("RELEASE request")
            return (error, [])
        }
    }
}

/// A connection that one queue alone uses.
final class Confined<Value>: @unchecked Sendable {  // Used on the writer's queue, on a lane, or by one long read at a time.
    let value: Value
    init(_ value: Value) { self.value = value }
}
