import JSON
import Kernel
import Model

/// A queue as AWS Config records it: its attributes, all of them texts, without what counts messages (recorded from AWS).
enum QueueConfiguration {
    private static let type = "AWS::SQS::Queue"

    static let source = ConfigurationSource(types: [type], observe: observe, list: list)

    @Sendable private static func observe(_ arn: ARN, _ context: ReadContext) throws -> ResourceObservation? {
        guard let address = QueueAddress(arn: arn.description) else { return nil }
        let url = address.url(for: context.caller)
        guard let queue = try Queue.find(address, in: context) else { return .gone(type: type, id: url) }
        let tags = try context.tags(of: arn)
        var supplementary = JSONObject()
        if !tags.isEmpty { supplementary["Tags"] = .object(JSONObject(tags.map { ($0.key, .string($0.value)) })) }
        return .present(
            ConfiguredResource(
                type: type, id: url, name: address.name, arn: arn.description, availabilityZone: "Not Applicable",
                created: queue.created,
                configuration: .object(JSONObject(queue.attributes.map { ($0.name, .string($0.value)) })),
                supplementaryConfiguration: supplementary, tags: tags))
    }

    @Sendable private static func list(_ type: String, _ after: ARN?, _ limit: Int, _ context: ReadContext) throws
        -> [ARN]
    {
        var queues: [ARN] = []
        try context.database.query(
            "SELECT name FROM sqs_queue WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
            context.account, context.region, after?.resource ?? "", limit
        ) { queues.append(context.arn($0.text(0))) }
        return queues
    }
}
