import JSON
import Model

/// How much is made of the permissions that services need on each other's resources.
public enum PermissionLevel: String, Sendable, CaseIterable {
    /// They are not looked at.
    case off
    /// What AWS would refuse is done, and the journal says which statement is missing.
    case warn
    /// As AWS does.
    case enforce
}

extension WriteContext {
    /// Makes sure that a resource's policy lets a service do something with it.
    ///
    /// Throws a `DeliveryFailure` where the server is told to enforce permissions.
    public func permit(_ sender: Sender, _ action: String, on resource: ARN, policy: String?) throws {
        let request = PolicyRequest(
            principal: .service(sender.service), action: action, resource: resource.description,
            conditions: [
                "aws:SourceArn": [sender.source], "aws:SourceAccount": [sender.account],
                "aws:PrincipalIsAWSService": ["true"],
            ])
        try permit(request, by: sender, on: resource, policy: policy)
    }

    /// The same for an account that sends by a role of its own.
    public func permitAccount(of sender: Sender, _ action: String, on resource: ARN, policy: String?) throws {
        let request = PolicyRequest(
            principal: .principal(.root(of: sender.account, region: resource.region)), action: action,
            resource: resource.description, conditions: ["aws:SourceAccount": [sender.account]])
        try permit(request, by: sender, on: resource, policy: policy)
    }

    private func permit(_ request: PolicyRequest, by sender: Sender, on resource: ARN, policy: String?) throws {
        guard kernel.permissions != .off else { return }
        let action = request.action
        let verdict =
            policy.map { PolicyDocument($0)?.verdict(on: request) ?? .notCovered("the policy cannot be read") }
            ?? .notCovered("\(resource) has no policy")
        guard !verdict.isAllowed else { return }
        if kernel.permissions == .enforce {
            throw DeliveryFailure(
                "AccessDenied", "\(sender.service) may not \(action) on \(resource): \(verdict.reason).")
        }
        guard kernel.isNew(warning: "\(sender.source) \(action) \(resource)") else { return }
        try note(
            "notEnforced", resource.description,
            detail: .object([
                "reason": .string(
                    "AWS would refuse \(action) by \(sender.service) for \(sender.source): \(verdict.reason)"),
                "missingStatement": PolicyDocument.statement(allowing: request),
            ]))
    }
}
