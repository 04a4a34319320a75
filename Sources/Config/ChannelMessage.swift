import JSON
import Kernel
import Model

/// A message to the topic of the delivery channel, if it has one.
struct ChannelMessage {
    /// Behind `[AWS Config:us-east-1] `.
    let subject: String
    let body: JSON

    private static let subjectLimit = 100

    func send(in context: WriteContext) throws {
        guard try StoredChannel.hasTopic(in: context), let channel = try StoredChannel.own(in: context),
            let topic = channel.settings.snsTopicARN, let recorder = try StoredRecorder.own(in: context)
        else { return }
        let subject = "[AWS Config:\(context.region)] \(self.subject)"
        let content = JSON.object(["subject": .string(Self.cut(subject)), "message": .string(body.description)])
        let arn = recorder.arn(in: context)
        let publication = try context.publish(from: arn, messageID: context.random.uuid(), content: content)
        let delivery = try context.deliver(
            Delivery(
                publication: publication, origin: arn, source: arn.description, destination: topic,
                detail: ["role": recorder.settings.roleARN.map(JSON.string) ?? .null],
                policy: .awsManaged, deadLetterQueue: nil, in: context), content)
        let isDelivered = delivery.state == .delivered
        try StoredChannel.note(
            .stream,
            failure: isDelivered
                ? nil : DeliveryFailure("TopicNotReachable", "The message was not delivered to \(topic)."), in: context)
    }

    /// As long as SNS lets it be, and without what it refuses: names of third parties' resources may be anything.
    private static func cut(_ subject: String) -> String {
        var subject = String(
            String.UnicodeScalarView(subject.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
        guard subject.utf16.count > subjectLimit else { return subject }
        while subject.utf16.count > subjectLimit - 3 { subject.removeLast() }
        return subject + "..."
    }

    // MARK: For the delivery engine

    @Sendable static func item(_ delivery: Delivery, _ content: JSON, _ context: ReadContext) -> DeliveryItem {
        var item = DeliveryItem(body: content["message"]?.string ?? "")
        item.subject = content["subject"]?.string
        return item
    }

    /// Publishes in the recorder's role, and to a topic of another account that does not let it, in the service's own name.
    /// Source: the developer guide's page "Permissions for the Amazon SNS Topic".
    @Sendable static func perform(
        _ item: DeliveryItem, _ destination: String, _ delivery: Delivery, _ context: WriteContext
    ) throws -> String? {
        guard let topic = ARN(destination), let role = delivery.detail["role"]?.string.flatMap(Role.init(arn:)),
            let service = context.service(sdkName: "sns")
        else { return nil }
        let input = JSON.object([
            "TopicArn": .string(destination), "Message": .string(item.body), "Subject": item.subject.map(JSON.string),
        ])
        do {
            let output = try context.perform(
                "Publish", of: service, input, as: role.principal(sessionName: "AWSConfig-Describe"),
                region: topic.region)
            return "MessageId \(output["MessageId"]?.string ?? "")"
        } catch let error {
            guard let error = error as? AWSError else { throw error }
            if topic.account != role.arn.account { return nil }
            throw DeliveryFailure(error.code, error.message ?? error.code)
        }
    }

    @Sendable static func explain(_ origin: ARN, _ content: JSON, _ time: Timestamp, _ context: ReadContext) throws
        -> [DeliveryVerdict]
    {
        guard let topic = try StoredChannel.own(in: context)?.settings.snsTopicARN else { return [] }
        return [
            DeliveryVerdict(
                source: origin.description, endpoint: topic, text: "It is the topic of the delivery channel.",
                failures: [])
        ]
    }
}
