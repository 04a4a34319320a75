import JSON
import Kernel
import Model

/// Groups for AWS Config, and schedules, which it does not know in AWS: those are recorded where more is asked for. Both have
/// the members that AWS CloudFormation reads.
enum SchedulerConfiguration {
    private static let schedule = "AWS::Scheduler::Schedule"
    private static let group = "AWS::Scheduler::ScheduleGroup"

    static let source = ConfigurationSource(types: [schedule, group], observe: observe, list: list)

    @Sendable private static func observe(_ arn: ARN, _ context: ReadContext) throws -> ResourceObservation? {
        let parts = arn.resource.split(separator: "/").map(String.init)
        switch (parts.first, parts.count) {
        case ("schedule", 3):
            guard let found = try StoredSchedule.find(parts[2], group: parts[1], in: context) else {
                return .gone(type: schedule, id: arn.description)
            }
            var members = found.settings.json.object ?? JSONObject()
            members["Name"] = .string(found.name)
            members["Arn"] = .string(arn.description)
            return .present(
                ConfiguredResource(
                    type: schedule, id: arn.description, name: found.name, arn: arn.description,
                    availabilityZone: "Regional", configuration: .object(members)))
        case ("schedule-group", 2):
            guard let found = try StoredGroup.find(parts[1], in: context) else {
                return .gone(type: group, id: parts[1])
            }
            let tags = try context.tags(of: arn)
            let shownTags = tags.map { JSON.object(["Key": .string($0.key), "Value": .string($0.value)]) }
            return .present(
                ConfiguredResource(
                    type: group, id: found.name, name: found.name, arn: arn.description, availabilityZone: "Regional",
                    configuration: .object([
                        "Name": .string(found.name), "Arn": .string(arn.description),
                        "State": .string(found.state.rawValue), "CreationDate": .string(found.created.iso8601()),
                        "LastModificationDate": .string(found.modified.iso8601()), "Tags": .array(shownTags),
                    ]), tags: tags))
        default: return nil
        }
    }

    @Sendable private static func list(_ type: String, _ after: ARN?, _ limit: Int, _ context: ReadContext) throws
        -> [ARN]
    {
        let path = after?.resource.split(separator: "/", maxSplits: 1).last.map(String.init) ?? ""
        if type == group {
            return try StoredGroup.listMade(after: path, limit: limit, in: context).map {
                StoredGroup.arn($0.name, in: context)
            }
        }
        return try StoredSchedule.list(ScheduleFilter(), after: path, limit: limit, in: context).map(\.arn)
    }
}
