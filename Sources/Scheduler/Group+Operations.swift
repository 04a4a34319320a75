import JSON
import Kernel
import Model

extension Scheduler {
    /// Source: the user guide's page "Quotas for Amazon EventBridge Scheduler".
    private static let groupLimit = 500
    static let pageLimit = 100

    @Sendable static func createScheduleGroup(_ input: CreateScheduleGroupInput, in context: WriteContext) throws
        -> CreateScheduleGroupOutput
    {
        let arn = StoredGroup.arn(input.name, in: context)
        context.access("scheduler:CreateScheduleGroup", on: arn.description)
        return try ClientToken(input.clientToken, "CreateScheduleGroup", input.json).once(in: context) {
            guard input.name != StoredGroup.defaultName else { throw AWSError.defaultGroup }
            guard try StoredGroup.find(input.name, in: context) == nil else {
                throw AWSError.conflict("Schedule group \(input.name) already exists.")
            }
            guard try StoredGroup.count(in: context) < groupLimit else {
                throw AWSError.quotaExceeded("The limit of \(groupLimit) schedule groups has been reached.")
            }
            let group = StoredGroup(name: input.name, state: .active, created: context.now, modified: context.now)
            try group.save(in: context)
            if let tags = input.tags, !tags.isEmpty { try setTags(tags, on: arn, in: context) }
            try context.record(.created, arn, operation: "CreateScheduleGroup")
            return CreateScheduleGroupOutput(scheduleGroupArn: arn.description)
        }
    }

    @Sendable static func deleteScheduleGroup(_ input: DeleteScheduleGroupInput, in context: WriteContext) throws
        -> DeleteScheduleGroupOutput
    {
        let arn = StoredGroup.arn(input.name, in: context)
        context.access("scheduler:DeleteScheduleGroup", on: arn.description)
        return try ClientToken(input.clientToken, "DeleteScheduleGroup", input.json).once(in: context) {
            guard input.name != StoredGroup.defaultName else { throw AWSError.defaultGroup }
            var group = try group(input.name, in: context)
            guard group.state == .active else { return DeleteScheduleGroupOutput() }
            (group.state, group.modified) = (.deleting, context.now)
            try group.save(in: context)
            try context.record(.deleted, arn, operation: "DeleteScheduleGroup")
            try GroupDeletion.begin(group, in: context)
            return DeleteScheduleGroupOutput()
        }
    }

    @Sendable static func getScheduleGroup(_ input: GetScheduleGroupInput, in context: ReadContext) throws
        -> GetScheduleGroupOutput
    {
        let arn = StoredGroup.arn(input.name, in: context)
        context.access("scheduler:GetScheduleGroup", on: arn.description)
        let group = try group(input.name, in: context)
        return GetScheduleGroupOutput(
            arn: arn.description, creationDate: group.created, lastModificationDate: group.modified, name: group.name,
            state: group.state)
    }

    @Sendable static func listScheduleGroups(_ input: ListScheduleGroupsInput, in context: ReadContext) throws
        -> ListScheduleGroupsOutput
    {
        context.access("scheduler:ListScheduleGroups", on: "*")
        let purpose = "ListScheduleGroups \(input.namePrefix ?? "")"
        let limit = input.maxResults ?? pageLimit
        // One more than is asked for shows whether there is a next page.
        let found = try StoredGroup.list(
            prefix: input.namePrefix ?? "", after: try position(input.nextToken, purpose, in: context),
            limit: limit + 1, in: context)
        let page = found.prefix(limit)
        return ListScheduleGroupsOutput(
            nextToken: found.count > limit ? page.last.map { context.token(for: $0.name, purpose: purpose) } : nil,
            scheduleGroups: page.map { group in
                ScheduleGroupSummary(
                    arn: StoredGroup.arn(group.name, in: context).description, creationDate: group.created,
                    lastModificationDate: group.modified, name: group.name, state: group.state)
            })
    }

    static func group(_ name: String, in context: ReadContext) throws -> StoredGroup {
        guard let group = try StoredGroup.find(name, in: context) else { throw AWSError.groupNotFound(name) }
        return group
    }

    /// Behind which item a page begins; empty for the first one.
    static func position(_ token: String?, _ purpose: String, in context: ReadContext) throws -> String {
        guard let token else { return "" }
        guard let position = context.position(in: token, purpose: purpose) else {
            throw AWSError.validation("Invalid NextToken provided.")
        }
        return position
    }
}

extension AWSError {
    /// Recorded from AWS.
    static let defaultGroup = validation("This operation cannot be performed on schedule group default.")
}
