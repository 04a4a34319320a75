import JSON
import Model

extension JSON {
    /// The items of a list, and anything else by itself: in policies, what is one need not be in a list.
    public var listed: [JSON] { array ?? [self] }
}

/// A resource policy in the language of IAM.
///
/// Source: the IAM user guide's pages "IAM JSON policy element reference" and "Policy evaluation logic".
public struct PolicyDocument: Sendable {
    let statements: [PolicyStatement]

    /// - Returns: nil for what is no policy.
    public init?(_ text: String) {
        guard let document = try? JSON(parsing: text), document.object != nil, let member = document["Statement"] else {
            return nil
        }
        let hasVariables = document["Version"] == "2012-10-17"
        var statements: [PolicyStatement] = []
        for json in member.listed {
            guard let statement = PolicyStatement(json, hasVariables: hasVariables) else { return nil }
            statements.append(statement)
        }
        self.statements = statements
    }

    /// A statement that denies outweighs all that allow.
    public func verdict(on request: PolicyRequest) -> PolicyVerdict {
        var allowing: String?
        var nearest: (depth: Int, reason: String)?
        for (index, statement) in statements.enumerated() {
            let name = statement.sid.map { "the statement \"\($0)\"" } ?? "statement \(index + 1)"
            switch statement.mismatch(request) {
            case nil where !statement.allows: return .denied("\(name) denies it")
            case nil: allowing = allowing ?? name
            case let mismatch?:
                if statement.allows, mismatch.depth > nearest?.depth ?? 0 {
                    nearest = (mismatch.depth, "\(name) does not allow it: \(mismatch.reason)")
                }
            }
        }
        if let allowing { return .allowed("\(allowing) allows it") }
        return .notCovered(nearest?.reason ?? "no statement of the policy is about it")
    }

    /// The statement that would allow a request of a service or an account, ready to be pasted into a policy.
    public static func statement(allowing request: PolicyRequest) -> JSON {
        guard let service = request.principal.service else {
            let account = request.principal.account ?? ""
            return .object([
                "Sid": .string("Allow\(account)"), "Effect": "Allow",
                "Principal": .object(["AWS": .string(account)]), "Action": .string(request.action),
                "Resource": .string(request.resource),
            ])
        }
        return .object([
            "Sid": .string("Allow\(service.prefix { $0 != "." }.uppercased())"), "Effect": "Allow",
            "Principal": .object(["Service": .string(service)]), "Action": .string(request.action),
            "Resource": .string(request.resource),
            "Condition": .object([
                "ArnEquals": .object(["aws:SourceArn": .string(request.conditions["aws:sourcearn"]?.first ?? "")])
            ]),
        ])
    }
}

/// What is asked of a policy.
public struct PolicyRequest: Sendable {
    public struct Who: Sendable {
        /// `sns.amazonaws.com`, where a service acts.
        public let service: String?
        public let account: String?
        public let arn: String?

        public static func service(_ name: String) -> Who { Who(service: name, account: nil, arn: nil) }

        public static func principal(_ principal: Principal) -> Who {
            Who(service: nil, account: principal.account, arn: principal.arn)
        }
    }

    public let principal: Who
    /// `sqs:SendMessage`.
    public let action: String
    /// An ARN.
    public let resource: String
    /// By key in lower case: `aws:sourcearn`.
    public let conditions: [String: [String]]

    public init(principal: Who, action: String, resource: String, conditions: [String: [String]] = [:]) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.conditions = Dictionary(
            conditions.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}

/// What a policy says, with the reason in words.
public enum PolicyVerdict: Sendable, Equatable {
    case allowed(String)
    case denied(String)
    case notCovered(String)

    public var isAllowed: Bool {
        if case .allowed = self { true } else { false }
    }

    public var reason: String {
        switch self {
        case .allowed(let reason), .denied(let reason), .notCovered(let reason): reason
        }
    }
}
