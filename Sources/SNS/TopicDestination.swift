import JSON
import Kernel
import Model

extension SNS {
    /// Takes what another service delivers to a topic, as if that service had published it; what is for a person or a device
    /// goes to the outbox.
    @Sendable static func accept(_ item: DeliveryItem, _ arn: ARN, _ sender: Sender, _ context: WriteContext) throws
        -> String
    {
        guard !arn.resource.contains("/") else { return try Outbox.accept(item, arn, sender, context) }
        guard let topic = try StoredTopic.find(arn, in: context) else {
            throw DeliveryFailure("NotFound", "Topic does not exist: \(arn)")
        }
        try context.permit(sender, "sns:Publish", on: arn, policy: topic.effectivePolicy)
        var input = JSONObject([("Message", .string(item.body))])
        if let subject = item.subject { input["Subject"] = .string(subject) }
        if let group = item.messageGroup { input["MessageGroupId"] = .string(group) }
        do {
            let message = try PublishedMessage(.object(input), topic: topic)
            return "MessageId \(try publish(message, to: topic, in: context).messageID)"
        } catch let error as AWSError {
            throw DeliveryFailure(error.inQuery?.code ?? error.code, error.message ?? error.code)
        }
    }
}
