import JSON
import Kernel
import Model

/// Amazon Simple Queue Service, over JSON and over the query protocol of older clients.
public enum SQS {
    public static let service = Service(
        model: .sqs,
        operations: [
            .write("AddPermission", addPermission),
            .write("CancelMessageMoveTask", cancelMessageMoveTask),
            .write("ChangeMessageVisibility", changeMessageVisibility),
            .write("ChangeMessageVisibilityBatch", changeMessageVisibilityBatch),
            .write("CreateQueue", createQueue),
            .write("DeleteMessage", deleteMessage),
            .write("DeleteMessageBatch", deleteMessageBatch),
            .write("DeleteQueue", deleteQueue),
            .read("GetQueueAttributes", getQueueAttributes),
            .read("GetQueueUrl", getQueueUrl),
            .read("ListDeadLetterSourceQueues", listDeadLetterSourceQueues),
            .read("ListMessageMoveTasks", listMessageMoveTasks),
            .read("ListQueueTags", listQueueTags),
            .read("ListQueues", listQueues),
            .write("PurgeQueue", purgeQueue),
            .waiting("ReceiveMessage", receiveMessage),
            .write("RemovePermission", removePermission),
            .write("SendMessage", sendMessage),
            .write("SendMessageBatch", sendMessageBatch),
            .write("SetQueueAttributes", setQueueAttributes),
            .write("StartMessageMoveTask", startMessageMoveTask),
            .write("TagQueue", tagQueue),
            .write("UntagQueue", untagQueue),
        ],
        jobRunners: [
            AbandonedMessages.jobKind: AbandonedMessages.run,
            MessageMoveTask.jobKind: MessageMoveTask.run,
        ],
        pages: [
            Page("GET", "/_aws/sqs/messages", operation: "ReceiveMessage", .read(showMessages)),
            Page("GET", "/_aws/sqs/messages/*", operation: "ReceiveMessage", .read(showMessages)),
            Page("DELETE", "/_aws/sqs/messages", .write(dropMessages)),
        ],
        destination: Destination(accept: accept), configurationSource: QueueConfiguration.source,
        dataOperations: [
            "ChangeMessageVisibility", "ChangeMessageVisibilityBatch", "DeleteMessage", "DeleteMessageBatch",
            "SendMessage", "SendMessageBatch",
        ],
        check: checkInput)

    /// SQS names the first member that is missing and checks the rest by itself, in its own words.
    @Sendable private static func checkInput(_ input: JSON, _ shape: Shape) throws {
        do {
            try Validator.check(input, against: shape)
        } catch {
            try checkRequired(input, shape)
            // Of a value out of its range the handlers know what SQS says.
            guard error.code == AWSError.validation("").code else { throw error }
        }
    }

    private static func checkRequired(_ input: JSON, _ shape: Shape) throws {
        switch shape.kind {
        case .structure:
            for member in shape.members {
                if let value = input[member.name], !value.isNull {
                    try checkRequired(value, member.shape)
                } else if member.isRequired {
                    throw AWSError.missingParameter(member.name)
                }
            }
        case .list:
            guard let item = shape.item else { return }
            for value in input.array ?? [] { try checkRequired(value, item.shape) }
        case .map:
            guard let value = shape.value else { return }
            for member in input.object ?? JSONObject() { try checkRequired(member.value, value.shape) }
        default: break
        }
    }
}
