import JSON
import Kernel
import Model
import SQLite

/// A task that moves the messages of a dead-letter queue back, as fast as it was told, driven by the clock.
struct MessageMoveTask {
    let id: String
    let source: QueueAddress
    /// Nil sends each message back to where it came from.
    let destination: String?
    let perSecond: Int?
    var status: Status
    let started: Timestamp
    var moved = 0
    let toMove: Int
    /// Messages that came later stay.
    let lastSequence: Int64
    var failure: String?

    enum Status: String {
        case running = "RUNNING"
        case completed = "COMPLETED"
        case cancelled = "CANCELLED"
        case failed = "FAILED"
    }

    static let jobKind = "sqs.move-task"
    /// In one transaction.
    private static let messagesAtATime = 500

    /// As AWS makes it: base64 of JSON.
    var handle: String {
        Base64.encode(
            Array(
                JSON.object(["taskId": .string(id), "sourceArn": .string(source.arn.description)]).description.utf8))
    }

    // MARK: Rows

    static func list(of source: QueueAddress, in context: ReadContext) throws -> [MessageMoveTask] {
        var tasks: [MessageMoveTask] = []
        try context.database.query(
            """
            SELECT task_id, destination, per_second, status, started, moved, to_move, last_sequence, failure
            FROM sqs_move_task WHERE account = ? AND region = ? AND source = ? ORDER BY started DESC, last_sequence DESC
            """, source.account, source.region, source.arn.description
        ) { row in
            tasks.append(
                MessageMoveTask(
                    id: row.text(0), source: source, destination: row.optionalText(1), perSecond: row.optionalInt(2),
                    status: Status(rawValue: row.text(3)) ?? .failed, started: Timestamp(milliseconds: row.int64(4)),
                    moved: row.int(5), toMove: row.int(6), lastSequence: row.int64(7), failure: row.optionalText(8)))
        }
        return tasks
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO sqs_move_task (account, region, source, task_id, destination, per_second, status,
                started, moved, to_move, last_sequence, failure)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, source.account, source.region, source.arn.description, id, destination, perSecond, status.rawValue,
            started.milliseconds, moved, toMove, lastSequence, failure)
    }

    // MARK: Moving

    func schedule(at due: Timestamp, in context: WriteContext) throws {
        try context.schedule(
            Self.jobKind, subject: id, due: due, detail: .object(["source": .string(source.arn.description)]))
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let source = job.detail["source"]?.string.flatMap({ QueueAddress(arn: $0) }),
            var task = try list(of: source, in: context).first(where: { $0.id == job.subject }),
            task.status == .running
        else { return }
        try task.work(in: context)
    }

    /// Moves what it may at once, and sees to it that it goes on.
    mutating func work(in context: WriteContext) throws {
        if try moveSome(in: context) {
            try schedule(at: context.now.adding(seconds: perSecond == nil ? 0 : 1), in: context)
        }
        try save(in: context)
    }

    /// - Returns: whether there may be more to move.
    private mutating func moveSome(in context: WriteContext) throws -> Bool {
        guard let queue = try Queue.find(source, in: context) else {
            fail("AWS.SimpleQueueService.NonExistentQueue")
            return false
        }
        let limit = perSecond ?? Self.messagesAtATime
        // One more than it may move tells whether there is more.
        let messages =
            queue.isFIFO
            ? try MessageGroup.available(in: queue, limit: limit + 1, in: context)
            : try QueueMessage.available(in: queue, limit: limit + 1, in: context)
        let due = messages.filter { $0.sequence <= lastSequence }
        for message in due.prefix(limit) {
            guard let arn = destination ?? message.systemAttributes["DeadLetterQueueSourceArn"]?.string else {
                fail("CouldNotDetermineMessageSource")
                return false
            }
            guard let address = QueueAddress(arn: arn), let target = try Queue.find(address, in: context) else {
                fail("AWS.SimpleQueueService.NonExistentQueue")
                return false
            }
            try move(message, from: queue, to: target, in: context)
        }
        guard due.count > limit else {
            status = .completed
            return false
        }
        return true
    }

    /// A moved message is a new one: it has another id and no past; a FIFO queue knows it by its former id.
    private mutating func move(_ message: QueueMessage, from queue: Queue, to target: Queue, in context: WriteContext)
        throws
    {
        try message.delete(from: queue, in: context)
        let deduplicationID = target.isFIFO ? message.messageID : nil
        if let deduplicationID,
            try Deduplication.find(deduplicationID, group: message.group ?? "", in: target, context) != nil
        {
            return
        }
        var systemAttributes = message.systemAttributes
        systemAttributes["DeadLetterQueueSourceArn"] = nil
        systemAttributes[DeadLetters.sentTimestamp] = nil
        let copy = QueueMessage(
            sent: context.now, messageID: context.random.uuid(), body: message.body, attributes: message.attributes,
            systemAttributes: systemAttributes, sender: message.sender, group: message.group,
            deduplicationID: deduplicationID)
        let delay = target.settings.delaySeconds
        let sequence = try copy.insert(into: target, visible: context.now.adding(seconds: delay), in: context)
        if let deduplicationID {
            try Deduplication.remember(
                deduplicationID, group: message.group ?? "", messageID: copy.messageID, sequence: sequence, in: target,
                context)
        }
        moved += 1
        try context.note(
            "messageMoved", queue.arn.description,
            detail: .object([
                "operation": "StartMessageMoveTask", "messageIds": [.string(message.messageID)],
                "to": .string(target.arn.description), "newMessageId": .string(copy.messageID),
            ]))
    }

    private mutating func fail(_ reason: String) {
        status = .failed
        failure = reason
    }
}
