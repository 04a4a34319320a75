import Dispatch
import Foundation
import SQLite
import Synchronization
import Testing

@testable import Kernel

@Suite struct StoreTests {
    private final class Log: Sendable {
        private let entries = Mutex<[String]>([])
        var lines: [String] { entries.withLock { $0 } }
        func add(_ line: String) { entries.withLock { $0.append(line) } }
    }

    private struct Refusal: Error {}

    private let store: Store
    private let log = Log()

    init() throws { store = try Store(folder: nil, lanes: 1) }

    private func work(
        _ name: String, closing: [String] = [], following: [Store.Work] = [],
        _ body: @escaping @Sendable (Connection) throws -> Void = { _ in }
    ) -> Store.Work {
        Store.Work { [log] connection in
            log.add(name)
            try body(connection)
            return Store.Consequences(
                following: following, closing: closing.map { key in (key, { _ in log.add("\(key) of \(name)") }) })
        } done: { [log] error in
            log.add(error == nil ? "\(name) is done" : "\(name) failed")
        }
    }

    /// Has the works done in one commit: they come while the writer is busy.
    private func run(_ works: Store.Work...) {
        let store = store
        store.write(
            Store.Work { _ in
                Store.Consequences(following: works)
            } done: { _ in
            })
        // The first may be in the group and fail with it, and what a failed group left to do comes behind it.
        for _ in 0..<2 { _ = try? store.writeAndWait { _ in } }
    }

    @Test func whatIsToBeDoneBeforeTheCommitIsDoneOncePerKeyInTheOrderOfTheLast() throws {
        run(work("1", closing: ["a", "b"]), work("2", closing: ["a"]))
        #expect(log.lines == ["1", "2", "b of 1", "a of 2", "1 is done", "2 is done"])
    }

    @Test func whatFailsLeavesNothingToBeDoneBeforeTheCommit() throws {
        run(work("1", closing: ["a"]) { _ in throw Refusal() }, work("2", closing: ["b"]))
        #expect(log.lines == ["1", "2", "b of 2", "1 failed", "2 is done"])
    }

    @Test func whatFailsBeforeTheCommitUndoesTheGroup() throws {
        let failing = Store.Work { connection in
            try connection.run("INSERT INTO store_secret (name, value) VALUES ('s', x'00')")
            return Store.Consequences(closing: [("a", { _ in throw Refusal() })])
        } done: { [log] error in
            log.add(error is Refusal ? "refused" : "kept")
        }
        run(failing, work("2"))
        #expect(log.lines == ["2", "refused", "2 failed"])
        let count = try store.read(lane: 0) {
            try $0.first("SELECT 1 FROM store_secret WHERE name = 's'") { $0.int(0) }
        }
        #expect(count == nil)
    }

    @Test func whoWaitedForWorkWhoseSavepointIsLostIsDoneAllTheSame() throws {
        let waiter = work("waiter")
        // Without its savepoint neither RELEASE nor ROLLBACK TO can be.
        run(work("1", closing: ["a"], following: [waiter]) { try $0.run("RELEASE request") })
        #expect(log.lines == ["1", "1 failed", "waiter", "waiter is done"])
    }
}

/// Writes of many at a time.
@Suite struct GroupCommitTests {
    private struct Refusal: Error {}

    @Test(arguments: [true, false]) func writesOfManyAreAnsweredInTheirOrderAndUndoneAlone(isTemporary: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "windtunnel-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try Store(folder: isTemporary ? nil : folder, lanes: 1)
        try store.writeAndWait { try $0.execute("CREATE TABLE probe (number INTEGER PRIMARY KEY) STRICT") }
        let run = Mutex<[Int]>([])
        let answered = Mutex<[Int]>([])
        let refused = Mutex<[Int]>([])
        let all = DispatchGroup()
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in stride(from: thread, to: 2000, by: 8) {
                all.enter()
                store.write { database in
                    run.withLock { $0.append(number) }
                    try database.run("INSERT INTO probe (number) VALUES (?)", number)
                    if number % 7 == 0 { throw Refusal() }
                } done: { error in
                    if error is Refusal { refused.withLock { $0.append(number) } }
                    answered.withLock { $0.append(number) }
                    all.leave()
                }
            }
        }
        all.wait()
        #expect(answered.withLock { $0 } == run.withLock { $0 })
        #expect(Set(answered.withLock { $0 }).count == 2000)
        #expect(refused.withLock { $0.sorted() } == Array(stride(from: 0, to: 2000, by: 7)))
        var kept: [Int] = []
        try store.read(lane: 0) { try $0.query("SELECT number FROM probe ORDER BY number") { kept.append($0.int(0)) } }
        #expect(kept == (0..<2000).filter { $0 % 7 != 0 })
    }

    @Test func allThatWasAnsweredIsThereWhenACopyIsOpened() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "windtunnel-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = String(repeating: "a", count: 100_000)
        let store = try Store(folder: folder, lanes: 1)
        try store.writeAndWait { try $0.execute("CREATE TABLE probe (text TEXT NOT NULL) STRICT") }
        // More than the write-ahead log takes before it begins anew.
        for _ in 0..<300 { try store.writeAndWait { try $0.run("INSERT INTO probe (text) VALUES (?)", text) } }
        // As the disk would have it after a failure of the power.
        let copy = folder + "/copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in ["windtunnel.db", "windtunnel.db-wal"] {
            try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy)/\(name)")
        }
        let again = try Store(folder: copy, lanes: 1)
        let kept = try again.read(lane: 0) { try $0.first("SELECT sum(length(text)) FROM probe") { $0.int(0) } }
        #expect(kept == 30_000_000)
    }
}
