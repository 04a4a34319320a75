import Dispatch
import Foundation
import SQLite
import Synchronization
import Testing

@testable import Kernel

@Suite struct StoreTests {
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
