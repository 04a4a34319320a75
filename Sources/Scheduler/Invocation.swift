import JSON
import Kernel
import Model

/// A schedule's call of its target, handed to the delivery engine with everything it needs: it goes on though the schedule
/// is changed or deleted meanwhile.
enum Invocation {
    static let jobKind = "scheduler.invocation"

    /// Invokes now, or at a random point of the flexible time window.
    static func plan(_ schedule: StoredSchedule, _ time: Timestamp, isLast: Bool, in context: WriteContext) throws {
        let seconds = schedule.settings.timing.windowMinutes * 60
        guard seconds > 0 else { return try invoke(schedule, time, isLast: isLast, in: context) }
        var detail = time.detail.object ?? JSONObject()
        detail["isLast"] = .bool(isLast)
        let delay = Int(context.random.next() % UInt64(seconds))
        try context.schedule(
            jobKind, subject: "\(schedule.key)\n\(time.milliseconds)", due: time.adding(seconds: delay),
            detail: .object(detail))
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        let key = job.subject.prefix { $0 != "\n" }
        guard let schedule = try StoredSchedule.find(key: String(key), in: context),
            let time = Timestamp(detail: job.detail)
        else { return }
        try invoke(schedule, time, isLast: job.detail["isLast"] == true, in: context)
    }

    private static func invoke(_ schedule: StoredSchedule, _ time: Timestamp, isLast: Bool, in context: WriteContext)
        throws
    {
        var schedule = schedule
        schedule.invoked = time
        try schedule.save(in: context)
        let target = schedule.settings.target
        let executionID = ContextAttributes.executionID(context.random)
        let content = JSON.object([
            "schedule": .string(schedule.arn.description), "time": .string(time.iso8601(fraction: false)),
            "executionId": .string(executionID), "target": target.json,
        ])
        try context.noteCause(
            "scheduleDue", schedule.arn.description,
            detail: .object(["time": .string(time.iso8601()), "executionId": .string(executionID)]))
        let publication = try context.publish(from: schedule.arn, messageID: executionID, content: content)
        let policy = target.retryPolicy
        try context.deliver(
            Delivery(
                publication: publication, origin: schedule.arn, source: schedule.arn.description,
                destination: target.arn, detail: [:],
                policy: .eventBridge(
                    retries: policy?.maximumRetryAttempts ?? 185, ageSeconds: policy?.maximumEventAgeInSeconds ?? 86_400
                ),
                deadLetterQueue: target.deadLetterConfig?.arn, in: context), content)
        if isLast { try schedule.deleteIfCompleted(in: context) }
    }

    // MARK: For the delivery engine

    @Sendable static func item(_ delivery: Delivery, _ content: JSON, _ context: ReadContext) -> DeliveryItem {
        let attributes = ContextAttributes(content, attempt: delivery.attempts)
        let input = Target(json: content["target"] ?? [:]).input
        return DeliveryItem(body: input.map(attributes.filled) ?? attributes.notification)
    }

    /// Calls the target's operation in the execution role, or puts a dead letter into its queue in the same role.
    @Sendable static func perform(
        _ item: DeliveryItem, _ destination: String, _ delivery: Delivery, _ context: WriteContext
    ) throws -> String {
        guard let content = try context.publication(delivery.publication), let arn = ARN(destination),
            let origin = ARN(delivery.origin)
        else { throw DeliveryFailure("NO_RESOURCE", "\(destination) is no target.") }
        let target = Target(json: content["target"] ?? [:])
        let attributes = ContextAttributes(content, attempt: delivery.attempts)
        guard let role = Role(arn: target.roleArn) else {
            throw DeliveryFailure("AccessDenied", "\(target.roleArn) is no role.")
        }
        let principal = role.principal(sessionName: attributes.executionID)
        let call =
            destination == target.arn
            ? try TargetCall(target, arn, item, attributes, in: context)
            : try TargetCall(deadLetter: item, queue: arn, in: context)
        return try call.perform(as: principal, region: origin.region, in: context)
    }

    @Sendable static func explain(_ schedule: ARN, _ content: JSON, _ time: Timestamp, _ context: ReadContext)
        -> [DeliveryVerdict]
    {
        [
            DeliveryVerdict(
                source: schedule.description, endpoint: Target(json: content["target"] ?? [:]).arn,
                text: "The schedule was due at \(content["time"]?.string ?? "").", failures: [])
        ]
    }
}
