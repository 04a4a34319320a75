import JSON
import Kernel
import Model

/// The messages of queues that were deleted or purged. They are out of reach at once; their rows go bit by bit, so that
/// nobody waits for the deletion of a million.
enum AbandonedMessages {
    static let jobKind = "sqs.abandoned-messages"
    private static let rowsAtATime = 500

    static func schedule(_ queue: Queue, in context: WriteContext) throws {
        try context.schedule(jobKind, subject: String(queue.number), due: context.now, detail: [:])
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let number = Int64(job.subject) else { return }
        let database = context.database
        let deleted = try database.run(
            """
            DELETE FROM sqs_message WHERE sequence IN (SELECT sequence FROM sqs_message WHERE queue = ? LIMIT ?)
            """, number, rowsAtATime)
        guard deleted < rowsAtATime else {
            return try context.schedule(jobKind, subject: job.subject, due: context.now, detail: [:])
        }
        try database.run("DELETE FROM sqs_group WHERE queue = ?", number)
        try database.run("DELETE FROM sqs_deduplication WHERE queue = ?", number)
        try database.run("DELETE FROM sqs_receive_attempt WHERE queue = ?", number)
    }
}
