import Kernel
import Model

/// What a pipe's target is, as far as its ARN tells, of the kinds that are served.
///
/// Source: the user guide's pages "Amazon EventBridge Pipes targets" and "… batching and concurrency".
enum PipeTarget: Sendable {
    case queue, topic, bus, apiDestination, logGroup

    /// Nil for everything else.
    init?(_ arn: ARN) {
        switch arn.service {
        case "sqs": self = .queue
        case "sns": self = .topic
        case "events" where arn.resource.hasPrefix("event-bus/"): self = .bus
        case "events" where arn.resource.hasPrefix("api-destination/"): self = .apiDestination
        case "logs" where arn.resource.hasPrefix("log-group:"): self = .logGroup
        default: return nil
        }
    }

    static let served = "SQS queues, SNS topics, event buses, API destinations and CloudWatch Logs log groups"

    /// The member of TargetParameters that is for this kind.
    var parameters: String? {
        switch self {
        case .queue: "SqsQueueParameters"
        case .topic: nil
        case .bus: "EventBridgeEventBusParameters"
        case .apiDestination: "HttpParameters"
        case .logGroup: "CloudWatchLogsParameters"
        }
    }

    /// As errors name it, after "enrichment api-destination", which was recorded.
    var name: String {
        switch self {
        case .queue: "sqs"
        case .topic: "sns"
        case .bus: "event-bus"
        case .apiDestination: "api-destination"
        case .logGroup: "log-group"
        }
    }

    /// The most records in a batch.
    var batchLimit: Int {
        switch self {
        case .queue, .topic, .bus: 10
        case .apiDestination: 1
        case .logGroup: 10_000
        }
    }
}
