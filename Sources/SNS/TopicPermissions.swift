import JSON
import Kernel
import Model

extension SNS {
    private static let grantable: Set<String> = [
        "Publish", "RemovePermission", "SetTopicAttributes", "DeleteTopic", "ListSubscriptionsByTopic",
        "GetTopicAttributes", "Receive", "AddPermission", "Subscribe",
    ]

    @Sendable static func addPermission(_ input: AddPermissionInput, in context: WriteContext) throws {
        var topic = try topic(input.topicArn, for: "AddPermission", in: context)
        for action in input.actionName where !grantable.contains(action) {
            throw AWSError.invalidParameter("Policy statement action out of service scope!")
        }
        for account in input.awsAccountId where !AccountID.isValid(account) {
            throw AWSError.invalidParameter("AWSAccountId Reason: \(account) is not an AWS account ID")
        }
        var policy = try JSON(parsing: topic.effectivePolicy).object ?? JSONObject()
        let statements = policy["Statement"]?.array ?? []
        guard !statements.contains(where: { $0["Sid"] == .string(input.label) }) else {
            throw AWSError.invalidParameter("Statement already exists")
        }
        let principals = input.awsAccountId.map { JSON.string("arn:\(topic.arn.partition):iam::\($0):root") }
        policy["Statement"] = .array(
            statements + [
                .object([
                    "Sid": .string(input.label), "Effect": "Allow",
                    "Principal": .object(["AWS": oneOrMany(principals)]),
                    "Action": oneOrMany(input.actionName.map { .string("SNS:\($0)") }),
                    "Resource": .string(topic.arn.description),
                ])
            ])
        topic.policy = JSON.object(policy).description
        try topic.save(in: context)
        try context.record(.changed, topic.arn, operation: "AddPermission")
    }

    @Sendable static func removePermission(_ input: RemovePermissionInput, in context: WriteContext) throws {
        var topic = try topic(input.topicArn, for: "RemovePermission", in: context)
        var policy = try JSON(parsing: topic.effectivePolicy).object ?? JSONObject()
        let statements = policy["Statement"]?.array ?? []
        policy["Statement"] = .array(statements.filter { $0["Sid"] != .string(input.label) })
        topic.policy = JSON.object(policy).description
        try topic.save(in: context)
        try context.record(.changed, topic.arn, operation: "RemovePermission")
    }

    /// A single value stands by itself.
    private static func oneOrMany(_ values: [JSON]) -> JSON { values.count == 1 ? values[0] : .array(values) }
}
