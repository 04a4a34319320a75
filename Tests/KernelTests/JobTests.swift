import JSON
import Model
import Synchronization
import TestKernel
import Testing

import class Foundation.FileManager
import struct Foundation.UUID

@testable import Kernel

/// What a job runner was given, in order.
private final class Notes: Sendable {
    private let taken = Mutex<[String]>([])
    var all: [String] { taken.withLock { $0 } }
    func take(_ note: String) { taken.withLock { $0.append(note) } }
}

private struct Failure: Error {}

@Suite struct JobTests {
    private let notes = Notes()

    /// A service with one kind of job, which notes when it ran; the job `bad` fails the first time.
    private var service: Service {
        let model = ServiceModel(
            name: "bells", title: "Bells", apiVersion: "1", wireProtocol: .awsJson(version: "1.1"), targetPrefix: nil,
            signingName: "bells", xmlNamespace: nil, isQueryCompatible: false, text: #"{"operations":{},"shapes":{}}"#)
        return Service(
            model: model, operations: [],
            jobRunners: [
                "bells.ring": { [notes] job, context in
                    let hours = (context.now.milliseconds - TestKernel.start.milliseconds) / 3_600_000
                    let isFirst = !notes.all.contains { $0.hasPrefix(job.subject) }
                    notes.take("\(job.subject) at \(hours)")
                    if job.subject == "bad", isFirst { throw Failure() }
                }
            ])
    }

    private func schedule(_ subject: String, hours: Int, in aws: TestKernel) async throws {
        let ring = Operation(
            name: "Ring",
            handler: .write { _, context in
                try context.schedule(
                    "bells.ring", subject: subject, due: context.now.adding(seconds: hours * 3600), detail: [:])
                return [:]
            })
        _ = try await withCheckedThrowingContinuation { continuation in
            aws.kernel.perform(
                ring, of: aws.kernel.services[0], input: [:], caller: .account("111111111111"), lane: 0
            ) { continuation.resume(with: $0) }
        }
    }

    @Test func jobsRunInTheirOrderAndEachAtItsTime() async throws {
        let aws = try await TestKernel(service)
        try await schedule("late", hours: 5, in: aws)
        try await schedule("early", hours: 2, in: aws)
        try await schedule("never", hours: 100, in: aws)
        await aws.advance(hours: 10)
        #expect(notes.all == ["early at 2", "late at 5"])
    }

    @Test func aJobThatFailsKeepsNoOtherAndIsTriedAgain() async throws {
        let aws = try await TestKernel(service)
        try await schedule("bad", hours: 1, in: aws)
        try await schedule("good", hours: 2, in: aws)
        await aws.advance(hours: 1)
        #expect(notes.all == ["bad at 1"])
        await aws.advance(hours: 9)
        #expect(notes.all.sorted() == ["bad at 1", "bad at 2", "good at 2"])
    }

    /// Work in many steps, each of which asks for the next, must not do several of them while others wait.
    @Test func aRequestWaitsForOneStepOfLongWorkOnly() async throws {
        let request = Operation(
            name: "Request",
            handler: .write { [notes] _, _ in
                notes.take("request")
                return [:]
            })
        let aws = Mutex<TestKernel?>(nil)
        var bells = service
        bells = Service(
            model: bells.model, operations: [],
            jobRunners: [
                "bells.ring": { [notes] job, context in
                    let step = job.detail["step"]?.int ?? 0
                    notes.take("step \(step)")
                    if step < 20 {
                        try context.schedule(
                            "bells.ring", subject: "long", due: context.now,
                            detail: .object(["step": .number(step + 1)]))
                    }
                    if step == 10, let aws = aws.withLock({ $0 }) {
                        aws.kernel.perform(
                            request, of: aws.kernel.services[0], input: [:], caller: .account("111111111111"), lane: 0
                        ) { _ in }
                    }
                }
            ])
        let kernel = try await TestKernel(bells)
        aws.withLock { $0 = kernel }
        try await schedule("long", hours: 0, in: kernel)
        await kernel.advance(hours: 1)
        #expect(notes.all == (0...10).map { "step \($0)" } + ["request"] + (11...20).map { "step \($0)" })
        aws.withLock { $0 = nil }
    }
}

@Suite struct JournalTests {
    private func rows(written count: Int, every interval: Int64) throws -> [Int64] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "windtunnel-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try Store(folder: folder, lanes: 1)
        let kept = Mutex<[Int64]>([])
        try store.writeAndWait { database in
            for number in 0..<count {
                _ = try Journal.append(
                    Journal.Entry(
                        sequence: 0, time: Timestamp(milliseconds: Int64(number) * interval), request: "", cause: nil,
                        account: "", region: "", service: "", kind: "event", subject: "", principal: "", detail: [:]),
                    to: database)
            }
            let found = try Journal.entries(after: 0, kind: nil, limit: count, in: database).map(\.sequence)
            kept.withLock { $0 = found }
        }
        return kept.withLock { $0 }
    }

    @Test func theOldestOfTooManyRowsGo() throws {
        let kept = try rows(written: 102_400, every: 1)
        #expect(kept.first == 2401 && kept.count == 100_000)
    }

    @Test func rowsOlderThanNinetyDaysGo() throws {
        // A row every hour: those of the last 2160 hours stay.
        let kept = try rows(written: 4096, every: 3_600_000)
        #expect(kept.first == 4096 - 2160 && kept.last == 4096)
    }
}
