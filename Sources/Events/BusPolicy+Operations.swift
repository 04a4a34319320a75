import JSON
import Kernel
import Model

/// Who may put events on a bus.
extension Events {
    /// In bytes of its compact text. EventBridge's guide names 10,240, AWS takes three times as many.
    private static let policyLimit = 30_720

    @Sendable static func putPermission(_ input: PutPermissionRequest, in context: WriteContext) throws {
        try check(input)
        var bus = try StoredBus.required(input.eventBusName, in: context)
        context.access("events:PutPermission", on: bus.arn.description)
        let document = try input.policy.map { try BusPolicy.checked($0, of: bus.arn) } ?? added(input, to: bus)
        let policy = JSON.object(document).description
        guard policy.utf8.count <= policyLimit else {
            throw AWSError(
                "PolicyLengthExceededException", "Policy size would be larger than the maximum allowed.")
        }
        guard policy != bus.policy else { return }
        bus.policy = policy
        bus.modified = context.now
        try bus.save(in: context)
        try context.record(.changed, bus.arn, operation: "PutPermission")
    }

    private static func check(_ input: PutPermissionRequest) throws {
        let parts = [("Action", input.action), ("Principal", input.principal), ("StatementId", input.statementId)]
        if input.policy != nil {
            guard parts.allSatisfy({ $0.1 == nil }), input.condition == nil else {
                throw AWSError.validation(
                    "Action, Principal, StatementId and Condition could not be combined with Policy parameter.")
            }
            return
        }
        if let missing = parts.first(where: { $0.1 == nil }) {
            throw AWSError.validation("Parameter(s) \(missing.0) must be specified.")
        }
        func refuse(_ parameter: String, _ problem: String) -> AWSError {
            AWSError.validation("Provided value in parameter '\(parameter)' is \(problem).")
        }
        guard input.action == "events:PutEvents" else { throw refuse("action", "not supported") }
        guard let condition = input.condition else { return }
        guard condition.type == "StringEquals" else { throw refuse("condition.type", "not supported") }
        guard condition.key == "aws:PrincipalOrgID" else { throw refuse("condition.key", "not supported") }
        guard isOrganization(condition.value) else { throw refuse("condition.value", "invalid") }
    }

    /// `o-` and 10 to 32 small letters and digits.
    private static func isOrganization(_ id: String) -> Bool {
        let name = id.utf8.dropFirst(2)
        return id.hasPrefix("o-") && (10...32).contains(name.count)
            && name.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
    }

    private static func added(_ input: PutPermissionRequest, to bus: StoredBus) throws -> JSONObject {
        let principal = input.principal ?? ""
        var statement = JSONObject([
            ("Sid", .string(input.statementId ?? "")), ("Effect", "Allow"),
            (
                "Principal",
                principal == "*" ? "*" : .object(["AWS": .string(BusPolicy.fullName(principal, bus.arn.partition))])
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
        let isAll = input.removeAllPermissions == true
        guard isAll || input.statementId != nil else {
            throw AWSError.validation("Parameter(s) StatementId must be specified.")
        }
        guard !isAll || input.statementId == nil else {
            throw AWSError.validation("StatementId could not be combined with All parameter.")
        }
        var bus = try StoredBus.required(input.eventBusName, in: context)
        context.access("events:RemovePermission", on: bus.arn.description)
        if isAll {
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
