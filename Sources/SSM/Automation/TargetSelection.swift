import JSON
import Kernel
import Model

/// The resources that the Targets of an execution stand for, as values of its target parameter.
///
/// Source: the user guide's page "Mapping targets for an automation".
struct TargetSelection {
    /// `/AWS::SQS::Queue`, the type that the runbook is for; nil and `/` for all.
    let type: String?
    let context: ReadContext

    /// Of tags, a resource must have all.
    func values(of targets: [Target]) throws -> [String] {
        let tags = try targets.filter { $0.key != "ParameterValues" }.map { target in
            guard let key = target.key, key.hasPrefix("tag:"), key.count > "tag:".count else {
                throw refusal(of: target)
            }
            return (key: String(key.dropFirst("tag:".count)), values: Set(target.values ?? []))
        }
        guard tags.isEmpty || tags.count == targets.count else {
            throw AWSError("InvalidTarget", "ParameterValues and tags cannot be given together.")
        }
        guard let first = tags.first else { return targets.flatMap { $0.values ?? [] } }
        var values: [String] = []
        for arn in try resources(with: first.key, first.values) {
            let own = try context.tags(of: arn)
            guard tags.allSatisfy({ tag in own.contains { $0.key == tag.key && tag.values.contains($0.value) } }),
                case .present(let resource)? = try context.observe(arn), isWanted(resource.type)
            else { continue }
            values.append(resource.id)
        }
        guard !values.isEmpty else { throw Self.noResource }
        return values
    }

    /// The text of the API reference.
    private static let noResource = AWSError(
        "InvalidTarget",
        "The target isn't valid or doesn't exist. It might not be configured for Systems Manager or you might not have permission to perform the operation."
    )

    /// There is no group as long as there is no service that makes them.
    private func refusal(of target: Target) -> AWSError {
        target.key == "ResourceGroup"
            ? Self.noResource
            : AWSError(
                "InvalidTarget",
                "Targets of the key \(target.key ?? "") are not served; ParameterValues, tag:NAME and ResourceGroup are."
            )
    }

    private func isWanted(_ found: String) -> Bool { type == nil || type == "/" || type == "/\(found)" }

    private func resources(with key: String, _ values: Set<String>) throws -> [ARN] {
        var found: [ARN] = []
        try context.database.query(
            "SELECT resource, value FROM tag WHERE account = ? AND region = ? AND key = ? ORDER BY resource",
            context.account, context.region, key
        ) { row in
            if values.contains(row.text(1)), let arn = ARN(row.text(0)) { found.append(arn) }
        }
        return found
    }
}
