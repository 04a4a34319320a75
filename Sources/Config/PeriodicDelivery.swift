import JSON
import Kernel
import Model

/// What goes to the bucket by the clock: what has changed, every six hours, and snapshots as often as the channel says.
enum PeriodicDelivery {
    static let historyJobKind = "config.history"
    static let snapshotJobKind = "config.snapshot"
    private static let historySeconds = 6 * 3600
    /// Objects of larger types are split, as AWS does it.
    private static let itemsLimit = 1000

    /// Begins or ends it, after a change of the recorder or the channel; what is due already keeps its time.
    static func schedule(in context: WriteContext) throws {
        let channel = try StoredChannel.own(in: context)
        let isRecording = try StoredRecorder.own(in: context)?.isRecording == true
        try keep(historyJobKind, everySeconds: isRecording && channel != nil ? historySeconds : nil, in: context)
        let frequency = channel?.settings.configSnapshotDeliveryProperties?.deliveryFrequency
        try keep(snapshotJobKind, everySeconds: isRecording ? frequency?.seconds : nil, in: context)
    }

    private static func keep(_ kind: String, everySeconds seconds: Int?, in context: WriteContext) throws {
        guard let seconds else { return try context.unschedule(kind, subject: "") }
        let planned = try context.database.first(
            "SELECT detail FROM job WHERE account = ? AND region = ? AND kind = ? AND subject = ''", context.account,
            context.region, kind
        ) { try JSON(parsing: $0.text(0)) }
        guard planned?["seconds"] != .number(seconds) else { return }
        try plan(kind, everySeconds: seconds, in: context)
    }

    private static func plan(_ kind: String, everySeconds seconds: Int, in context: WriteContext) throws {
        try context.schedule(
            kind, subject: "", due: context.now.adding(seconds: seconds),
            detail: ["seconds": .number(seconds), "since": context.now.json])
    }

    // MARK: Snapshots

    @Sendable static func runSnapshot(_ job: Job, in context: WriteContext) throws {
        let seconds = job.detail["seconds"]?.int ?? historySeconds
        try plan(snapshotJobKind, everySeconds: seconds, in: context)
        try Snapshot.deliver(next: context.now.adding(seconds: seconds), in: context)
    }

    // MARK: History

    @Sendable static func runHistory(_ job: Job, in context: WriteContext) throws {
        try plan(historyJobKind, everySeconds: historySeconds, in: context)
        let since = job.detail["since"].flatMap(Timestamp.init(json:)) ?? context.now
        for type in try StoredItem.typesCaptured(since: since, in: context) {
            var part = 1
            var after: (id: String, state: Int64)?
            repeat {
                let items = try StoredItem.captured(type, since: since, after: after, limit: itemsLimit, in: context)
                try deliverHistory(type, items, since: since, part: part, in: context)
                after = items.count == itemsLimit ? items.last.map { ($0.resource.id, $0.stateID) } : nil
                part += 1
            } while after != nil
        }
        try StoredChannel.note(
            .history, failure: nil, next: context.now.adding(seconds: historySeconds), in: context)
    }

    private static func deliverHistory(
        _ type: String, _ items: [StoredItem], since: Timestamp, part: Int, in context: WriteContext
    ) throws {
        let object = try BucketObject.put(
            "ConfigHistory", name: "ConfigHistory_\(type)",
            time: "\(BucketObject.compact(since))_\(BucketObject.compact(context.now))", suffix: "_\(part)",
            [
                "fileVersion": "1.0",
                "configurationItems": .array(items.map { $0.notified(withNulls: false, in: context) }),
            ], in: context)
        guard let object else { return }
        let body: JSON = [
            "s3ObjectKey": .string(object.key), "s3Bucket": .string(object.bucket),
            "notificationCreationTime": .string(context.now.iso8601()),
            "messageType": "ConfigurationHistoryDeliveryCompleted", "recordVersion": "1.1",
        ]
        try context.emit(
            Event(
                source: "aws.config", detailType: "Config Configuration History Delivery Status", resources: [],
                detail: body))
        try ChannelMessage(
            subject: "Configuration History Delivery Completed for Account \(context.account)", body: body
        ).send(in: context)
    }
}

extension MaximumExecutionFrequency {
    var seconds: Int {
        switch self {
        case .oneHour: 3600
        case .threeHours: 3 * 3600
        case .sixHours: 6 * 3600
        case .twelveHours: 12 * 3600
        case .twentyFourHours: 24 * 3600
        }
    }
}
