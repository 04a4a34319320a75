import Kernel
import Model

/// A group goes when its schedules have gone. A hundred of them go in the call itself and the rest as due work, so that a
/// group of thousands holds nobody up; until then it is DELETING, and what falls due in it may still be invoked, as in AWS.
enum GroupDeletion {
    static let jobKind = "scheduler.group-deletion"
    private static let schedulesAtATime = 100

    static func begin(_ group: StoredGroup, in context: WriteContext) throws {
        try step(group, restDue: context.now.adding(seconds: 1), in: context)
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let group = try StoredGroup.find(job.subject, in: context), group.state == .deleting else { return }
        try step(group, restDue: context.now, in: context)
    }

    private static func step(_ group: StoredGroup, restDue: Timestamp, in context: WriteContext) throws {
        let schedules = try StoredSchedule.list(
            ScheduleFilter(group: group.name), after: "", limit: schedulesAtATime + 1, in: context)
        for schedule in schedules.prefix(schedulesAtATime) {
            try schedule.delete(in: context)
            try context.record(.deleted, schedule.arn, operation: "DeleteScheduleGroup")
        }
        if schedules.count > schedulesAtATime {
            try context.schedule(jobKind, subject: group.name, due: restDue, detail: [:])
        } else {
            try group.delete(in: context)
        }
    }
}
