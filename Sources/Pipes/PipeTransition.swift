import JSON
import Kernel
import Model

/// What becomes of a pipe a second after it was created, changed, started, stopped or deleted.
///
/// AWS takes up to a minute for the same steps; a script that waits for a state meets all of them here too.
enum PipeTransition {
    static let jobKind = "pipes.transition"
    private static let stepMilliseconds: Int64 = 1000

    static func begin(_ pipe: StoredPipe, in context: WriteContext) throws {
        try context.schedule(
            jobKind, subject: pipe.name, due: context.now.adding(milliseconds: stepMilliseconds),
            detail: .object(["cause": context.cause.map(JSON.number)]))
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard var pipe = try StoredPipe.find(job.subject, in: context), pipe.isInTransition else { return }
        context.continue(from: job.detail["cause"]?.int.map(Int64.init))
        if pipe.current == .deleting {
            try pipe.delete(in: context)
            return try context.record(.deleted, pipe.arn, operation: "DeletePipe")
        }
        pipe.reason = try pipe.current == .stopping ? nil : problem(with: pipe, in: context)
        pipe.current =
            if pipe.reason == nil {
                pipe.desired == .stopped ? .stopped : .running
            } else {
                switch pipe.current {
                case .creating: .createFAILED
                case .updating: .updateFAILED
                default: .startFAILED
                }
            }
        try pipe.save(in: context)
        try context.record(
            .changed, pipe.arn, operation: "ChangeState",
            detail: .object([
                "state": .string(pipe.current.rawValue), "reason": pipe.reason.map(JSON.string),
            ]))
        if pipe.current == .running { try Polling.start(pipe, in: context) }
    }

    /// Whether the role can look at the source. The beginning of the text was recorded; the rest is what pollers of Lambda
    /// say.
    private static func problem(with pipe: StoredPipe, in context: WriteContext) throws -> String? {
        guard let sqs = context.service(sdkName: "sqs"), let queue = ARN(pipe.settings.source) else { return nil }
        do {
            try context.perform(
                "GetQueueAttributes", of: sqs, .object(["QueueUrl": .string(PipeRecord.queueURL(queue))]),
                as: pipe.settings.principal(sessionName: pipe.name), region: context.region)
            return nil
        } catch let error as AWSError {
            let failure = DeliveryFailure(error, of: sqs)
            return "Input parameter is invalid from the request due to : Error occurred while ReceiveMessage. "
                + "SQS Error Code: \(failure.code). SQS Error Message: \(failure.message)"
        }
    }
}

extension StoredPipe {
    /// Begins a transition; in none of them is the source polled.
    mutating func turn(to state: PipeState, in context: WriteContext) throws {
        current = state
        reason = nil
        modified = context.now
        try Polling.stop(&self, in: context)
        try save(in: context)
        try PipeTransition.begin(self, in: context)
    }
}
