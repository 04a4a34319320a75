import JSON
import Kernel
import SQLite

/// A standard queue's turn among message groups: one tenant's flood must not keep the others waiting.
///
/// A group is noisy while it has at least 30 messages in flight and more than a tenth of all that are; messages of others
/// come first then. Source: the developer guide's page "Amazon SQS fair queues".
enum FairQueue {
    private static let noisyCount = 30
    /// How far ahead quiet groups are looked for.
    private static let lookAhead = 10_000

    static func available(in queue: Queue, limit: Int, in context: WriteContext) throws -> [QueueMessage] {
        let first = try QueueMessage.available(in: queue, limit: limit, in: context)
        guard first.contains(where: { $0.group != nil }) else { return first }
        let noisy = try noisyGroups(queue, in: context)
        guard first.contains(where: { $0.group.map(noisy.contains) ?? false }) else { return first }
        var quiet: [QueueMessage] = []
        try context.database.query(
            """
            SELECT sequence, sent, message_id, body, attributes, system_attributes, sender, message_group,
                deduplication_id, receives, first_received
            FROM (SELECT * FROM sqs_message WHERE queue = ? AND visible <= ? ORDER BY visible, sent, sequence LIMIT ?)
            WHERE message_group IS NULL OR message_group NOT IN (SELECT value FROM json_each(?)) LIMIT ?
            """, queue.number, context.now.milliseconds, lookAhead,
            JSON.array(noisy.map(JSON.string)).description, limit
        ) { quiet.append(try QueueMessage($0)) }
        let chosen = Set(quiet.map(\.sequence))
        return Array((quiet + first.filter { !chosen.contains($0.sequence) }).prefix(limit))
    }

    private static func noisyGroups(_ queue: Queue, in context: WriteContext) throws -> Set<String> {
        var counts: [String: Int] = [:]
        var total = 0
        try context.database.query(
            """
            SELECT message_group, count(*) FROM sqs_message
            WHERE queue = ? AND visible > ? AND receipt IS NOT NULL GROUP BY message_group
            """, queue.number, context.now.milliseconds
        ) { row in
            total += row.int(1)
            if let group = row.optionalText(0) { counts[group] = row.int(1) }
        }
        return Set(counts.filter { $0.value >= noisyCount && $0.value * 10 > total }.keys)
    }
}
