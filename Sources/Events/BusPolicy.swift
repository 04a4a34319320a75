import JSON
import Kernel
import Model

/// A policy of a bus that is put as a whole: its checks and the form in which it is kept.
///
/// The texts are those of AWS's answers; each statement is named by where it starts in the text.
enum BusPolicy {
    /// What policies of buses may be about, of all that EventBridge does.
    private static let actions = [
        "DeleteRule", "DescribeEventBus", "DescribeRule", "DisableRule", "EnableRule", "ListRuleNamesByTarget",
        "ListRules", "ListTagsForResource", "ListTargetsByRule", "PutEvents", "PutRule", "PutTargets", "RemoveTargets",
        "TagResource", "UntagResource",
    ].map { "events:\($0)" }

    /// - Returns: the policy with its statements in a list and accounts by the ARNs of their roots.
    static func checked(_ text: String, of bus: ARN) throws -> JSONObject {
        guard let json = try? JSON(parsing: text) else {
            throw AWSError.validation("This policy contains invalid Json")
        }
        guard var policy = json.object else { throw AWSError.validation("This text appears not to be a policy") }
        try requireFields(["Version", "Statement"], of: json)
        let statements = policy["Statement"]?.listed ?? []
        guard !statements.isEmpty else {
            throw AWSError.validation("Could not parse the policy: Statement is empty!")
        }
        var sids: Set<String> = []
        for (index, statement) in statements.enumerated() {
            func refuse(_ problem: String) -> AWSError {
                let place = place(ofStatement: index, in: text)
                return .validation("Invalid statement at line \(place.line) column \(place.column): \(problem)")
            }
            for name in ["NotAction", "NotPrincipal", "NotResource"] where statement[name] != nil {
                throw AWSError.validation("Has prohibited field \(name)")
            }
            try requireFields(["Sid", "Effect", "Principal", "Action", "Resource"], of: statement)
            guard sids.insert(statement["Sid"]?.string ?? "").inserted else {
                throw refuse("The Statement Ids in the policy are not unique")
            }
            if let problem = problem(ofActions: strings(statement["Action"])) { throw refuse(problem) }
            for resource in strings(statement["Resource"]) { try check(resource, of: bus) }
        }
        policy["Statement"] = .array(statements.map { withFullNames($0, bus.partition) })
        guard PolicyDocument(JSON.object(policy).description) != nil else {
            throw AWSError.validation("This text appears not to be a policy")
        }
        return policy
    }

    /// `arn:aws:iam::111111111111:root` of `111111111111`; other principals as they are.
    static func fullName(_ principal: String, _ partition: String) -> String {
        AccountID.isValid(principal) ? "arn:\(partition):iam::\(principal):root" : principal
    }

    private static func withFullNames(_ statement: JSON, _ partition: String) -> JSON {
        guard var object = statement.object, var principal = object["Principal"]?.object,
            let accounts = principal["AWS"]
        else { return statement }
        func full(_ json: JSON) -> JSON { json.string.map { .string(fullName($0, partition)) } ?? json }
        principal["AWS"] = accounts.array.map { .array($0.map(full)) } ?? full(accounts)
        object["Principal"] = .object(principal)
        return .object(object)
    }

    private static func requireFields(_ names: [String], of json: JSON) throws {
        for name in names where json[name] == nil { throw AWSError.validation("Missing required field \(name)") }
    }

    private static func strings(_ json: JSON?) -> [String] {
        (json?.listed ?? []).compactMap(\.string)
    }

    private static func problem(ofActions names: [String]) -> String? {
        guard names.allSatisfy({ $0 == "*" || $0.lowercased().hasPrefix("events:") }) else {
            return "Action field includes AWS services that are inconsistent with specified vendor"
        }
        let unknown = names.filter { name in
            let pattern = Array(name.lowercased().utf8)
            return !actions.contains { Wildcard.matches(pattern, Array($0.lowercased().utf8)) }
        }
        guard !unknown.isEmpty else { return nil }
        let list = HashOrder.set(unknown).map { "\"\($0)\"" }.joined(separator: ", ")
        return "The following action names are invalid: \(list)"
    }

    /// A resource is the bus or what is under its rules, in any Region and partition.
    private static func check(_ resource: String, of bus: ARN) throws {
        guard let arn = ARN(resource) else { return }
        guard arn.account == bus.account else {
            throw AWSError.validation("The namespace \"\(arn.account)\" is invalid for ARN \"\(resource)\"")
        }
        let name = StoredBus.name(of: bus)
        let rules = name == StoredBus.defaultName ? "rule/" : "rule/\(name)/"
        guard arn.resource == bus.resource || arn.resource.hasPrefix(rules) else {
            throw AWSError.validation("The relative-id \"\(arn.resource)\" is invalid for ARN \"\(resource)\"")
        }
    }

    /// Where a statement's brace stands, counted from 1: the only braces two levels deep are those of statements in a list,
    /// else the only one is that of the statement.
    private static func place(ofStatement index: Int, in text: String) -> (line: Int, column: Int) {
        var (line, column, depth, left) = (1, 0, 0, index)
        var isInString = false
        var isEscaped = false
        for character in text {
            column += 1
            if character.isNewline { (line, column) = (line + 1, 0) }
            if isInString {
                if character == "\"", !isEscaped { isInString = false }
                isEscaped = character == "\\" && !isEscaped
                continue
            }
            switch character {
            case "\"": isInString = true
            case "{", "[":
                if character == "{", depth == 1 || depth == 2 {
                    if left == 0 { return (line, column) }
                    left -= 1
                }
                depth += 1
            case "}", "]": depth -= 1
            default: break
            }
        }
        return (line, column)
    }
}
