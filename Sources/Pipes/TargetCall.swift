import JSON
import Kernel
import Model

/// The operation that hands a record to a target, with its input.
struct TargetCall {
    private let service: String
    private let operation: String
    private let input: JSON

    init(
        _ target: PipeTarget, _ arn: ARN, _ body: String, _ parameters: PipeTargetParameters?, _ event: PipeInput,
        pipe: String
    ) throws {
        switch target {
        case .queue:
            let queue = parameters?.sqsQueueParameters
            (service, operation) = ("sqs", "SendMessage")
            input = .object([
                "QueueUrl": .string(PipeRecord.queueURL(arn)), "MessageBody": .string(body),
                "MessageGroupId": try event.value(queue?.messageGroupId, "MessageGroupId"),
                "MessageDeduplicationId": try event.value(queue?.messageDeduplicationId, "MessageDeduplicationId"),
            ])
        case .topic:
            (service, operation) = ("sns", "Publish")
            input = .object(["TopicArn": .string(arn.description), "Message": .string(body)])
        case .bus:
            (service, operation) = ("eventbridge", "PutEvents")
            input = try Self.events(arn, body, parameters?.eventBridgeEventBusParameters, event, pipe)
        case .apiDestination, .logGroup:
            throw DeliveryFailure("NO_RESOURCE", "\(arn) is called by no operation.")
        }
    }

    /// Without parameters, an event tells by its source and type which pipe it comes from.
    private static func events(
        _ bus: ARN, _ body: String, _ parameters: PipeTargetEventBridgeEventBusParameters?, _ event: PipeInput,
        _ pipe: String
    ) throws -> JSON {
        var entry = JSONObject([
            ("EventBusName", .string(bus.description)), ("Detail", .string(body)),
            ("Source", try event.value(parameters?.source, "Source") ?? .string("Pipe \(pipe)")),
            ("DetailType", try event.value(parameters?.detailType, "DetailType") ?? "Event from aws:sqs"),
        ])
        if let resources = parameters?.resources {
            entry["Resources"] = .array(try resources.map { .string(try event.value($0, "Resources")) })
        }
        if let path = parameters?.time {
            let text = try event.value(path, "Time")
            guard let time = Timestamp(iso8601: text) else {
                throw DeliveryFailure("INVALID_PARAMETER", "Time: \(text) is no time as RFC 3339 has it.")
            }
            entry["Time"] = time.json
        }
        return .object(["Entries": [.object(entry)], "EndpointId": parameters?.endpointId.map(JSON.string)])
    }

    /// - Returns: in a word what came of it.
    func perform(as principal: Principal, in context: WriteContext) throws -> String {
        guard let service = context.service(sdkName: service) else {
            throw DeliveryFailure("NO_RESOURCE", "\(service) is not served.")
        }
        do {
            let output = try context.perform(operation, of: service, input, as: principal, region: context.region)
            if output["FailedEntryCount"]?.int ?? 0 > 0 {
                let entry = output["Entries"]?.array?.first
                throw DeliveryFailure(
                    entry?["ErrorCode"]?.string ?? "", entry?["ErrorMessage"]?.string ?? "The event was refused.")
            }
            let id = output["MessageId"]?.string.map { "MessageId \($0)" }
            return id ?? output["Entries"]?.array?.first?["EventId"]?.string.map { "EventId \($0)" } ?? operation
        } catch let error as AWSError {
            throw DeliveryFailure(error, of: service)
        }
    }
}
