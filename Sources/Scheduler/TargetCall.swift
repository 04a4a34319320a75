import JSON
import Kernel
import Model

/// The operation that an invocation calls, with its input.
struct TargetCall {
    let service: Service
    let operation: API.Operation
    let input: JSON

    init(_ target: Target, _ arn: ARN, _ item: DeliveryItem, _ attributes: ContextAttributes, in context: ReadContext)
        throws
    {
        switch try TargetKind(arn) {
        case .universal(let sdkName, let action):
            (service, operation) = try Self.find(sdkName, action, in: context)
            let input = (try? JSON(parsing: item.body)) ?? [:]
            self.input = operation.input.map { UniversalInput.named(input, $0) } ?? [:]
        case .templated(let template):
            (service, operation) = try Self.find(template.sdkName, template.action, in: context)
            input = try Self.input(template, target, arn, item.body, attributes)
        }
    }

    init(deadLetter item: DeliveryItem, queue: ARN, in context: ReadContext) throws {
        (service, operation) = try Self.find("sqs", "sendMessage", in: context)
        input = .object([
            "QueueUrl": .string(Self.queueURL(queue)), "MessageBody": .string(item.body),
            "MessageAttributes": .object(item.attributes),
        ])
    }

    private static func find(_ sdkName: String, _ action: String, in context: ReadContext) throws(DeliveryFailure)
        -> (Service, API.Operation)
    {
        guard let service = context.service(sdkName: sdkName),
            let operation = UniversalInput.operation(action, of: service),
            service.operation(named: operation.name) != nil
        else { throw DeliveryFailure(DeadLetter.ownError, "\(sdkName):\(action) is not served by Windtunnel yet.") }
        return (service, operation)
    }

    /// The members in the order of their names, in which dead letters show them.
    static func input(
        _ template: Template, _ target: Target, _ arn: ARN, _ body: String, _ attributes: ContextAttributes
    ) throws(DeliveryFailure) -> JSON {
        switch template {
        case .sqs:
            return .object([
                "MessageBody": .string(body), "MessageGroupId": target.sqsParameters?.messageGroupId.map(JSON.string),
                "QueueUrl": .string(queueURL(arn)),
            ])
        case .sns: return .object(["Message": .string(body), "TopicArn": .string(arn.description)])
        case .events:
            // Without an input of its own, an event has no detail.
            let detail = target.input == nil ? "{}" : body
            let entry = JSON.object([
                "Detail": .string(detail), "DetailType": target.eventBridgeParameters.map { .string($0.detailType) },
                "EventBusName": .string(arn.description), "Resources": [.string(attributes.schedule)],
                "Source": target.eventBridgeParameters.map { .string($0.source) },
            ])
            return .object(["Entries": [entry]])
        default:
            throw DeliveryFailure(
                DeadLetter.ownError, "\(template.sdkName) targets are not served by Windtunnel yet.")
        }
    }

    /// With the Region in the host, as SQS reads it from there.
    private static func queueURL(_ queue: ARN) -> String {
        "https://sqs.\(queue.region).amazonaws.com/\(queue.account)/\(queue.resource)"
    }

    // MARK: Performing

    /// - Returns: in a word what came of it.
    func perform(as principal: Principal, region: String, in context: WriteContext) throws -> String {
        do {
            let output = try context.perform(operation.name, of: service, input, as: principal, region: region)
            try checkEntries(output)
            return output["MessageId"]?.string.map { "MessageId \($0)" } ?? "\(service.model.name) \(operation.name)"
        } catch let error as AWSError {
            throw DeliveryFailure(error, of: service)
        }
    }

    /// PutEvents succeeds though its one entry does not.
    private func checkEntries(_ output: JSON) throws(AWSError) {
        guard output["FailedEntryCount"]?.int ?? 0 > 0,
            let entry = output["Entries"]?.array?.first(where: { $0["ErrorCode"]?.string != nil })
        else { return }
        throw AWSError(entry["ErrorCode"]?.string ?? "", entry["ErrorMessage"]?.string)
    }
}
