import JSON
import Kernel
import Model
import SQLite

/// A message in a queue: its row.
struct QueueMessage {
    /// Of the order in which messages came; no two messages of a store have the same.
    var sequence: Int64 = 0
    var sent: Timestamp
    var messageID: String
    let body: String
    let attributes: MessageAttributes?
    /// `AWSTraceHeader`, `DeadLetterQueueSourceArn`, and of a dead letter in a FIFO queue `SentTimestamp`.
    var systemAttributes: JSONObject
    /// Who sent it: the unique id of a user or role.
    let sender: String
    let group: String?
    var deduplicationID: String?
    var receives = 0
    var firstReceived: Timestamp?

    /// The 20 digits that a FIFO queue shows.
    var sequenceNumber: String { Self.sequenceNumber(sequence) }

    static func sequenceNumber(_ sequence: Int64) -> String {
        let digits = String(sequence)
        return "188" + String(repeating: "0", count: max(0, 17 - digits.count)) + digits
    }

    /// Puts the message into a queue.
    ///
    /// - Returns: its sequence.
    @discardableResult
    func insert(into queue: Queue, visible: Timestamp, in context: WriteContext) throws -> Int64 {
        try context.database.run(
            """
            INSERT INTO sqs_message (queue, visible, sent, message_id, body, attributes, system_attributes, sender,
                message_group, deduplication_id, receives, first_received, receipt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
            """, queue.number, visible.milliseconds, sent.milliseconds, messageID, body,
            attributes.map { JSON.object($0.json).description },
            systemAttributes.isEmpty ? nil : JSON.object(systemAttributes).description, sender, group, deduplicationID,
            receives, firstReceived?.milliseconds)
        let sequence = context.database.lastInsertRowID
        if queue.isFIFO, let group { try MessageGroup.refresh(group, of: queue, in: context) }
        context.signal(queue.signal)
        return sequence
    }

    /// Messages that can be received now, those that have waited longest first.
    static func available(in queue: Queue, limit: Int, in context: WriteContext) throws -> [QueueMessage] {
        var messages: [QueueMessage] = []
        try context.database.query(
            """
            SELECT sequence, sent, message_id, body, attributes, system_attributes, sender, message_group,
                deduplication_id, receives, first_received
            FROM sqs_message WHERE queue = ? AND visible <= ? ORDER BY visible, sent, sequence LIMIT ?
            """, queue.number, context.now.milliseconds, limit
        ) { messages.append(try QueueMessage($0)) }
        return messages
    }

    static func find(_ sequence: Int64, in queue: Queue, _ context: ReadContext) throws -> QueueMessage? {
        try context.database.first(
            """
            SELECT sequence, sent, message_id, body, attributes, system_attributes, sender, message_group,
                deduplication_id, receives, first_received
            FROM sqs_message WHERE sequence = ? AND queue = ?
            """, sequence, queue.number
        ) { try QueueMessage($0) }
    }

    /// Reads the columns in the order of `available(in:limit:in:)`.
    init(_ row: Row) throws {
        func object(_ column: Int32) throws -> JSONObject? {
            try row.optionalText(column).flatMap { try JSON(parsing: $0).object }
        }
        sequence = row.int64(0)
        sent = Timestamp(milliseconds: row.int64(1))
        messageID = row.text(2)
        body = row.text(3)
        attributes = try object(4).map { MessageAttributes(stored: $0) }
        systemAttributes = try object(5) ?? JSONObject()
        sender = row.text(6)
        group = row.optionalText(7)
        deduplicationID = row.optionalText(8)
        receives = row.int(9)
        firstReceived = row.optionalInt64(10).map { Timestamp(milliseconds: $0) }
    }

    init(
        sent: Timestamp, messageID: String, body: String, attributes: MessageAttributes?, systemAttributes: JSONObject,
        sender: String, group: String?, deduplicationID: String?
    ) {
        self.sent = sent
        self.messageID = messageID
        self.body = body
        self.attributes = attributes
        self.systemAttributes = systemAttributes
        self.sender = sender
        self.group = group
        self.deduplicationID = deduplicationID
    }

    func isExpired(in queue: Queue, at now: Timestamp) -> Bool {
        sent.adding(seconds: queue.settings.retentionSeconds) <= now
    }

    func delete(from queue: Queue, in context: WriteContext) throws {
        try context.database.run("DELETE FROM sqs_message WHERE sequence = ? AND queue = ?", sequence, queue.number)
        if queue.isFIFO, let group { try MessageGroup.refresh(group, of: queue, in: context) }
    }
}
