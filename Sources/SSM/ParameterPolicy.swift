import JSON
import Kernel
import Model

/// One policy of an advanced parameter.
///
/// Source: the AWS page "Assigning parameter policies in Parameter Store", and answers of the service.
struct ParameterPolicy: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case expiration(Timestamp)
        /// Milliseconds before the expiration.
        case expirationNotification(Int64)
        /// Milliseconds after the last change.
        case noChangeNotification(Int64)
    }

    static let limit = 10
    let kind: Kind
    let type: String
    let text: String

    // MARK: Reading

    /// The policies of a request; nil for the ways of saying that there shall be none.
    static func parse(_ text: String) throws(AWSError) -> [ParameterPolicy] {
        guard let list = (try? JSON(parsing: text))?.array else { throw .invalidPolicies(text) }
        guard list.count <= limit else {
            throw AWSError(
                "PoliciesLimitExceededException", "Number of policies attached to a parameter cannot exceed \(limit)")
        }
        var policies: [ParameterPolicy] = []
        for item in list {
            guard let object = item.object else { throw .invalidPolicies(text) }
            if object.isEmpty { continue }
            let policy = try ParameterPolicy(item)
            if !policies.contains(policy) { policies.append(policy) }
        }
        let expirations = policies.filter { $0.type == "Expiration" }.count
        if expirations > 1 { throw AWSError("IncompatiblePolicyException", "There can be only one expiration policy") }
        if expirations == 0, policies.contains(where: { $0.type == "ExpirationNotification" }) {
            throw AWSError(
                "IncompatiblePolicyException", "Expiration notification policies are missing expiration policy")
        }
        return policies
    }

    private init(_ json: JSON) throws(AWSError) {
        let type = json["Type"]?.string ?? "null"
        guard ["Expiration", "ExpirationNotification", "NoChangeNotification"].contains(type) else {
            throw AWSError("InvalidPolicyTypeException", "Policy type \(type) is not supported.")
        }
        guard json["Version"]?.string == "1.0" else { throw .invalidAttribute("Unsupported policy version.") }
        guard let attributes = json["Attributes"], attributes.object != nil else {
            throw .missingAttribute("Attributes")
        }
        switch type {
        case "Expiration":
            guard let timestamp = attributes["Timestamp"]?.string else {
                throw .invalidAttribute("A valid Expiration policy must have an attribute of Timestamp.")
            }
            guard let moment = Timestamp(iso8601: timestamp) else {
                throw .invalidAttribute("Invalid timestamp format")
            }
            kind = .expiration(moment)
        case "ExpirationNotification":
            kind = .expirationNotification(try Self.span("Before", attributes))
        default:
            kind = .noChangeNotification(try Self.span("After", attributes))
        }
        self.type = type
        text = json.description
    }

    private static func span(_ name: String, _ attributes: JSON) throws(AWSError) -> Int64 {
        guard let value = attributes[name] else { throw .missingAttribute(name) }
        guard let unit = attributes["Unit"]?.string else { throw .missingAttribute("Unit") }
        guard let count = value.string.flatMap(Int64.init) ?? value.int.map(Int64.init), count < 8_760_000 else {
            throw .invalidAttribute("Attribute \(name) must be a positive integer smaller than 8760000 .")
        }
        guard count > 0 else { throw .invalidAttribute("Attribute \(name) must be a positive integer.") }
        switch unit.lowercased() {
        case "days": return count * 86_400_000
        case "hours": return count * 3_600_000
        default: throw .invalidAttribute("Supported time units: DAYS HOURS")
        }
    }

    // MARK: Storing and showing

    static func text(of policies: [ParameterPolicy]) -> String { "[\(policies.map(\.text).joined(separator: ","))]" }

    static func stored(_ text: String) throws -> [ParameterPolicy] { try parse(text) }

    /// With what has become of them up to `now`, where that is shown.
    static func inlinePolicies(of version: ParameterVersion, now: Timestamp? = nil) -> [ParameterInlinePolicy] {
        version.policies.map { policy in
            let status = now.map { now in policy.due(in: version).map { $0 <= now } ?? false ? "Finished" : "Pending" }
            return ParameterInlinePolicy(policyText: policy.text, policyType: policy.type, policyStatus: status)
        }
    }

    // MARK: Acting

    static let jobKind = "ssm.parameter-policy"

    private func due(in version: ParameterVersion) -> Timestamp? {
        switch kind {
        case .expiration(let moment): return moment
        case .expirationNotification(let before):
            for policy in version.policies {
                if case .expiration(let moment) = policy.kind { return moment.adding(milliseconds: -before) }
            }
            return nil
        case .noChangeNotification(let after): return version.modified.adding(milliseconds: after)
        }
    }

    /// Plans what the policies of a new version will do; what an earlier version had planned is forgotten.
    static func schedule(_ version: ParameterVersion, in context: WriteContext) throws {
        let name = ParameterName.key(version.spelling)
        try context.unschedule(jobKind, subject: name)
        for (offset, policy) in version.policies.enumerated() {
            guard let due = policy.due(in: version) else { continue }
            // A notification whose time has passed already is not sent for an update that came after it.
            if policy.type != "Expiration", due <= context.now { continue }
            try context.schedule(
                jobKind, subject: "\(name)\n\(offset)", due: due,
                detail: .object(["name": .string(name), "version": .number(version.version), "policy": .number(offset)])
            )
        }
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        let owner = Owner(account: context.account, region: context.region)
        guard let name = job.detail["name"]?.string, let offset = job.detail["policy"]?.int,
            let version = try ParameterVersion.latest(name, owner: owner, in: context),
            version.version == job.detail["version"]?.int, version.policies.indices.contains(offset)
        else { return }
        let policy = version.policies[offset]
        let arn = ParameterName.arn(name, in: context)
        if policy.type == "Expiration" {
            try ParameterVersion.deleteParameter(name, in: context)
            try context.record(
                .deleted, arn, operation: "Expiration", detail: .object(["version": .number(version.version)]))
            try context.emit(.parameterStoreChange("Delete", version, arn: arn))
        }
        try context.emit(
            Event(
                source: "aws.ssm", detailType: "Parameter Store Policy Action", resources: [arn.description],
                detail: .object([
                    "parameter-name": .string(version.spelling), "parameter-type": .string(version.type.rawValue),
                    "policy-type": .string(policy.type), "policy-content": .string(policy.text),
                    "action-status": "Success",
                    "action-reason": .string(policy.reason),
                ])))
    }

    private var reason: String {
        switch kind {
        case .expiration: "The parameter expired and was deleted."
        case .expirationNotification: "The parameter is about to expire."
        case .noChangeNotification: "The parameter has not been changed for the time that the policy allows."
        }
    }
}

extension AWSError {
    fileprivate static func invalidPolicies(_ text: String) -> AWSError {
        .validation("Invalid policies input: \(text).")
    }

    fileprivate static func invalidAttribute(_ message: String) -> AWSError {
        AWSError("InvalidPolicyAttributeException", message)
    }

    fileprivate static func missingAttribute(_ name: String) -> AWSError {
        .invalidAttribute("Mandatory policy attribute \(name) is missing.")
    }
}

extension Event {
    /// Source: the AWS page "Systems Manager event types": Parameter Store, and events of the service.
    ///
    /// - Parameters:
    ///   - label: the label that came to the version, if that is what happened.
    ///   - former: the version that had the label before.
    static func parameterStoreChange(
        _ operation: String, _ version: ParameterVersion, arn: ARN, label: String? = nil, former: Int? = nil
    ) -> Event {
        Event(
            source: "aws.ssm", detailType: "Parameter Store Change", resources: [arn.description],
            detail: .object([
                "fromVersion": label.map { _ in .string(former.map(String.init) ?? "") },
                "name": .string(version.spelling), "description": version.description.map(JSON.string),
                "label": label.map(JSON.string), "type": .string(version.type.rawValue),
                "operation": .string(operation), "toVersion": label.map { _ in .string(String(version.version)) },
            ]))
    }
}
