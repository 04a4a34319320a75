import JSON
import Kernel
import Model

/// What becomes of an endpoint a second after it was created, changed or deleted.
enum EndpointJob {
    static let kind = "events.endpoint"
    private static let stepMilliseconds: Int64 = 1000

    static func begin(_ endpoint: StoredEndpoint, in context: WriteContext) throws {
        try context.schedule(
            kind, subject: endpoint.name, due: context.now.adding(milliseconds: stepMilliseconds), detail: [:])
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard var endpoint = try StoredEndpoint.find(job.subject, region: job.region, in: context) else { return }
        switch endpoint.state {
        case .deleting:
            try endpoint.delete(in: context)
            return try context.record(.deleted, endpoint.arn, operation: "DeleteEndpoint")
        case .creating, .updating:
            let missing = try endpoint.buses.first { try StoredBus.find($0, in: context) == nil }
            if let missing {
                endpoint.state = endpoint.state == .creating ? .createFAILED : .updateFAILED
                endpoint.stateReason = "Event bus \(missing) does not exist."
            } else {
                endpoint.state = .active
                endpoint.stateReason = nil
            }
        case .active, .createFAILED, .updateFAILED, .deleteFAILED: return
        }
        endpoint.modified = context.now
        try endpoint.save(in: context)
        try context.record(
            .changed, endpoint.arn, operation: "CreateEndpoint",
            detail: .object(["state": .string(endpoint.state.rawValue)]))
    }
}
