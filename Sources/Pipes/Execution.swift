import JSON
import Kernel
import Model

/// One run of a pipe: records are filtered, enriched and handed to the target, each as a delivery of its own. What went
/// through is deleted from the queue; what failed becomes visible there again.
struct Execution {
    /// What its deliveries are made of, though the pipe is changed or deleted meanwhile.
    let content: JSON
    private let context: WriteContext

    /// How far a record got.
    private enum Outcome {
        case through, pending
        case failed(Failure)

        var failure: Failure? { if case .failed(let failure) = self { failure } else { nil } }
        var isPending: Bool { if case .pending = self { true } else { false } }
    }

    /// Why a record did not get through.
    struct Failure {
        /// Who said so, as ARNs name it.
        let service: String
        let code: String
        let message: String
    }

    /// What a delivery is for.
    enum Stage: String {
        case enrichment, target

        /// As logs have it.
        var name: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    }

    private var settings: PipeSettings { PipeSettings(stored: content["pipe"] ?? [:]) }
    private var record: PipeRecord { PipeRecord(event: content["record"] ?? [:]) }
    private var arn: String { content["arn"]?.string ?? "" }
    private var sessionName: String { content["executionId"]?.string ?? "" }
    private var log: ExecutionLog { ExecutionLog(settings, pipe: arn, executionID: sessionName, context) }

    /// - Returns: whether a record has failed; nil where something is on its way.
    static func run(_ records: [PipeRecord], of pipe: StoredPipe, in context: WriteContext) throws -> Bool? {
        let filter = try PipeFilter(pipe.settings.filters)
        let id = context.random.uuid()
        let passing = records.filter(filter.passes)
        try context.noteCause(
            "pipeExecution", pipe.arn.description,
            detail: .object([
                "executionId": .string(id), "records": .number(records.count),
                "filteredOut": .number(records.count - passing.count),
            ]))
        let settings = pipe.settings
        let log = ExecutionLog(settings, pipe: pipe.arn.description, executionID: id, context)
        let stage = settings.enrichment == nil ? Stage.target : .enrichment
        if !passing.isEmpty {
            try log.started(passing.map(\.event))
            try log.entered(stage, transforms: settings.transforms(stage))
        }
        var outcomes: [Outcome] = []
        for record in records {
            let passes = filter.passes(record)
            let content = JSON.object([
                "arn": .string(pipe.arn.description), "name": .string(pipe.name), "pipe": pipe.settings.json,
                "record": record.event, "executionId": .string(id), "time": .string(context.now.iso8601()),
                "passes": .bool(passes),
            ])
            let publication = try context.publish(from: pipe.arn, messageID: record.messageID, content: content)
            let execution = Execution(content: content, context: context)
            outcomes.append(
                try passes ? execution.begin(publication, pipe.arn) : execution.drop(filter.explain(record)))
        }
        if outcomes.contains(where: \.isPending) { return nil }
        let failures = outcomes.compactMap(\.failure)
        if !passing.isEmpty {
            try log.left(stage, transforms: settings.transforms(stage), failed: failures, of: passing.count)
            try log.ended(failed: failures.count, of: passing.count)
        }
        return !failures.isEmpty
    }

    /// AWS removes from the queue what does not pass.
    private func drop(_ why: (text: String, failures: [JSON])) throws -> Outcome {
        try context.note(
            "pipeFiltered", arn,
            detail: .object([
                "messageId": .string(record.messageID), "executionId": .string(sessionName),
                "reason": .string(why.text), "failures": .array(why.failures),
            ]))
        return try conclude(.through)
    }

    private func begin(_ publication: Int64, _ pipe: ARN) throws -> Outcome {
        guard let enrichment = settings.enrichment else {
            return try conclude(callTarget([nil], publication, pipe))
        }
        let delivery = try deliver(.enrichment, to: enrichment, item: nil, publication, pipe)
        return delivery.finished == nil ? .pending : .failed(failure(of: delivery))
    }

    private func failure(of delivery: Delivery) -> Failure {
        let last = delivery.log.last
        return Failure(
            service: ARN(delivery.destination)?.service ?? "", code: last?["error"]?.string ?? "",
            message: last?["message"]?.string ?? "")
    }

    /// - Parameter items: what the enrichment answered; nil is the record itself.
    private func callTarget(_ items: [JSON?], _ publication: Int64, _ pipe: ARN) throws -> Outcome {
        guard let target = ARN(settings.target).flatMap(PipeTarget.init) else {
            return .failed(Failure(service: "pipes", code: "NO_RESOURCE", message: "\(settings.target) is no target."))
        }
        guard items.count <= target.batchLimit else {
            let reason =
                "The enrichment answered \(items.count) items, and the target takes \(target.batchLimit) at most."
            try fail(reason)
            return .failed(Failure(service: "pipes", code: "BATCH_TOO_LARGE", message: reason))
        }
        let deliveries = try items.map { try deliver(.target, to: settings.target, item: $0, publication, pipe) }
        if let failed = deliveries.first(where: { $0.state == .dropped }) { return .failed(failure(of: failed)) }
        return deliveries.allSatisfy { $0.state == .delivered } ? .through : .pending
    }

    private func deliver(_ stage: Stage, to destination: String, item: JSON?, _ publication: Int64, _ pipe: ARN) throws
        -> Delivery
    {
        let place = try ARN(destination).flatMap { try context.webPlace(of: $0) }
        var policy = RetryPolicy()
        policy.perSecond = place?.perSecond
        return try context.deliver(
            Delivery(
                publication: publication, origin: pipe,
                // What a delivery to the target is for is the queue; the enrichment is the pipe's own affair.
                source: stage == .target ? settings.source : pipe.description, destination: destination,
                url: place?.url, detail: .object(["stage": .string(stage.rawValue), "item": item]), policy: policy,
                deadLetterQueue: nil, in: context), content)
    }

    private func fail(_ reason: String) throws {
        try context.note(
            "pipeFailed", arn,
            detail: .object([
                "messageId": .string(record.messageID), "executionId": .string(sessionName), "reason": .string(reason),
            ]))
    }

    private func conclude(_ outcome: Outcome) throws -> Outcome {
        if case .through = outcome { try record.delete(settings, sessionName: sessionName, in: context) }
        return outcome
    }

    // MARK: What was outside comes back

    @Sendable static func ended(_ delivery: Delivery, _ answer: WebAnswer?, _ context: WriteContext) throws {
        guard let content = try context.publication(delivery.publication), let pipe = ARN(delivery.origin) else {
            return
        }
        context.continue(from: delivery.cause)
        let execution = Execution(content: content, context: context)
        let stage = delivery.detail["stage"]?.string.flatMap(Stage.init) ?? .target
        var outcome = delivery.state == .delivered ? Outcome.through : .failed(execution.failure(of: delivery))
        let (log, settings) = (execution.log, execution.settings)
        try log.left(
            stage, transforms: settings.transforms(stage), failed: outcome.failure.map { [$0] } ?? [], of: 1)
        if stage == .enrichment, outcome.failure == nil {
            outcome = try execution.enriched(answer?.body ?? "", delivery.publication, pipe)
        }
        _ = try execution.conclude(outcome)
        guard !outcome.isPending else { return }
        try log.ended(failed: outcome.failure == nil ? 0 : 1, of: 1)
        guard var stored = try StoredPipe.find(content["name"]?.string ?? "", in: context),
            stored.current == .running
        else { return }
        Polling.count(hasFailed: outcome.failure != nil, &stored, in: context)
        try stored.saveProgress(in: context)
    }

    /// An empty answer keeps the target from being called. Source: the user guide's page "Event enrichment in Amazon
    /// EventBridge Pipes".
    private func enriched(_ body: String, _ publication: Int64, _ pipe: ARN) throws -> Outcome {
        let json = try? JSON(parsing: body)
        let items = json?.array ?? [json ?? .string(body)]
        if items.isEmpty || json?.isNull == true || json?.object?.isEmpty == true || items == [""] {
            try context.note(
                "pipeSkipped", arn,
                detail: .object([
                    "messageId": .string(record.messageID), "executionId": .string(sessionName),
                    "reason": "The enrichment's answer is empty, so the target was not called.",
                ]))
            try log.skippedTarget()
            return .through
        }
        try log.entered(.target, transforms: settings.transforms(.target))
        let outcome = try callTarget(items, publication, pipe)
        if !outcome.isPending {
            try log.left(
                .target, transforms: settings.transforms(.target), failed: outcome.failure.map { [$0] } ?? [], of: 1)
        }
        return outcome
    }
}
