import JSON
import Kernel
import Model

/// From what is found of a resource to its configuration item, in the transaction of the change.
enum Recording {
    static let dailyJobKind = "config.daily"
    private static let daySeconds = 86_400

    /// What a running recorder records; nil where none runs. Kept from one transaction to the next, since every change of
    /// every resource asks for it.
    private struct Known: Sendable {
        let plan: RecordingPlan?
        /// When days of daily recording begin.
        let started: Timestamp
        /// Whether the recorder has written no item since it started.
        let isPending: Bool
    }

    @Sendable static func isOn(_ context: WriteContext) throws -> Bool { try plan(in: context) != nil }

    static func plan(in context: WriteContext) throws -> RecordingPlan? { try known(in: context)?.plan }

    private static func known(in context: WriteContext) throws -> Known? {
        try context.cached(cacheKey(context)) {
            let recorder = try StoredRecorder.own(in: context)
            guard let recorder, recorder.isRecording, let group = recorder.settings.recordingGroup else {
                return Known(plan: nil, started: context.now, isPending: recorder?.isPending == true)
            }
            let plan = RecordingPlan(
                group: group, mode: recorder.settings.recordingMode ?? RecordingPlan.continuous,
                beyondAWS: context.recordsBeyondAWS)
            return Known(plan: plan, started: recorder.started ?? context.now, isPending: recorder.isPending)
        }
    }

    /// To be called by whoever changes the recorder.
    static func forgetPlan(in context: WriteContext) { context.forget(cacheKey(context)) }

    private static func cacheKey(_ context: ReadContext) -> String { "config \(context.account) \(context.region)" }

    // MARK: Changes

    /// Takes what is found of a resource that has changed.
    @Sendable static func take(_ found: ResourceObservation, _ arn: ARN, _ context: WriteContext) throws {
        guard let known = try known(in: context), let plan = known.plan else { return }
        guard plan.records(found.type) else { return try noteDeletion(found, arn, in: context) }
        guard plan.isDaily(found.type) else { return try compare(found, arn, in: context) }
        try look(again: arn, since: known.started, in: context)
    }

    /// What is recorded once a day is looked at when its day ends.
    private static func look(again arn: ARN, since start: Timestamp, in context: WriteContext) throws {
        let day = Int64(daySeconds) * 1000
        let passed = (context.now.milliseconds - start.milliseconds) / day
        try context.schedule(
            dailyJobKind, subject: arn.description, due: start.adding(milliseconds: (passed + 1) * day),
            detail: ["endpoint": .string(context.caller.endpoint)])
    }

    @Sendable static func runDaily(_ job: Job, in context: WriteContext) throws {
        guard let arn = ARN(job.subject),
            let found = try context.observe(arn, endpoint: job.detail["endpoint"]?.string),
            try plan(in: context)?.records(found.type) == true
        else { return }
        try compare(found, arn, isDaily: true, in: context)
    }

    /// Looks at a resource of which it is not known whether it has changed.
    static func inventory(_ found: ResourceObservation, _ arn: ARN, in context: WriteContext) throws {
        guard let known = try known(in: context), let plan = known.plan else { return }
        let isDaily = plan.isDaily(found.type)
        if isDaily, try current(found, arn, in: context)?.isRecorded == true {
            try look(again: arn, since: known.started, in: context)
        } else {
            try compare(found, arn, isDaily: isDaily, in: context)
        }
    }

    /// A type that is not recorded any more leaves one more item when its resource goes.
    private static func noteDeletion(_ found: ResourceObservation, _ arn: ARN, in context: WriteContext) throws {
        guard case .gone = found, let current = try current(found, arn, in: context),
            current.status == .resourceNotRecorded
        else { return }
        try write(gone(current.resource), .resourceDeletedNotRecorded, after: current, in: context)
    }

    /// Writes an item where the latest one says something else.
    private static func compare(
        _ found: ResourceObservation, _ arn: ARN, isDaily: Bool = false, in context: WriteContext
    ) throws {
        let current = try current(found, arn, in: context)
        let isRecorded = current?.isRecorded == true
        switch found {
        case .present(var resource):
            // A queue keeps the URL by which it was seen first, by whatever name the server is called later.
            if let current { resource.id = current.resource.id }
            guard !isRecorded || current?.resource != resource else { return }
            try write(
                resource, isRecorded ? .ok : .resourceDiscovered, after: current, isDaily: isDaily, in: context)
        case .gone:
            guard let current, isRecorded else { return }
            try write(gone(current.resource), .resourceDeleted, after: current, isDaily: isDaily, in: context)
        }
    }

    private static func current(_ found: ResourceObservation, _ arn: ARN, in context: ReadContext) throws -> StoredItem?
    {
        if let item = try StoredItem.current(arn: arn.description, in: context), item.resource.type == found.type {
            return item
        }
        switch found {
        case .present(let resource): return try StoredItem.current(resource.type, resource.id, in: context)
        case .gone(let type, let id): return try StoredItem.current(type, id, in: context)
        }
    }

    /// What an item of a deleted resource still says of it (recorded from AWS, where queues lose their names too).
    static func gone(_ resource: ConfiguredResource) -> ConfiguredResource {
        ConfiguredResource(
            type: resource.type, id: resource.id,
            name: resource.type == "AWS::SQS::Queue" ? resource.id : resource.name, arn: resource.arn,
            configuration: .null)
    }

    // MARK: Items

    /// Writes an item and tells everybody.
    static func write(
        _ resource: ConfiguredResource, _ status: ConfigurationItemStatus, after previous: StoredItem?,
        isDaily: Bool = false, isImported: Bool = false, in context: WriteContext
    ) throws {
        let item = StoredItem(
            resource: resource, status: status, captured: context.now,
            stateID: max(context.now.milliseconds, (previous?.stateID ?? .min) + 1),
            delivered: isDaily ? context.now : nil, isImported: isImported)
        try item.save(after: previous, in: context)
        try context.noteCause(
            "configurationItem", resource.arn ?? resource.id,
            detail: [
                "resourceType": .string(resource.type), "resourceId": .string(resource.id),
                "configurationItemStatus": .string(status.rawValue),
            ])
        let change = ItemChange(item, after: previous, in: context)
        try change.tell(in: context)
        if try known(in: context)?.isPending == true {
            try StoredRecorder.succeed(in: context)
            forgetPlan(in: context)
        }
        try RuleEngine.take(change, after: previous, in: context)
    }
}
