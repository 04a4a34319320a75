import Dispatch
import JSON
import Model
import Synchronization
import Testing

@testable import Kernel

/// Operations that may take long, beside others of their lane.
@Suite struct LongReadTests {
    struct Values: ShapeView {
        let json: JSON
        init(json: JSON) { self.json = json }
    }

    /// A service with a long read that has begun when one signal comes and ends with the other, and one without end.
    private final class Library: Sendable {
        let begun = DispatchSemaphore(value: 0)
        let mayEnd = DispatchSemaphore(value: 0)

        var service: Service {
            let text: ServiceModel.Text = #"{"operations": {"Long": {}, "Short": {}, "Endless": {}}, "shapes": {}}"#
            return Service(
                model: ServiceModel(
                    name: "library", title: "library", apiVersion: "2030-01-01", wireProtocol: .restJson,
                    targetPrefix: nil, signingName: "library", serviceID: "Library", xmlNamespace: nil,
                    isQueryCompatible: false, text: text),
                operations: [
                    .longRead("Long", tooLong: AWSError("TooLong")) { [self] (_: Values, _: ReadContext) -> Values in
                        begun.signal()
                        mayEnd.wait()
                        return Values(json: ["Read": "long"])
                    },
                    .longRead("Endless", tooLong: AWSError("TooLong")) {
                        [self] (_: Values, context: ReadContext) -> Values in
                        begun.signal()
                        let count = try context.database.first(
                            """
                            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
                            SELECT count(*) FROM number
                            """
                        ) { $0.int(0) }
                        return Values(json: ["Read": .number(count ?? 0)])
                    },
                    .read("Short") { (_: Values, _: ReadContext) -> Values in Values(json: ["Read": "short"]) },
                ])
        }
    }

    private let library = Library()

    private func kernel(limit: DispatchTimeInterval = .seconds(600)) throws -> Kernel {
        try Kernel(services: [library.service], lanes: 1, longReadLimit: limit)
    }

    /// What came of a request, once it has.
    private final class Answer: Sendable {
        private let result = Mutex<Result<JSON, any Error>?>(nil)
        private let came = DispatchSemaphore(value: 0)
        private let hangUpBody = Mutex<(@Sendable () -> Void)?>(nil)

        var hasCome: Bool { result.withLock { $0 != nil } }

        func take(_ value: Result<JSON, any Error>) {
            result.withLock { $0 = value }
            came.signal()
        }

        func wait() throws -> JSON? {
            came.wait()
            return try result.withLock { $0 }?.get()
        }

        func onHangUp(_ body: @escaping @Sendable () -> Void) { hangUpBody.withLock { $0 = body } }
        func hangUp() { hangUpBody.withLock { $0 }?() }
    }

    private func ask(_ name: String, _ kernel: Kernel) throws -> Answer {
        let answer = Answer()
        let service = kernel.services[0]
        let caller = Caller(
            region: "us-east-1", principal: .root(of: "111111111111", region: "us-east-1"), requestID: "r")
        kernel.perform(
            try #require(service.operation(named: name)), of: service, input: [:], caller: caller, lane: 0,
            onHangUp: { answer.onHangUp($0) }, completion: { answer.take($0) })
        return answer
    }

    @Test func anotherRequestOnTheLaneIsAnsweredMeanwhile() throws {
        let kernel = try kernel()
        let long = try ask("Long", kernel)
        library.begun.wait()
        #expect(try ask("Short", kernel).wait() == ["Read": "short"])
        #expect(!long.hasCome)
        library.mayEnd.signal()
        #expect(try long.wait() == ["Read": "long"])
    }

    @Test func manyAreReadAFewAtATime() throws {
        let kernel = try kernel()
        let answers = try (0..<5).map { _ in try ask("Long", kernel) }
        library.begun.wait()
        library.begun.wait()
        #expect(library.begun.wait(timeout: .now()) == .timedOut)
        for _ in answers { library.mayEnd.signal() }
        for answer in answers { #expect(try answer.wait() == ["Read": "long"]) }
    }

    @Test func whatTakesTooLongIsRefused() throws {
        let kernel = try kernel(limit: .milliseconds(20))
        let answer = try ask("Endless", kernel)
        #expect(throws: AWSError("TooLong")) { try answer.wait() }
    }

    @Test func whatNobodyWaitsForAnyMoreMakesWay() throws {
        let kernel = try kernel()
        let unwanted = try (0..<4).map { _ in try ask("Endless", kernel) }
        library.begun.wait()
        library.begun.wait()
        for answer in unwanted { answer.hangUp() }
        let long = try ask("Long", kernel)
        library.mayEnd.signal()
        #expect(try long.wait() == ["Read": "long"])
        let answered = unwanted.filter(\.hasCome).count
        #expect(answered == 0)
    }
}
