import JSON
import Kernel
import Model

/// One of a schedule's times coming.
///
/// AWS does not say what becomes of times that its service misses, but that it invokes within 60 seconds of a time and that
/// an event older than the target's MaximumEventAgeInSeconds is given up. So here, after a stop of the server or a leap of
/// its clock, a recurring schedule is invoked once: for the latest time that has passed, unless that is older than the
/// target lets an event be; the times before it are gone. A one-time schedule is always invoked, however late. (A clock
/// that is advanced does not leap: it stops at every time.)
enum Occurrence {
    static let jobKind = "scheduler.occurrence"

    static func schedule(_ schedule: StoredSchedule, _ time: Timestamp, in context: WriteContext) throws {
        try context.schedule(jobKind, subject: schedule.key, due: time, detail: time.detail)
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let schedule = try StoredSchedule.find(key: job.subject, in: context), schedule.settings.isEnabled,
            let planned = Timestamp(detail: job.detail)
        else { return }
        let timing = schedule.settings.timing
        let ageSeconds = schedule.settings.target.retryPolicy?.maximumEventAgeInSeconds ?? 0
        let time = timing.latest(from: planned, by: context.now, ageSeconds: ageSeconds, anchor: schedule.anchor)
        let next = timing.next(after: max(time, context.now), anchor: schedule.anchor)
        if let next { try self.schedule(schedule, next, in: context) }
        if timing.isOneTime || time.adding(seconds: ageSeconds) >= context.now {
            try Invocation.plan(schedule, time, isLast: next == nil, in: context)
        } else if next == nil {
            try schedule.deleteIfCompleted(in: context)
        }
    }
}

extension StoredSchedule {
    static func find(key: String, in context: ReadContext) throws -> StoredSchedule? {
        let parts = key.split(separator: "/").map(String.init)
        return parts.count == 2 ? try find(parts[1], group: parts[0], in: context) : nil
    }

    /// After the last invocation. A recurring schedule has one only where it has an end date. Source: the page "Deleting a
    /// schedule in EventBridge Scheduler".
    func deleteIfCompleted(in context: WriteContext) throws {
        guard settings.input.actionAfterCompletion == .delete,
            settings.timing.isOneTime || settings.timing.end != nil
        else { return }
        try delete(in: context)
        try context.record(.deleted, arn, operation: "ActionAfterCompletion")
    }
}

extension Timestamp {
    /// Of a job: the time that its schedule named, which is not always the time at which it is done.
    var detail: JSON { .object(["time": .number(milliseconds)]) }

    init?(detail: JSON) {
        guard let milliseconds = detail["time"]?.int else { return nil }
        self.init(milliseconds: Int64(milliseconds))
    }
}
