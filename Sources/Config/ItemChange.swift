import Guard
import JSON
import Kernel
import Model

/// A new configuration item and what it changes: told to EventBridge, and to the topic of the delivery channel.
struct ItemChange {
    let item: StoredItem
    let diff: ItemDiff
    /// The item in the spelling of notifications, without nulls: for the event and for the rules.
    let notified: JSON

    init(_ item: StoredItem, after previous: StoredItem?, in context: ReadContext) {
        self.item = item
        diff = ItemDiff(from: previous, to: item)
        notified = item.notified(withNulls: false, in: context)
    }

    /// Where the item says something else than the one before, in the spelling of notifications and as `Footprint` compares
    /// it; nil where all may be new.
    func changedParts(since previous: StoredItem?) -> [String]? {
        guard let previous, previous.isRecorded, diff.kind == .updated || diff.kind == .none else { return nil }
        let (old, new) = (previous.resource, item.resource)
        var parts = diff.properties.map(\.path)
        if item.status != previous.status { parts.append("configurationItemStatus") }
        if new.id != old.id { parts.append("resourceId") }
        if new.name != old.name { parts.append("resourceName") }
        if new.arn != old.arn { parts.append("ARN") }
        if new.availabilityZone != old.availabilityZone { parts.append("availabilityZone") }
        if new.created != old.created { parts.append("resourceCreationTime") }
        return parts.map(Footprint.plain) + Self.partsThatAlwaysChange
    }

    private static let partsThatAlwaysChange = ["configurationItemCaptureTime", "configurationStateId"].map(
        Footprint.plain)

    /// What SNS and EventBridge take at most; a larger item goes to the bucket alone.
    private static let bytesLimit = 256 * 1024

    func tell(in context: WriteContext) throws {
        let detail = JSON.object([
            "recordVersion": "1.3", "messageType": "ConfigurationItemChangeNotification",
            "configurationItemDiff": diff.json(withNulls: false),
            "notificationCreationTime": .string(context.now.iso8601()),
            "configurationItem": notified,
        ])
        // The message is the same with nulls; to write down one that nobody gets only shows whether it is too large.
        let nulls = 64 * (diff.properties.count + item.resource.relationships.count + 16)
        let isSmall = detail.largestSize + nulls <= Self.bytesLimit
        guard isSmall || message(in: context).description.utf8.count <= Self.bytesLimit else {
            return try tellOversized(in: context)
        }
        try context.emit(
            Event(
                source: "aws.config", detailType: "Config Configuration Item Change", resources: resources,
                detail: detail))
        guard try StoredChannel.hasTopic(in: context) else { return }
        try ChannelMessage(subject: subject(in: context), body: message(in: context)).send(in: context)
    }

    /// What the topic gets, and functions of rules.
    func message(in context: ReadContext) -> JSON {
        .object([
            "configurationItemDiff": diff.json(withNulls: true),
            "configurationItem": item.notified(withNulls: true, in: context),
            "notificationCreationTime": .string(context.now.iso8601()),
            "messageType": "ConfigurationItemChangeNotification", "recordVersion": "1.3",
        ])
    }

    private func tellOversized(in context: WriteContext) throws {
        let location = try putOversized(in: context)
        try context.emit(
            Event(
                source: "aws.config", detailType: "Config Configuration Item Change", resources: resources,
                detail: oversizedMessage(location, withNulls: false, in: context)))
        try ChannelMessage(
            subject: subject(in: context), body: oversizedMessage(location, withNulls: true, in: context)
        ).send(in: context)
    }

    /// What the function of a rule gets.
    func functionMessage(in context: WriteContext) throws -> JSON {
        let message = message(in: context)
        guard message.description.utf8.count > Self.bytesLimit else { return message }
        return oversizedMessage(try putOversized(in: context), withNulls: true, in: context)
    }

    private func putOversized(in context: WriteContext) throws -> BucketObject? {
        let resource = item.resource
        return try BucketObject.put(
            "OversizedChangeNotification/\(resource.type)/\(resource.id)",
            name: "ChangeNotification_\(resource.type)_\(resource.id)", suffix: "_\(item.stateID)",
            message(in: context), in: context)
    }

    private func oversizedMessage(_ location: BucketObject?, withNulls: Bool, in context: ReadContext) -> JSON {
        var summary = item.notified(withNulls: withNulls, in: context).object ?? JSONObject()
        for name in ["relatedEvents", "relationships", "configuration", "supplementaryConfiguration", "tags"] {
            summary[name] = nil
        }
        let facts = [("changeType", JSON.string(diff.kind.rawValue))] + summary.map { ($0.name, $0.value) }
        return .object([
            "configurationItemSummary": .object(JSONObject(facts)),
            "s3DeliverySummary": .object([
                "s3BucketLocation": location.map { .string("\($0.bucket)/\($0.key)") } ?? .null,
                "errorCode": withNulls ? .null : nil, "errorMessage": withNulls ? .null : nil,
            ]), "notificationCreationTime": .string(context.now.iso8601()),
            "messageType": "OversizedConfigurationItemChangeNotification", "recordVersion": "1.0",
        ])
    }

    private var resources: [String] { item.resource.arn.map { [$0] } ?? [] }

    private func subject(in context: ReadContext) -> String {
        let verb =
            switch item.status {
            case .resourceDiscovered: "Discovered"
            case .resourceDeleted, .resourceDeletedNotRecorded: "Deleted"
            case .ok, .resourceNotRecorded: "Updated"
            }
        let resource = item.resource
        return "\(resource.type) \(resource.name ?? resource.id) \(verb) in Account \(context.account)"
    }
}

extension JSON {
    /// No text of it has more bytes than this.
    fileprivate var largestSize: Int {
        switch self {
        case .null, .bool: 5
        case .number(let text): text.utf8.count
        case .string(let text): Self.largestSize(text)
        case .array(let array): array.reduce(2) { $0 + $1.largestSize + 1 }
        case .object(let object):
            object.members.reduce(2) { $0 + Self.largestSize($1.name) + $1.value.largestSize + 2 }
        }
    }

    /// A byte becomes six at most, as in `\u0001`.
    private static func largestSize(_ text: String) -> Int { 2 + 6 * text.utf8.count }
}
