import JSON
import Kernel
import Model

/// Policies by which an advanced parameter is shared with other accounts.
///
/// Source: the AWS page "Working with shared parameters in Parameter Store".
struct ResourcePolicy {
    let id: String
    let hash: String
    let text: String

    static func all(of resource: ARN, in context: ReadContext) throws -> [ResourcePolicy] {
        var policies: [ResourcePolicy] = []
        try context.database.query(
            """
            SELECT policy_id, policy_hash, policy FROM ssm_resource_policy
            WHERE account = ? AND region = ? AND resource = ? ORDER BY policy_id
            """, resource.account, resource.region, resource.description
        ) { policies.append(ResourcePolicy(id: $0.text(0), hash: $0.text(1), text: $0.text(2))) }
        return policies
    }

    static func allows(
        _ action: String, on resource: ARN, to principal: Principal, in context: ReadContext
    ) throws -> Bool {
        try all(of: resource, in: context).contains { $0.allows(action, on: resource, to: principal) }
    }

    /// The ARNs of the parameters that other accounts share with the caller, in the caller's Region.
    static func parametersShared(with principal: Principal, in context: ReadContext) throws -> [ARN] {
        var shared: [ARN] = []
        try context.database.query(
            "SELECT resource, policy_id, policy_hash, policy FROM ssm_resource_policy WHERE region = ? AND account <> ?",
            context.region, context.account
        ) { row in
            let policy = ResourcePolicy(id: row.text(1), hash: row.text(2), text: row.text(3))
            if let arn = ARN(row.text(0)), policy.allows("ssm:GetParameter", on: arn, to: principal),
                !shared.contains(arn)
            {
                shared.append(arn)
            }
        }
        return shared.sorted { $0.description < $1.description }
    }

    /// Whether a statement lets the account, its root or the very caller do it, and none denies it.
    private func allows(_ action: String, on resource: ARN, to principal: Principal) -> Bool {
        guard let statements = (try? JSON(parsing: text))?["Statement"] else { return false }
        let matching = statements.listed.filter { statement in
            Self.names(principal, in: statement["Principal"], partition: resource.partition)
                && Self.strings(statement["Action"]).contains { [action, "ssm:Get*", "ssm:*", "*"].contains($0) }
                && Self.strings(statement["Resource"]).contains { $0 == "*" || $0 == resource.description }
        }
        // Conditions are not judged, so what hangs on one is not given.
        return matching.contains { $0["Effect"] == "Allow" && $0["Condition"] == nil }
            && !matching.contains { $0["Effect"] == "Deny" }
    }

    private static func names(_ principal: Principal, in json: JSON?, partition: String) -> Bool {
        let named = strings(json?["AWS"] ?? json)
        let root = "arn:\(partition):iam::\(principal.account):root"
        return named.contains { $0 == "*" || $0 == principal.account || $0 == root || $0 == principal.arn }
    }

    private static func strings(_ json: JSON?) -> [String] {
        (json?.listed ?? []).compactMap(\.string)
    }
}

extension SSM {
    @Sendable static func putResourcePolicy(
        _ input: PutResourcePolicyRequest, in context: WriteContext
    ) throws -> PutResourcePolicyResponse {
        let arn = try sharedParameter(input.resourceArn, in: context)
        context.access("ssm:PutResourcePolicy", on: arn.description)
        guard let policy = try? JSON(parsing: input.policy), policy["Statement"] != nil else {
            throw AWSError("ResourcePolicyInvalidParameterException", "The policy is not a valid policy document.")
        }
        let current = try ResourcePolicy.all(of: arn, in: context)
        if let id = input.policyId {
            guard let replaced = current.first(where: { $0.id == id }) else { throw AWSError.resourcePolicyNotFound }
            guard replaced.hash == input.policyHash else { throw AWSError.resourcePolicyConflict }
        } else if !current.isEmpty {
            throw AWSError.resourcePolicyConflict
        }
        let id = input.policyId ?? context.random.uuid()
        let hash = Hexadecimal.encode(context.random.bytes(32))
        try context.database.run(
            """
            INSERT OR REPLACE INTO ssm_resource_policy (account, region, resource, policy_id, policy_hash, policy)
            VALUES (?, ?, ?, ?, ?, ?)
            """, context.account, context.region, arn.description, id, hash, input.policy)
        try context.record(.changed, arn, operation: "PutResourcePolicy", detail: .object(["policyId": .string(id)]))
        return PutResourcePolicyResponse(policyId: id, policyHash: hash)
    }

    @Sendable static func getResourcePolicies(
        _ input: GetResourcePoliciesRequest, in context: ReadContext
    ) throws -> GetResourcePoliciesResponse {
        let arn = try sharedParameter(input.resourceArn, in: context)
        context.access("ssm:GetResourcePolicies", on: arn.description)
        let after = try position(in: input.nextToken, purpose: "GetResourcePolicies \(arn)", context) ?? ""
        let limit = input.maxResults ?? 50
        let found = try ResourcePolicy.all(of: arn, in: context).filter { $0.id > after }
        let page = found.prefix(limit)
        return GetResourcePoliciesResponse(
            nextToken: found.count > limit
                ? page.last.map { context.token(for: $0.id, purpose: "GetResourcePolicies \(arn)") } : nil,
            policies: page.map {
                GetResourcePoliciesResponseEntry(policyId: $0.id, policyHash: $0.hash, policy: $0.text)
            })
    }

    @Sendable static func deleteResourcePolicy(
        _ input: DeleteResourcePolicyRequest, in context: WriteContext
    ) throws -> DeleteResourcePolicyResponse {
        let arn = try sharedParameter(input.resourceArn, in: context)
        context.access("ssm:DeleteResourcePolicy", on: arn.description)
        guard let policy = try ResourcePolicy.all(of: arn, in: context).first(where: { $0.id == input.policyId }) else {
            throw AWSError.resourcePolicyNotFound
        }
        guard policy.hash == input.policyHash else { throw AWSError.resourcePolicyConflict }
        try context.database.run(
            "DELETE FROM ssm_resource_policy WHERE account = ? AND region = ? AND resource = ? AND policy_id = ?",
            context.account, context.region, arn.description, policy.id)
        try context.record(
            .changed, arn, operation: "DeleteResourcePolicy", detail: .object(["policyId": .string(policy.id)]))
        return DeleteResourcePolicyResponse()
    }

    /// The caller's own advanced parameter of that ARN: only those can be shared.
    private static func sharedParameter(_ text: String, in context: ReadContext) throws -> ARN {
        guard let arn = ARN(text), arn.service == "ssm", arn.resource.hasPrefix("parameter/") else {
            throw AWSError("ResourcePolicyInvalidParameterException", "The resource ARN \(text) is not valid.")
        }
        let name = String(arn.resource.dropFirst("parameter/".count))
        let owner = Owner(account: context.account, region: context.region)
        guard arn.account == owner.account, arn.region == owner.region,
            let version = try ParameterVersion.latest(name, owner: owner, in: context)
        else { throw AWSError("ResourceNotFoundException", "The parameter \(text) does not exist.") }
        guard version.tier == .advanced else {
            throw AWSError(
                "ResourcePolicyInvalidParameterException",
                "Only parameters of the advanced tier can be shared; \(version.spelling) is of the standard tier.")
        }
        return arn
    }
}

extension AWSError {
    fileprivate static let resourcePolicyConflict = AWSError(
        "ResourcePolicyConflictException", "The hash provided in the call doesn't match the stored hash.")
    fileprivate static let resourcePolicyNotFound = AWSError(
        "ResourcePolicyNotFoundException", "No policies with the specified policy ID and hash could be found.")
}
