import JSON
import Kernel
import Model
import SQLite

/// A delivery channel: its row. An account has one in a Region.
struct StoredChannel {
    let name: String
    /// As DescribeDeliveryChannels shows it: the members that were given.
    var settings: DeliveryChannel
    /// The members of DescribeDeliveryChannelStatus that tell of deliveries.
    var status: JSONObject

    /// Which part of the status a delivery changes.
    enum Part: String, CaseIterable {
        case history = "configHistoryDeliveryInfo"
        case snapshot = "configSnapshotDeliveryInfo"
        case stream = "configStreamDeliveryInfo"
    }

    static func own(in context: ReadContext) throws -> StoredChannel? {
        try context.database.first(
            "SELECT name, settings, status FROM config_channel WHERE account = ? AND region = ?", context.account,
            context.region
        ) { row in
            StoredChannel(
                name: row.text(0), settings: DeliveryChannel(json: try JSON(parsing: row.text(1))),
                status: try JSON(parsing: row.text(2)).object ?? JSONObject())
        }
    }

    /// Whether there is a topic to be told; kept from one transaction to the next, since every change asks.
    static func hasTopic(in context: WriteContext) throws -> Bool {
        try context.cached(cacheKey(context)) { try own(in: context)?.settings.snsTopicARN != nil } ?? false
    }

    private static func cacheKey(_ context: ReadContext) -> String {
        "config channel \(context.account) \(context.region)"
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            "INSERT OR REPLACE INTO config_channel (account, region, name, settings, status) VALUES (?, ?, ?, ?, ?)",
            context.account, context.region, name, settings.json.description, JSON.object(status).description)
        context.forget(Self.cacheKey(context))
    }

    func delete(in context: WriteContext) throws {
        try context.database.run(
            "DELETE FROM config_channel WHERE account = ? AND region = ? AND name = ?", context.account,
            context.region, name)
        context.forget(Self.cacheKey(context))
    }

    /// Says how a delivery went. In capitals, whatever the model says: so AWS's samples have it.
    static func note(_ part: Part, failure: DeliveryFailure?, next: Timestamp? = nil, in context: WriteContext) throws {
        guard var channel = try own(in: context) else { return }
        var info = channel.status[part.rawValue]?.object ?? JSONObject()
        let status: JSON = failure == nil ? "SUCCESS" : "FAILURE"
        if part != .stream {
            info["lastAttemptTime"] = context.now.json
            if failure == nil { info["lastSuccessfulTime"] = context.now.json }
            info["nextDeliveryTime"] = next?.json
        } else {
            // Most changes of a resource leave the status as it is.
            guard info["lastStatus"] != status else { return }
            info["lastStatusChangeTime"] = context.now.json
        }
        info["lastStatus"] = status
        info["lastErrorCode"] = failure.map { .string($0.code) }
        info["lastErrorMessage"] = failure.map { .string($0.message) }
        channel.status[part.rawValue] = .object(info)
        try channel.save(in: context)
    }
}
