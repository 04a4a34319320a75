import JSON
import Kernel
import Model
import SQLite

/// What rules write to log groups. It can be read at `/_windtunnel/logs`.
enum LogGroup {
    private static let countLimit: Int64 = 100_000
    private static let pageLimit = 1000

    static func write(_ item: DeliveryItem, to arn: ARN, in context: WriteContext) throws -> String {
        let parts = arn.resource.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "log-group" else {
            throw DeliveryFailure("INVALID_PARAMETER", "\(arn) is no log group.")
        }
        // What a transformer makes says what the event says and when; an event is written as it is.
        let json = try? JSON(parsing: item.body)
        let made = json?["detail-type"] == nil ? json : nil
        try context.database.run(
            "INSERT INTO events_log (account, region, log_group, time, message) VALUES (?, ?, ?, ?, ?)", arn.account,
            arn.region, String(parts[1]), made?["timestamp"]?.int.map(Int64.init) ?? context.now.milliseconds,
            made?["message"]?.string ?? item.body)
        try context.database.run(
            "DELETE FROM events_log WHERE number <= ?", context.database.lastInsertRowID - countLimit)
        return "kept for the log group"
    }

    /// The latest lines of a group, oldest first, or the names of the groups.
    @Sendable static func show(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        guard let group = request.query["group"] else {
            var groups: [JSON] = []
            try context.database.query(
                """
                SELECT log_group, count(*) FROM events_log WHERE account = ? AND region = ? GROUP BY log_group
                ORDER BY log_group
                """, context.account, context.region
            ) { groups.append(.object(["group": .string($0.text(0)), "count": .number($0.int(1))])) }
            return .json(.object(["groups": .array(groups)]))
        }
        var lines: [JSON] = []
        try context.database.query(
            """
            SELECT time, message FROM events_log WHERE account = ? AND region = ? AND log_group = ?
            ORDER BY number DESC LIMIT ?
            """, context.account, context.region, group, pageLimit
        ) { row in
            lines.append(
                .object([
                    "time": .string(Timestamp(milliseconds: row.int64(0)).iso8601()), "message": .string(row.text(1)),
                ]))
        }
        return .json(.object(["group": .string(group), "events": .array(lines.reversed())]))
    }
}
