import Kernel
import Model

/// Amazon EventBridge Scheduler.
public enum Scheduler {
    public static let service = Service(
        model: .scheduler,
        operations: [
            .write("CreateSchedule", createSchedule),
            .write("CreateScheduleGroup", createScheduleGroup),
            .write("DeleteSchedule", deleteSchedule),
            .write("DeleteScheduleGroup", deleteScheduleGroup),
            .read("GetSchedule", getSchedule),
            .read("GetScheduleGroup", getScheduleGroup),
            .read("ListScheduleGroups", listScheduleGroups),
            .read("ListSchedules", listSchedules),
            .read("ListTagsForResource", listTagsForResource),
            .write("TagResource", tagResource),
            .write("UntagResource", untagResource),
            .write("UpdateSchedule", updateSchedule),
        ],
        jobRunners: [
            Occurrence.jobKind: Occurrence.run,
            Invocation.jobKind: Invocation.run,
            GroupDeletion.jobKind: GroupDeletion.run,
        ],
        deliveryOwner: DeliveryOwner(
            item: Invocation.item, deadLetter: DeadLetter.item, sourceARN: { $0.source }, judge: { _, _, _ in nil },
            perform: Invocation.perform,
            beginning: { ["\($0.origin) was due.", "\($1) was to go to \($0.destination)."] },
            explain: Invocation.explain),
        configurationSource: SchedulerConfiguration.source)
}
