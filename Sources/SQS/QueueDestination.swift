import JSON
import Kernel
import Model

extension SQS {
    /// Takes what another service delivers into a queue, as if that service had called SendMessage.
    @Sendable static func accept(_ item: DeliveryItem, _ arn: ARN, _ sender: Sender, _ context: WriteContext) throws
        -> String
    {
        guard let address = QueueAddress(arn: arn.description), let queue = try Queue.find(address, in: context) else {
            throw DeliveryFailure(
                "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist: \(arn).")
        }
        try context.permit(sender, "sqs:SendMessage", on: arn, policy: queue.settings.policy)
        var input = JSONObject([("MessageBody", .string(item.body))])
        if !item.attributes.isEmpty { input["MessageAttributes"] = .object(item.attributes) }
        if let group = item.messageGroup { input["MessageGroupId"] = .string(group) }
        if queue.isFIFO, let id = item.deduplicationID { input["MessageDeduplicationId"] = .string(id) }
        if let header = item.traceHeader {
            input["MessageSystemAttributes"] = .object([
                "AWSTraceHeader": .object(["DataType": "String", "StringValue": .string(header)])
            ])
        }
        do {
            let message = try OutgoingMessage(.object(input), to: queue, in: context)
            guard message.byteCount <= queue.settings.maximumMessageBytes else {
                throw AWSError.invalidParameter(
                    "Message must be shorter than \(queue.settings.maximumMessageBytes) bytes.")
            }
            return "MessageId \(try message.send(to: queue, in: context).messageID)"
        } catch let error as AWSError {
            throw DeliveryFailure(error.inQuery?.code ?? error.code, error.message ?? error.code)
        }
    }
}
