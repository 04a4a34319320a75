import JSON
import Kernel
import Model

/// A kernel for one test: temporary state, and a clock that stands still at the start of 2030 until it is moved.
///
/// ```swift
/// let aws = try await TestKernel(SSM.service)
/// try await aws.call("PutParameter", ["Name": "/a", "Value": "1", "Type": "String"])
/// await aws.advance(hours: 1)
/// ```
public struct TestKernel: Sendable {
    public static let start = Timestamp(milliseconds: 1_893_456_000_000)

    public let kernel: Kernel

    public init(_ services: Service..., dataFolder: String? = nil) async throws {
        kernel = try Kernel(services: services, dataFolder: dataFolder, lanes: 1)
        await move(.run(factor: 0))
        await move(.set(Self.start))
    }

    /// Validates and performs an operation as a request would; the first service that has it is taken.
    @discardableResult
    public func call(_ name: String, _ input: JSON = [:], as caller: Caller = .account("111111111111")) async throws
        -> JSON
    {
        for service in kernel.services {
            guard let operation = service.operation(named: name) else { continue }
            if let shape = service.model.api.operations[name]?.input { try service.check(input, shape) }
            return try await withCheckedThrowingContinuation { continuation in
                kernel.perform(operation, of: service, input: input, caller: caller, lane: 0) {
                    continuation.resume(with: $0)
                }
            }
        }
        throw AWSError("UnknownOperationException", "\(name) is in no service of this test")
    }

    // MARK: Time

    public func advance(hours: Int64) async { await move(.advance(milliseconds: hours * 3_600_000)) }

    public func advance(milliseconds: Int64) async { await move(.advance(milliseconds: milliseconds)) }

    /// Returns when what became due has been done.
    private func move(_ command: Kernel.ClockCommand) async {
        await withCheckedContinuation { continuation in kernel.move(command) { continuation.resume() } }
    }

    // MARK: What happened

    /// The whole journal, oldest row first.
    public func journal() throws -> [JSON] { try kernel.journal(after: 0).map(\.json) }

    /// The events of a kind that were put on the default bus, oldest first.
    public func events(_ detailType: String) throws -> [JSON] {
        try journal().filter { $0["kind"] == "event" }.compactMap { $0["detail"] }.filter {
            $0["detail-type"] == .string(detailType)
        }
    }
}

extension Caller {
    /// The root user of an account.
    public static func account(_ account: String, region: String = "us-east-1") -> Caller {
        Caller(region: region, principal: .root(of: account, region: region), requestID: "request-of-a-test")
    }
}
