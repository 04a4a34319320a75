import JSON
import Kernel
import Model

extension STS {
    @Sendable static func getCallerIdentity(
        _ input: GetCallerIdentityRequest, in context: ReadContext
    ) throws -> GetCallerIdentityResponse {
        GetCallerIdentityResponse(
            userId: context.principal.userID, account: context.principal.account, arn: context.principal.arn)
    }

    /// The account that a key id holds; ids that were not issued here belong to the caller.
    @Sendable static func getAccessKeyInfo(
        _ input: GetAccessKeyInfoRequest, in context: ReadContext
    ) throws -> GetAccessKeyInfoResponse {
        context.access("sts:GetAccessKeyInfo", on: "*")
        let account = TemporaryCredentials.account(in: input.accessKeyId)
        return GetAccessKeyInfoResponse(account: account ?? context.account)
    }

    /// Nothing here encodes such messages, so none can be decoded.
    @Sendable static func decodeAuthorizationMessage(
        _ input: DecodeAuthorizationMessageRequest, in context: ReadContext
    ) throws -> DecodeAuthorizationMessageResponse {
        throw AWSError("InvalidAuthorizationMessageException", "Message is not valid")
    }

    @Sendable static func getSessionToken(
        _ input: GetSessionTokenRequest, in context: WriteContext
    ) throws -> GetSessionTokenResponse {
        try refuseSession("GetSessionToken", context)
        if input.serialNumber != nil || input.tokenCode != nil {
            try context.notEnforced(
                "sts GetSessionToken TokenCode", reason: "no MFA device is known here, so any code is taken")
        }
        let isRoot = context.principal.arn.hasSuffix(":root")
        let seconds = min(input.durationSeconds ?? 43_200, isRoot ? 3600 : 129_600)
        let source = JSON.object(["operation": "GetSessionToken", "by": .string(context.principal.arn)])
        return GetSessionTokenResponse(
            credentials: try TemporaryCredentials.issue(
                for: context.principal, seconds: seconds, source: source, in: context))
    }

    @Sendable static func getFederationToken(
        _ input: GetFederationTokenRequest, in context: WriteContext
    ) throws -> GetFederationTokenResponse {
        try refuseSession("GetFederationToken", context)
        try checkTags(input.tags ?? [], transitive: [])
        try noteScope(policy: input.policy, arns: input.policyArns, in: context)
        context.access("sts:GetFederationToken", on: "*")
        let account = context.principal.account
        let partition = ARN.partition(of: context.region)
        let principal = Principal(
            account: account, arn: "arn:\(partition):sts::\(account):federated-user/\(input.name)",
            userID: "\(account):\(input.name)", sessionKeyID: nil)
        let source = JSON.object(["operation": "GetFederationToken", "by": .string(context.principal.arn)])
        return GetFederationTokenResponse(
            credentials: try TemporaryCredentials.issue(
                for: principal, seconds: input.durationSeconds ?? 43_200, source: source, in: context),
            federatedUser: FederatedUser(federatedUserId: principal.userID, arn: principal.arn), packedPolicySize: 0)
    }

    private static func refuseSession(_ operation: String, _ context: WriteContext) throws(AWSError) {
        guard context.principal.sessionKeyID == nil else {
            throw AWSError("AccessDeniedException", "Cannot call \(operation) with session credentials", status: 403)
        }
    }
}

/// What a web identity token, a JSON web token, says.
struct WebIdentity {
    let subject: String
    let issuer: String
    let audience: String?
    let expires: Timestamp?

    init(token: String) throws(AWSError) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let claims = Self.decode(parts[1]), let subject = claims["sub"]?.string,
            let issuer = claims["iss"]?.string
        else {
            throw AWSError(
                "InvalidIdentityTokenException",
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
        }
        self.subject = subject
        self.issuer = issuer
        audience = claims["aud"]?.string ?? claims["aud"]?.array?.first?.string
        expires = claims["exp"].flatMap(Timestamp.init(json:))
    }

    /// Base64 in the alphabet for URLs, without padding (RFC 7515).
    private static func decode(_ text: Substring) -> JSON? {
        let standard = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        let padded = standard + String(repeating: "=", count: (4 - standard.count % 4) % 4)
        return Base64.decode(padded).flatMap { try? JSON(parsing: $0) }
    }
}

/// What a SAML assertion says, read from its XML by the names of its elements.
struct SAMLAssertion {
    let subject: String
    let subjectType: String?
    let issuer: String?
    let audience: String?
    let nameQualifier: String?
    let sessionName: String?

    init(_ encoded: String) throws(AWSError) {
        guard let bytes = Base64.decode(encoded.filter { !$0.isWhitespace }),
            let xml = String(validating: bytes, as: UTF8.self),
            let subject = Self.text(of: "NameID", in: xml)
        else { throw AWSError("InvalidIdentityTokenException", "Invalid base64 SAMLResponse") }
        self.subject = subject
        subjectType = Self.attribute("Format", of: "NameID", in: xml)?.split(separator: ":").last.map(String.init)
        issuer = Self.text(of: "Issuer", in: xml)
        audience =
            Self.attribute("Recipient", of: "SubjectConfirmationData", in: xml) ?? Self.text(of: "Audience", in: xml)
        nameQualifier = Self.attribute("NameQualifier", of: "NameID", in: xml)
        let marker = xml.components(after: "https://aws.amazon.com/SAML/Attributes/RoleSessionName")
        sessionName = marker.flatMap { Self.text(of: "AttributeValue", in: $0) }
    }

    private static func tag(_ name: String, in xml: String) -> (attributes: Substring, rest: Substring)? {
        for piece in xml.split(separator: "<").lazy {
            let local = piece.prefix { $0 != " " && $0 != ">" && $0 != "/" && $0 != "\n" }.split(separator: ":").last
            guard local.map(String.init) == name, let end = piece.firstIndex(of: ">") else { continue }
            return (piece[..<end], piece[piece.index(after: end)...])
        }
        return nil
    }

    private static func text(of name: String, in xml: String) -> String? {
        tag(name, in: xml).map { String($0.rest).trimmingBlanks }
    }

    private static func attribute(_ attribute: String, of name: String, in xml: String) -> String? {
        guard let attributes = tag(name, in: xml)?.attributes,
            let value = String(attributes).components(after: " \(attribute)=\"")
        else { return nil }
        return String(value.prefix { $0 != "\"" })
    }
}

extension String {
    /// The text after the first occurrence of `marker`.
    fileprivate func components(after marker: String) -> String? {
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(marker) { return String(rest.dropFirst(marker.count)) }
            rest = rest.dropFirst()
        }
        return nil
    }

    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
