import JSON
import Model
import Synchronization
import TestKernel
import Testing

@testable import Kernel

/// Jobs that wait for a signal.
@Suite struct JobSignalTests {
    /// When the job ran, in hours after the start.
    private final class Runs: Sendable {
        private let taken = Mutex<[Int64]>([])
        var all: [Int64] { taken.withLock { $0 } }
        func take(_ hour: Int64) { taken.withLock { $0.append(hour) } }
    }

    private let runs = Runs()

    private var service: Service {
        let model = ServiceModel(
            name: "bells", title: "Bells", apiVersion: "1", wireProtocol: .awsJson(version: "1.1"), targetPrefix: nil,
            signingName: "bells", xmlNamespace: nil, isQueryCompatible: false, text: #"{"operations":{},"shapes":{}}"#)
        return Service(
            model: model, operations: [],
            jobRunners: [
                "bells.listen": { [runs] _, context in
                    runs.take((context.now.milliseconds - TestKernel.start.milliseconds) / 3_600_000)
                }
            ])
    }

    private func perform(in aws: TestKernel, _ body: @escaping @Sendable (WriteContext) throws -> Void) async throws {
        let operation = Operation(
            name: "Do",
            handler: .write { _, context in
                try body(context)
                return [:]
            })
        _ = try await withCheckedThrowingContinuation { continuation in
            aws.kernel.perform(
                operation, of: aws.kernel.services[0], input: [:], caller: .account("111111111111"), lane: 0
            ) { continuation.resume(with: $0) }
        }
    }

    private func listen(for key: String, nextHours: Int? = nil, in aws: TestKernel) async throws {
        try await perform(in: aws) { context in
            let next = nextHours.map { context.now.adding(seconds: $0 * 3600) }
            try context.schedule("bells.listen", subject: "one", when: Wait(key: key, seconds: 20, next: next))
        }
    }

    @Test func aSignalMakesAJobDueThatWaitsForIt() async throws {
        let aws = try await TestKernel(service)
        try await listen(for: "bell 1", in: aws)
        try await perform(in: aws) { $0.signal("bell 2") }
        await aws.advance(hours: 1)
        #expect(runs.all.isEmpty)
        try await perform(in: aws) { $0.signal("bell 1") }
        await aws.advance(hours: 1)
        try await perform(in: aws) { $0.signalAll("bell 1") }
        await aws.advance(hours: 1)
        #expect(runs.all == [1, 2])
    }

    @Test func withoutASignalItIsDueWhenThereIsSomethingToSee() async throws {
        let aws = try await TestKernel(service)
        try await listen(for: "bell", nextHours: 3, in: aws)
        await aws.advance(hours: 2)
        #expect(runs.all.isEmpty)
        await aws.advance(hours: 2)
        #expect(runs.all == [3])
    }

    @Test func itWaitsForTheLatestSignalThatItNamedUntilItStops() async throws {
        let aws = try await TestKernel(service)
        try await listen(for: "old", in: aws)
        try await listen(for: "new", nextHours: 5, in: aws)
        try await perform(in: aws) { $0.signal("old") }
        await aws.advance(hours: 1)
        #expect(runs.all.isEmpty)
        try await perform(in: aws) { try $0.stopWaiting("bells.listen", subject: "one") }
        try await perform(in: aws) { $0.signal("new") }
        await aws.advance(hours: 9)
        #expect(runs.all.isEmpty)
    }

    @Test func whatARefusedRequestSignalledWakesNobody() async throws {
        let aws = try await TestKernel(service)
        try await listen(for: "bell", in: aws)
        await #expect(throws: AWSError.self) {
            try await perform(in: aws) {
                $0.signal("bell")
                throw AWSError.validation("no")
            }
        }
        await aws.advance(hours: 1)
        #expect(runs.all.isEmpty)
    }
}
