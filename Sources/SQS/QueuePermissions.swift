import JSON
import Kernel
import Model

extension SQS {
    /// What others than the owner can be allowed to do.
    private static let grantable: Set<String> = [
        "*", "SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes",
        "GetQueueUrl", "ListDeadLetterSourceQueues", "PurgeQueue",
    ]

    @Sendable static func addPermission(_ input: AddPermissionRequest, in context: WriteContext) throws {
        var queue = try queue(input.queueUrl, for: "AddPermission", in: context)
        guard !input.actions.isEmpty else { throw AWSError.missingParameter("Actions") }
        guard input.actions.count <= QueuePolicy.actionLimit else {
            throw AWSError(
                "OverLimit",
                "\(input.actions.count) Actions were found, maximum allowed is \(QueuePolicy.actionLimit).", status: 403
            )
        }
        guard !input.awsAccountIds.isEmpty else {
            throw AWSError.invalidParameter("PrincipalId", "[]", "Unable to verify.")
        }
        guard (1...80).contains(input.label.utf8.count), input.label.utf8.allSatisfy(isNameByte) else {
            throw AWSError.invalidParameter(
                "Label", input.label,
                "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
        }
        for action in input.actions where !grantable.contains(action) {
            throw AWSError.invalidParameter(
                "ActionName", "SQS:\(action)", "Only the queue owner is allowed to invoke this action.")
        }
        for account in input.awsAccountIds where !AccountID.isValid(account) {
            throw AWSError.invalidParameter(
                "PrincipalId", account, "Unable to verify.")
        }
        var policy =
            queue.settings.policy.flatMap { try? JSON(parsing: $0).object }
            ?? JSONObject([
                ("Version", "2008-10-17"), ("Id", .string("\(queue.arn)/SQSDefaultPolicy")), ("Statement", .array([])),
            ])
        let statements = QueuePolicy.statements(of: policy)
        guard !statements.contains(where: { $0["Sid"] == .string(input.label) }) else {
            throw AWSError.invalidParameter("Label", input.label, "Already exists.")
        }
        let principals = input.awsAccountIds.map {
            JSON.string("arn:\(queue.arn.partition):iam::\($0):root")
        }
        policy["Statement"] = .array(
            statements + [
                .object([
                    "Sid": .string(input.label), "Effect": "Allow",
                    "Principal": .object(["AWS": oneOrMany(principals)]),
                    "Action": oneOrMany(input.actions.map { .string("SQS:\($0)") }),
                    "Resource": .string(queue.arn.description),
                ])
            ])
        try QueuePolicy.check(JSON.object(policy).description)
        try save(policy, of: &queue, operation: "AddPermission", in: context)
    }

    @Sendable static func removePermission(_ input: RemovePermissionRequest, in context: WriteContext) throws {
        var queue = try queue(input.queueUrl, for: "RemovePermission", in: context)
        var policy = queue.settings.policy.flatMap { try? JSON(parsing: $0).object } ?? JSONObject()
        let statements = QueuePolicy.statements(of: policy)
        let kept = statements.filter { $0["Sid"] != .string(input.label) }
        guard kept.count < statements.count else {
            throw AWSError.invalidParameter("Label", input.label, "can't find label.")
        }
        policy["Statement"] = .array(kept)
        try save(kept.isEmpty ? nil : policy, of: &queue, operation: "RemovePermission", in: context)
    }

    private static func save(
        _ policy: JSONObject?, of queue: inout Queue, operation: String, in context: WriteContext
    ) throws {
        queue.settings.policy = policy.map { JSON.object($0).description }
        queue.modified = context.now
        try queue.save(in: context)
        try context.record(.changed, queue.arn, operation: operation)
    }

    /// A single value stands by itself.
    private static func oneOrMany(_ values: [JSON]) -> JSON { values.count == 1 ? values[0] : .array(values) }
}
