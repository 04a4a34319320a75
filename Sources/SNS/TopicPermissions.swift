import JSON
import Kernel
import Model

/// What a topic's policy may permit.
enum TopicPermissions {
    static let outOfScope = "Policy statement action out of service scope!"

    /// Source: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html, and
    /// `Receive` of older policies.
    static let actions: Set<String> = [
        "AddPermission", "DeleteTopic", "GetDataProtectionPolicy", "GetTopicAttributes", "ListSubscriptionsByTopic",
        "ListTagsForResource", "Publish", "PutDataProtectionPolicy", "Receive", "RemovePermission",
        "SetTopicAttributes", "Subscribe",
    ]
    private static let names = Set(actions.map { "sns:\($0.lowercased())" })

    /// - Parameter name: as in a policy, in small letters; it may have wildcards.
    static func isKnown(_ name: String) -> Bool {
        name.contains { $0 == "*" || $0 == "?" } ? name.hasPrefix("sns:") : names.contains(name)
    }
}

extension SNS {
    @Sendable static func addPermission(_ input: AddPermissionInput, in context: WriteContext) throws {
        var topic = try topic(input.topicArn, for: "AddPermission", in: context)
        guard TopicPermissions.actions.isSuperset(of: input.actionName) else {
            throw AWSError.invalidParameter(TopicPermissions.outOfScope)
        }
        guard input.awsAccountId.allSatisfy(AccountID.isValid) else {
            throw AWSError.invalidParameter("A provided account ID is not valid")
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
