import JSON
import Kernel
import Model

extension STS {
    @Sendable static func assumeRole(_ input: AssumeRoleRequest, in context: WriteContext) throws -> AssumeRoleResponse
    {
        let role = try role(input.roleArn)
        context.access("sts:AssumeRole", on: input.roleArn)
        try checkTags(input.tags ?? [], transitive: input.transitiveTagKeys ?? [])
        let inherited = try transitiveTags(in: context)
        let inheritedKeys = Set(inherited.map { $0.key.lowercased() })
        guard !(input.tags ?? []).contains(where: { inheritedKeys.contains($0.key.lowercased()) }) else {
            throw AWSError(
                "InvalidParameterValue",
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from "
                    + "the calling session.")
        }
        let seconds = input.durationSeconds ?? 3600
        if context.principal.arn.contains(":assumed-role/"), seconds > 3600 {
            throw AWSError.validation(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
        }
        try noteScope(policy: input.policy, arns: input.policyArns, in: context)
        if input.serialNumber != nil || input.tokenCode != nil {
            try context.notEnforced(
                "sts AssumeRole TokenCode", reason: "no MFA device is known here, so any code is taken")
        }
        let (user, credentials) = try session(
            of: role, name: input.roleSessionName, seconds: seconds, operation: "AssumeRole",
            tags: inherited + (input.tags ?? []),
            transitive: inherited.map(\.key) + (input.transitiveTagKeys ?? []), in: context)
        return AssumeRoleResponse(
            credentials: credentials, assumedRoleUser: user,
            packedPolicySize: packedSize(input.policy, input.policyArns, input.tags),
            sourceIdentity: input.sourceIdentity)
    }

    @Sendable static func assumeRoleWithWebIdentity(
        _ input: AssumeRoleWithWebIdentityRequest, in context: WriteContext
    ) throws -> AssumeRoleWithWebIdentityResponse {
        let role = try role(input.roleArn)
        let claims = try WebIdentity(token: input.webIdentityToken)
        if let expires = claims.expires, expires <= context.now {
            throw AWSError(
                "ExpiredTokenException",
                "Token expired: current date/time \(context.now.milliseconds / 1000) must be before the expiration date/time "
                    + "\(expires.milliseconds / 1000)")
        }
        try noteScope(policy: input.policy, arns: input.policyArns, in: context)
        try context.notEnforced(
            "sts AssumeRoleWithWebIdentity WebIdentityToken",
            reason: "the token is read, but its signature is not verified")
        let (user, credentials) = try session(
            of: role, name: input.roleSessionName, seconds: input.durationSeconds ?? 3600,
            operation: "AssumeRoleWithWebIdentity", in: context)
        return AssumeRoleWithWebIdentityResponse(
            credentials: credentials, subjectFromWebIdentityToken: claims.subject, assumedRoleUser: user,
            packedPolicySize: packedSize(input.policy, input.policyArns, nil),
            provider: input.providerId ?? claims.issuer,
            audience: claims.audience)
    }

    @Sendable static func assumeRoleWithSAML(
        _ input: AssumeRoleWithSAMLRequest, in context: WriteContext
    ) throws -> AssumeRoleWithSAMLResponse {
        let role = try role(input.roleArn)
        let assertion = try SAMLAssertion(input.samlAssertion)
        try noteScope(policy: input.policy, arns: input.policyArns, in: context)
        try context.notEnforced(
            "sts AssumeRoleWithSAML SAMLAssertion", reason: "the assertion is read, but its signature is not verified")
        let (user, credentials) = try session(
            of: role, name: assertion.sessionName ?? assertion.subject, seconds: input.durationSeconds ?? 3600,
            operation: "AssumeRoleWithSAML", in: context)
        return AssumeRoleWithSAMLResponse(
            credentials: credentials, assumedRoleUser: user,
            packedPolicySize: packedSize(input.policy, input.policyArns, nil),
            subject: assertion.subject, subjectType: assertion.subjectType, issuer: assertion.issuer,
            audience: assertion.audience, nameQualifier: assertion.nameQualifier)
    }

    private static func role(_ text: String) throws(AWSError) -> Role {
        guard let role = Role(arn: text) else { throw .validation("\(text) is invalid") }
        return role
    }

    private static func session(
        of role: Role, name: String, seconds: Int, operation: String, tags: [Tag] = [], transitive: [String] = [],
        in context: WriteContext
    ) throws -> (AssumedRoleUser, Credentials) {
        let principal = role.principal(sessionName: name)
        let source = JSON.object([
            "operation": .string(operation), "role": .string(role.arn.description),
            "by": .string(context.principal.arn),
            "tags": .array(tags.map(\.json)), "transitive": .array(transitive.map(JSON.string)),
        ])
        let credentials = try TemporaryCredentials.issue(for: principal, seconds: seconds, source: source, in: context)
        return (AssumedRoleUser(assumedRoleId: principal.userID, arn: principal.arn), credentials)
    }

    /// The tags of the calling session that go on to the sessions it starts.
    private static func transitiveTags(in context: ReadContext) throws -> [Tag] {
        guard let keyID = context.principal.sessionKeyID, let session = try Session.find(keyID, in: context) else {
            return []
        }
        let keys = (session.source["transitive"]?.array ?? []).compactMap { $0.string?.lowercased() }
        return (session.source["tags"]?.array ?? []).map(Tag.init(json:)).filter { keys.contains($0.key.lowercased()) }
    }

    /// Absent without a policy or tags; otherwise the share of the packed limit that they take.
    private static func packedSize(_ policy: String?, _ arns: [PolicyDescriptorType]?, _ tags: [Tag]?) -> Int? {
        let bytes =
            (policy?.utf8.count ?? 0) + (arns ?? []).reduce(0) { $0 + ($1.arn?.utf8.count ?? 0) }
            + (tags ?? []).reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        return bytes == 0 ? nil : max(1, min(100, bytes * 100 / 4096))
    }

    static func noteScope(policy: String?, arns: [PolicyDescriptorType]?, in context: WriteContext) throws {
        if let policy {
            guard (try? JSON(parsing: policy))?.object != nil else {
                throw AWSError("MalformedPolicyDocumentException", "The policy is not in the valid JSON format.")
            }
        }
        guard policy != nil || arns?.isEmpty == false else { return }
        try context.notEnforced(
            "sts session policy", reason: "what a session may do is not narrowed by its policies here")
    }

    static func checkTags(_ tags: [Tag], transitive: [String]) throws(AWSError) {
        guard Set(tags.map { $0.key.lowercased() }).count == tags.count else {
            throw AWSError(
                "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
        }
        let keys = Set(tags.map { $0.key.lowercased() })
        guard transitive.allSatisfy({ keys.contains($0.lowercased()) }) else {
            throw AWSError(
                "InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.")
        }
    }
}
