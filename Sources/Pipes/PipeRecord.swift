import JSON
import Kernel
import Model

/// A message of the source queue as the pipe's event.
///
/// Source: the user guide's page "Amazon Simple Queue Service as a source".
struct PipeRecord {
    /// With the body as it was sent.
    let event: JSON

    init(event: JSON) { self.event = event }

    /// - Parameter message: of ReceiveMessage.
    init(_ message: JSON, from queue: ARN) {
        var event = JSONObject([
            ("messageId", message["MessageId"] ?? ""), ("receiptHandle", message["ReceiptHandle"] ?? ""),
            ("body", message["Body"] ?? ""), ("attributes", message["Attributes"] ?? [:]),
        ])
        let attributes = (message["MessageAttributes"]?.object ?? JSONObject()).map { member in
            let value = JSON.object([
                "stringValue": member.value["StringValue"], "binaryValue": member.value["BinaryValue"],
                "stringListValues": [], "binaryListValues": [], "dataType": member.value["DataType"],
            ])
            return (member.name, value)
        }
        event["messageAttributes"] = .object(JSONObject(attributes))
        event["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
        event["md5OfBody"] = message["MD5OfBody"]
        event["eventSource"] = "aws:sqs"
        event["eventSourceARN"] = .string(queue.description)
        event["awsRegion"] = .string(queue.region)
        self.event = .object(event)
    }

    var messageID: String { event["messageId"]?.string ?? "" }
    var receiptHandle: String { event["receiptHandle"]?.string ?? "" }

    /// What templates, paths and filters see: a body that is JSON as what it says.
    var parsed: JSON {
        guard let text = event["body"]?.string, let body = try? JSON(parsing: text),
            body.object != nil || body.array != nil
        else { return event }
        var object = event.object ?? JSONObject()
        object["body"] = body
        return .object(object)
    }

    /// Without what the polling adds: filters cannot ask for it.
    var filtered: JSON {
        var object = parsed.object ?? JSONObject()
        for name in ["eventSource", "eventSourceARN", "awsRegion"] { object[name] = nil }
        return .object(object)
    }

    /// With the Region in the host, as SQS reads it from there.
    static func queueURL(_ queue: ARN) -> String {
        "https://sqs.\(queue.region).amazonaws.com/\(queue.account)/\(queue.resource)"
    }

    /// Takes the message out of the queue, in the pipe's role.
    func delete(_ pipe: PipeSettings, sessionName: String, in context: WriteContext) throws {
        guard let sqs = context.service(sdkName: "sqs"), let queue = ARN(pipe.source) else { return }
        do {
            try context.perform(
                "DeleteMessage", of: sqs,
                .object([
                    "QueueUrl": .string(Self.queueURL(queue)), "ReceiptHandle": .string(receiptHandle),
                ]), as: pipe.principal(sessionName: sessionName), region: context.region)
        } catch let error as AWSError {
            // It was held for too long, or the queue is gone: it may come again.
            try context.note(
                "pipeDeleteFailed", pipe.source,
                detail: .object([
                    "messageId": .string(messageID), "error": .string(error.code),
                    "message": .string(error.message ?? error.code),
                ]))
        }
    }
}
