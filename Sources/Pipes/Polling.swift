import JSON
import Kernel
import Model

/// How a running pipe gets its messages: a job receives them in the pipe's role, and where there are none it waits as a
/// long poll would, for the queue's signal or for the time at which something becomes visible.
enum Polling {
    static let jobKind = "pipes.poll"

    /// As ReceiveMessage allows; it makes the wait a long one.
    private static let waitSeconds = 20
    private static let receiveLimit = 10
    /// So many records at most are run at once, lest the writer keep others waiting.
    private static let recordsAtATime = 100
    /// So many executions run at one moment of a clock that stands still: a loop of queues must come to rest.
    private static let executionLimit = 200
    /// After so many failures in a row the polling slows down.
    private static let failureLimit = 5
    private static let greatestPauseSeconds = 60

    static func start(_ pipe: StoredPipe, in context: WriteContext) throws {
        try context.schedule(jobKind, subject: pipe.name, due: context.now, detail: [:])
    }

    /// What was received for a batch that is not complete becomes visible in the queue again.
    static func stop(_ pipe: inout StoredPipe, in context: WriteContext) throws {
        try context.stopWaiting(jobKind, subject: pipe.name)
        try BatchBuffer(pipe.name, context).empty()
        pipe.progress = PollingProgress()
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard var pipe = try StoredPipe.find(job.subject, in: context), pipe.current == .running else { return }
        if let resumes = pipe.progress.resumes, resumes > context.now {
            return try context.schedule(jobKind, subject: pipe.name, due: resumes, detail: [:])
        }
        pipe.progress.resumes = nil
        var wait: Wait?
        do {
            wait =
                pipe.settings.windowSeconds > 0
                ? try gather(&pipe, in: context) : try receiveAndRun(&pipe, in: context)
        } catch let error as AWSError {
            try context.note(
                "pipePollFailed", pipe.arn.description,
                detail: .object([
                    "source": .string(pipe.settings.source), "error": .string(error.code),
                    "message": .string(error.message ?? error.code),
                ]))
            pipe.progress.failures += failureLimit
            slowDown(&pipe, in: context)
        }
        try pipe.saveProgress(in: context)
        if let wait {
            try context.schedule(jobKind, subject: pipe.name, when: later(wait, in: context))
        } else {
            try context.schedule(jobKind, subject: pipe.name, due: pipe.progress.resumes ?? context.now, detail: [:])
        }
    }

    /// What could not be received though it is there is not asked for again at the same moment.
    private static func later(_ wait: Wait, in context: WriteContext) -> Wait {
        guard let next = wait.next, next <= context.now else { return wait }
        return Wait(key: wait.key, seconds: wait.seconds, next: context.now.adding(seconds: 1))
    }

    // MARK: Receiving

    /// - Returns: for what to wait; nil where there was something.
    private static func receiveAndRun(_ pipe: inout StoredPipe, in context: WriteContext) throws -> Wait? {
        var records: [PipeRecord] = []
        let limit = min(pipe.settings.batchSize, recordsAtATime)
        while records.count < limit {
            switch try receive(min(limit - records.count, receiveLimit), for: pipe, in: context) {
            case .wait(let wait, _):
                if records.isEmpty { return wait }
                try run(records, &pipe, in: context)
                return nil
            case .done(let more): records += more
            }
        }
        try run(records, &pipe, in: context)
        return nil
    }

    /// Receives into the batch, and runs it when it is full or its window closes.
    private static func gather(_ pipe: inout StoredPipe, in context: WriteContext) throws -> Wait? {
        let buffer = BatchBuffer(pipe.name, context)
        var count = try buffer.count()
        let size = pipe.settings.batchSize
        var received = 0
        var isOver = pipe.progress.windowEnd.map { $0 <= context.now } ?? false
        while !isOver, count < size, received < recordsAtATime {
            switch try receive(min(size - count, receiveLimit), for: pipe, in: context) {
            case .wait(let wait, _):
                let next = [wait.next, pipe.progress.windowEnd].compactMap { $0 }.min()
                return Wait(key: wait.key, seconds: wait.seconds, next: next)
            case .done(let records):
                received += records.count
                for record in records { try buffer.add(record) }
                count = try buffer.count()
                if pipe.progress.windowEnd == nil {
                    pipe.progress.windowEnd = context.now.adding(seconds: pipe.settings.windowSeconds)
                }
            }
        }
        isOver = isOver || count >= size
        guard isOver else { return nil }
        let records = try buffer.take(recordsAtATime)
        // A large batch takes several turns.
        if try buffer.count() == 0 { pipe.progress.windowEnd = nil } else { pipe.progress.windowEnd = context.now }
        try run(records, &pipe, in: context)
        return nil
    }

    private static func receive(_ limit: Int, for pipe: StoredPipe, in context: WriteContext) throws
        -> Answer<[PipeRecord]>
    {
        guard let sqs = context.service(sdkName: "sqs"), let queue = ARN(pipe.settings.source) else {
            throw AWSError("UnknownOperationException", "SQS is not served.")
        }
        let answer = try context.tryToPerform(
            "ReceiveMessage", of: sqs,
            .object([
                "QueueUrl": .string(PipeRecord.queueURL(queue)), "MaxNumberOfMessages": .number(limit),
                "WaitTimeSeconds": .number(waitSeconds), "MessageAttributeNames": ["All"],
                "MessageSystemAttributeNames": ["All"],
            ]), as: pipe.settings.principal(sessionName: pipe.name), region: context.region)
        switch answer {
        case .wait(let wait, _): return .wait(wait, otherwise: [])
        case .done(let output): return .done((output["Messages"]?.array ?? []).map { PipeRecord($0, from: queue) })
        }
    }

    private static func run(_ records: [PipeRecord], _ pipe: inout StoredPipe, in context: WriteContext) throws {
        if pipe.progress.moment != context.now {
            pipe.progress.moment = context.now
            pipe.progress.executions = 0
        }
        pipe.progress.executions += 1
        let hasFailed = try Execution.run(records, of: pipe, in: context)
        count(hasFailed: hasFailed, &pipe, in: context)
        if pipe.progress.executions >= executionLimit, pipe.progress.resumes == nil {
            pipe.progress.resumes = context.now.adding(seconds: 1)
        }
    }

    // MARK: Failures

    /// - Parameter hasFailed: nil where it is not known yet.
    static func count(hasFailed: Bool?, _ pipe: inout StoredPipe, in context: WriteContext) {
        guard let hasFailed else { return }
        pipe.progress.failures = hasFailed ? pipe.progress.failures + 1 : 0
        slowDown(&pipe, in: context)
    }

    /// Source: "the pipe polling throughput will gradually back off" on the user guide's page "Amazon EventBridge Pipes
    /// error handling and troubleshooting"; the steps are not published.
    private static func slowDown(_ pipe: inout StoredPipe, in context: WriteContext) {
        let excess = pipe.progress.failures - failureLimit
        guard excess >= 0 else { return }
        let seconds = excess < 6 ? 1 << excess : greatestPauseSeconds
        pipe.progress.resumes = context.now.adding(seconds: seconds)
    }
}
