import JSON
import Kernel
import Model

/// What a queue's policy may be.
///
/// Source of the limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
enum QueuePolicy {
    private static let byteLimit = 8192
    private static let statementLimit = 20
    static let actionLimit = 7

    private static let members: Set<String> = ["Version", "Id", "Statement"]
    private static let versions: Set<JSON> = ["2008-10-17", "2012-10-17"]
    private static let statementMembers: Set<String> = [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ]

    static func check(_ text: String) throws(AWSError) {
        guard text.utf8.count <= byteLimit else { throw over("Submitted policy is over max allowed size.") }
        guard let policy = (try? JSON(parsing: text))?.object, policy.allSatisfy({ members.contains($0.name) }),
            policy["Version"].map(versions.contains) != false
        else { throw .invalidAttributeValue("Policy") }
        let statements = statements(of: policy)
        guard statements.count <= statementLimit else {
            throw over(
                "\(statements.count) statements were found in the submitted policy, max allowed is \(statementLimit)")
        }
        guard !statements.isEmpty, statements.allSatisfy(isStatement) else { throw .invalidAttributeValue("Policy") }
        for count in statements.map({ $0["Action"]?.array?.count ?? 1 }) where count > actionLimit {
            throw over(
                "\(count) actions were found in a statement from the submitted policy, max allowed is \(actionLimit)")
        }
    }

    /// A single statement may stand by itself.
    static func statements(of policy: JSONObject) -> [JSON] {
        policy["Statement"]?.listed ?? []
    }

    private static func isStatement(_ json: JSON) -> Bool {
        guard let statement = json.object else { return false }
        return ["Allow", "Deny"].contains(statement["Effect"])
            && statement.allSatisfy { statementMembers.contains($0.name) }
            && ["Action", "Resource"].allSatisfy { statement[$0] ?? statement["Not" + $0] != nil }
    }

    private static func over(_ message: String) -> AWSError { AWSError("OverLimit", message, status: 403) }
}
