import JSON
import Kernel
import Model

/// All current items in one object of the bucket.
enum Snapshot {
    private static let itemsAtATime = 1000

    /// - Returns: the id of the snapshot.
    @discardableResult
    static func deliver(next: Timestamp? = nil, in context: WriteContext) throws -> String {
        let id = context.random.uuid()
        try tell("ConfigurationSnapshotDeliveryStarted", "Started", id, nil, in: context)
        try BucketObject.probe(in: context)
        var items: [JSON] = []
        var last: ConfiguredResource?
        repeat {
            let page = try StoredItem.current(after: last?.type ?? "", last?.id ?? "", limit: itemsAtATime, in: context)
            items += page.filter(\.isRecorded).map { $0.notified(withNulls: false, in: context) }
            last = page.count == itemsAtATime ? page.last?.resource : nil
        } while last != nil
        let object = try BucketObject.put(
            "ConfigSnapshot", name: "ConfigSnapshot", suffix: "_\(id)",
            [
                "fileVersion": "1.0", "configSnapshotId": .string(id),
                "configurationItems": .array(items),
            ], in: context)
        try StoredChannel.note(.snapshot, failure: nil, next: next, in: context)
        let completed = try tell("ConfigurationSnapshotDeliveryCompleted", "Completed", id, object, in: context)
        try RuleFunction.invoke(afterSnapshot: completed, in: context)
        return id
    }

    @discardableResult
    private static func tell(
        _ type: String, _ word: String, _ id: String, _ object: BucketObject?, in context: WriteContext
    ) throws -> JSON {
        let body = JSON.object([
            "configSnapshotId": .string(id), "s3ObjectKey": object.map { .string($0.key) },
            "s3Bucket": object.map { .string($0.bucket) }, "notificationCreationTime": .string(context.now.iso8601()),
            "messageType": .string(type), "recordVersion": "1.1",
        ])
        try context.emit(
            Event(
                source: "aws.config", detailType: "Config Configuration Snapshot Delivery Status", resources: [],
                detail: body))
        try ChannelMessage(
            subject: "Configuration Snapshot Delivery \(word) for Account \(context.account)", body: body
        ).send(in: context)
        return body
    }
}

extension Config {
    @Sendable static func deliverConfigSnapshot(_ input: DeliverConfigSnapshotRequest, in context: WriteContext) throws
        -> DeliverConfigSnapshotResponse
    {
        context.access("config:DeliverConfigSnapshot", on: "*")
        guard let recorder = try StoredRecorder.own(in: context) else {
            throw AWSError.noAvailableRecorder(
                "Configuration recorder not found. Add a configuration recorder and start recording.")
        }
        guard recorder.isRecording else { throw AWSError.noRunningRecorder }
        _ = try channel(input.deliveryChannelName, in: context)
        return DeliverConfigSnapshotResponse(configSnapshotId: try Snapshot.deliver(in: context))
    }
}

extension AWSError {
    /// Recorded from AWS.
    static let noRunningRecorder = AWSError(
        "NoRunningConfigurationRecorderException",
        "Configuration recorder is turned off. Turn on configuration recorder.")
}
