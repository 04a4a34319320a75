import JSON
import Kernel
import Model

/// Who may put events on a bus.
extension Events {
    private static let policyLimit = 10_240

    @Sendable static func putPermission(_ input: PutPermissionRequest, in context: WriteContext) throws {
        var bus = try StoredBus.required(input.eventBusName, in: context)
        context.access("events:PutPermission", on: bus.arn.description)
        if let policy = input.policy {
            guard PolicyDocument(policy) != nil else {
                throw AWSError.validation("Parameter Policy is not valid. Reason: The policy is not well-formed.")
            }
            bus.policy = policy
        } else {
            bus.policy = JSON.object(try added(input, to: bus)).description
        }
        guard bus.policy?.count ?? 0 <= policyLimit else {
            throw AWSError(
                "PolicyLengthExceededException", "The policy of the event bus is longer than \(policyLimit) characters."
            )
        }
        bus.modified = context.now
        try bus.save(in: context)
        try context.record(.changed, bus.arn, operation: "PutPermission")
    }

    private static func added(_ input: PutPermissionRequest, to bus: StoredBus) throws -> JSONObject {
        for (name, value) in [
            ("StatementId", input.statementId), ("Action", input.action), ("Principal", input.principal),
        ] where value == nil {
            throw AWSError.validation("Parameter \(name) is required.")
        }
        var statement = JSONObject([
            ("Sid", .string(input.statementId ?? "")), ("Effect", "Allow"),
            (
                "Principal",
                input.principal == "*"
                    ? "*"
                    : .object(["AWS": .string("arn:\(bus.arn.partition):iam::\(input.principal ?? ""):root")])
            ),
            ("Action", .string(input.action ?? "")), ("Resource", .string(bus.arn.description)),
        ])
        if let condition = input.condition {
            statement["Condition"] = .object([
                condition.type: .object([condition.key: .string(condition.value)])
            ])
        }
        var policy =
            try bus.policy.flatMap { try JSON(parsing: $0).object }
            ?? JSONObject([("Version", .string("2012-10-17")), ("Statement", .array([]))])
        // A statement of the same name is replaced.
        let others = (policy["Statement"]?.array ?? []).filter { $0["Sid"]?.string != input.statementId }
        policy["Statement"] = .array(others + [.object(statement)])
        return policy
    }

    @Sendable static func removePermission(_ input: RemovePermissionRequest, in context: WriteContext) throws {
        var bus = try StoredBus.required(input.eventBusName, in: context)
        context.access("events:RemovePermission", on: bus.arn.description)
        if input.removeAllPermissions == true {
            bus.policy = nil
        } else {
            var policy = try bus.policy.flatMap { try JSON(parsing: $0).object } ?? JSONObject()
            let statements = policy["Statement"]?.array ?? []
            let left = statements.filter { $0["Sid"]?.string != input.statementId }
            guard left.count < statements.count else {
                throw AWSError.notFound("Statement with the provided id does not exist.")
            }
            policy["Statement"] = .array(left)
            bus.policy = left.isEmpty ? nil : JSON.object(policy).description
        }
        bus.modified = context.now
        try bus.save(in: context)
        try context.record(.changed, bus.arn, operation: "RemovePermission")
    }
}
