import JSON
import Kernel
import Model

extension Scheduler {
    @Sendable static func createSchedule(_ input: CreateScheduleInput, in context: WriteContext) throws
        -> CreateScheduleOutput
    {
        let groupName = input.groupName ?? StoredGroup.defaultName
        let arn = StoredSchedule.arn(input.name, group: groupName, in: context)
        context.access("scheduler:CreateSchedule", on: arn.description)
        context.access("iam:PassRole", on: input.target.roleArn)
        return try ClientToken(input.clientToken, "CreateSchedule", input.json).once(in: context) {
            let settings = try ScheduleSettings(input.json, in: context)
            let group = try group(groupName, in: context)
            guard try StoredSchedule.find(input.name, group: groupName, in: context) == nil else {
                throw AWSError.conflict("Schedule \(input.name) already exists.")
            }
            guard group.state == .active else {
                throw AWSError.conflict("Schedule group \(groupName) is being deleted.")
            }
            var schedule = StoredSchedule(
                arn: arn, group: groupName, name: input.name, created: context.now, modified: context.now,
                anchor: context.now, invoked: nil, settings: settings)
            try note(settings, in: context)
            try context.record(.created, arn, operation: "CreateSchedule")
            try schedule.start(in: context)
            try schedule.save(in: context)
            return CreateScheduleOutput(scheduleArn: arn.description)
        }
    }

    /// Everything that is not given falls back to its default, as AWS does it by design. A schedule whose timing stays the
    /// same keeps its times; one that gets another, or is enabled again, begins anew.
    @Sendable static func updateSchedule(_ input: UpdateScheduleInput, in context: WriteContext) throws
        -> UpdateScheduleOutput
    {
        let groupName = input.groupName ?? StoredGroup.defaultName
        let arn = StoredSchedule.arn(input.name, group: groupName, in: context)
        context.access("scheduler:UpdateSchedule", on: arn.description)
        context.access("iam:PassRole", on: input.target.roleArn)
        return try ClientToken(input.clientToken, "UpdateSchedule", input.json).once(in: context) {
            var schedule = try schedule(input.name, group: groupName, in: context)
            let earlier = schedule.settings
            schedule.settings = try ScheduleSettings(input.json, earlier: earlier, in: context)
            schedule.modified = context.now
            try note(schedule.settings, in: context)
            try context.record(.changed, arn, operation: "UpdateSchedule")
            if schedule.settings.timing != earlier.timing || schedule.settings.isEnabled != earlier.isEnabled {
                try schedule.start(in: context)
            }
            try schedule.save(in: context)
            return UpdateScheduleOutput(scheduleArn: arn.description)
        }
    }

    @Sendable static func deleteSchedule(_ input: DeleteScheduleInput, in context: WriteContext) throws
        -> DeleteScheduleOutput
    {
        let groupName = input.groupName ?? StoredGroup.defaultName
        let arn = StoredSchedule.arn(input.name, group: groupName, in: context)
        context.access("scheduler:DeleteSchedule", on: arn.description)
        return try ClientToken(input.clientToken, "DeleteSchedule", input.json).once(in: context) {
            let schedule = try schedule(input.name, group: groupName, in: context)
            try schedule.delete(in: context)
            try context.record(.deleted, arn, operation: "DeleteSchedule")
            return DeleteScheduleOutput()
        }
    }

    @Sendable static func getSchedule(_ input: GetScheduleInput, in context: ReadContext) throws -> GetScheduleOutput {
        let groupName = input.groupName ?? StoredGroup.defaultName
        let arn = StoredSchedule.arn(input.name, group: groupName, in: context)
        context.access("scheduler:GetSchedule", on: arn.description)
        let schedule = try schedule(input.name, group: groupName, in: context)
        var object = schedule.settings.json.object ?? JSONObject()
        object["Arn"] = .string(arn.description)
        object["CreationDate"] = schedule.created.json
        object["LastModificationDate"] = schedule.modified.json
        return GetScheduleOutput(json: .object(object))
    }

    @Sendable static func listSchedules(_ input: ListSchedulesInput, in context: ReadContext) throws
        -> ListSchedulesOutput
    {
        context.access("scheduler:ListSchedules", on: "*")
        if let name = input.groupName { _ = try group(name, in: context) }
        let filter = ScheduleFilter(group: input.groupName, state: input.state, namePrefix: input.namePrefix)
        let filters = [filter.group, filter.state?.rawValue, filter.namePrefix].map { $0 ?? "" }
        let purpose = "ListSchedules \(filters.joined(separator: " "))"
        let limit = input.maxResults ?? pageLimit
        // One more than is asked for shows whether there is a next page.
        let found = try StoredSchedule.list(
            filter, after: try position(input.nextToken, purpose, in: context), limit: limit + 1, in: context)
        let page = found.prefix(limit)
        return ListSchedulesOutput(
            nextToken: found.count > limit ? page.last.map { context.token(for: $0.key, purpose: purpose) } : nil,
            schedules: page.map { schedule in
                ScheduleSummary(
                    arn: schedule.arn.description, creationDate: schedule.created, groupName: schedule.group,
                    lastModificationDate: schedule.modified, name: schedule.name, state: schedule.settings.input.state,
                    target: TargetSummary(arn: schedule.settings.target.arn))
            })
    }

    private static func schedule(_ name: String, group groupName: String, in context: ReadContext) throws
        -> StoredSchedule
    {
        _ = try group(groupName, in: context)
        guard let schedule = try StoredSchedule.find(name, group: groupName, in: context) else {
            throw AWSError.scheduleNotFound(name)
        }
        return schedule
    }

    /// Says openly what is taken and has no effect.
    private static func note(_ settings: ScheduleSettings, in context: WriteContext) throws {
        guard settings.input.kmsKeyArn != nil else { return }
        try context.notEnforced("scheduler KmsKeyArn", reason: "schedules are not encrypted with the key")
    }
}
