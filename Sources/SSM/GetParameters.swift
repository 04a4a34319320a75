import JSON
import Kernel
import Model

extension SSM {
    @Sendable static func getParameter(_ input: GetParameterRequest, in context: ReadContext) throws
        -> GetParameterResult
    {
        let selector = try ParameterSelector(input.name)
        let parameter = try read(
            selector, decrypts: input.withDecryption ?? false, action: "ssm:GetParameter", in: context)
        return GetParameterResult(parameter: parameter)
    }

    /// Never fails for what is missing: that comes back as invalid, in the form in which it was asked for. What is found
    /// stands by name, versions and labels that were asked for first.
    @Sendable static func getParameters(_ input: GetParametersRequest, in context: ReadContext) throws
        -> GetParametersResult
    {
        var found: [Parameter] = []
        var invalid: [String] = []
        var asked: Set<String> = []
        let decrypts = input.withDecryption ?? false
        for name in input.names where asked.insert(name).inserted {
            do {
                let selector = try ParameterSelector(name)
                // Alone this is a ValidationException; beside others it must not keep them from their answer.
                if !decrypts, ParameterName.isSecret(selector.name) { throw AWSError.parameterNotFound }
                found.append(try read(selector, decrypts: decrypts, action: "ssm:GetParameters", in: context))
            } catch let error as AWSError where ["ParameterNotFound", "ParameterVersionNotFound"].contains(error.code) {
                invalid.append(name)
            }
        }
        let sorted = found.enumerated().sorted { left, right in
            func place(_ item: (offset: Int, element: Parameter)) -> (String, Int, Int) {
                (item.element.name ?? "", item.element.selector == nil ? 1 : 0, item.offset)
            }
            return place(left) < place(right)
        }
        return GetParametersResult(parameters: sorted.map(\.element), invalidParameters: invalid.sorted())
    }

    private static func read(
        _ selector: ParameterSelector, decrypts: Bool, action: String, in context: ReadContext
    ) throws -> Parameter {
        let name = selector.name
        if ParameterName.key(name).hasPrefix("aws/service/") {
            return try readPublic(selector, action: action, in: context)
        }
        if ParameterName.isSecret(name) {
            return try readSecret(selector, decrypts: decrypts)
        }
        try ParameterName.checkForReading(name)
        let owner = try self.owner(of: selector, action: action, in: context)
        let arn = ARN(
            service: "ssm", region: owner.region, account: owner.account,
            resource: "parameter/" + ParameterName.key(name))
        context.access(action, on: arn.description)
        guard let version = try find(selector, owner: owner, in: context) else { throw AWSError.parameterNotFound }
        // `db` and `/db` are one parameter, and each is answered as it was asked for.
        return try parameter(
            version, name: selector.owner == nil ? name : version.spelling, arn: arn, selector: selector.text,
            owner: owner, decrypts: decrypts, in: context)
    }

    /// An ARN of another account is answered only when its parameter was shared with the caller.
    private static func owner(
        of selector: ParameterSelector, action: String, in context: ReadContext
    ) throws -> Owner {
        guard let arn = selector.owner else { return Owner(account: context.account, region: context.region) }
        if arn.account != context.account || arn.region != context.region {
            let plain = ARN(
                service: "ssm", region: arn.region, account: arn.account,
                resource: "parameter/" + ParameterName.key(selector.name))
            guard arn.region == context.region,
                try ResourcePolicy.allows(action, on: plain, to: context.principal, in: context)
            else {
                throw AWSError.accessDenied(
                    "User: \(context.principal.arn) is not authorized to perform: \(action) on resource: \(plain) "
                        + "because no resource-based policy allows the \(action) action")
            }
        }
        return Owner(account: arn.account, region: arn.region)
    }

    /// Nil when there is no such parameter; an error when it lacks the version or label.
    private static func find(
        _ selector: ParameterSelector, owner: Owner, in context: ReadContext
    ) throws -> ParameterVersion? {
        guard selector.choice != .latest else {
            return try ParameterVersion.latest(selector.name, owner: owner, in: context)
        }
        guard let latest = try ParameterVersion.latest(selector.name, owner: owner, in: context) else { return nil }
        let wanted: Int
        switch selector.choice {
        case .latest: return latest
        case .version(let version): wanted = version
        case .label(let label):
            guard
                let holder = try ParameterLabel.version(holding: label, of: selector.name, owner: owner, in: context)
            else { throw AWSError.labelNotFound(label, of: latest.spelling) }
            wanted = holder
        }
        guard let version = try ParameterVersion.version(wanted, of: selector.name, owner: owner, in: context) else {
            throw AWSError.versionNotFound(wanted, of: latest.spelling)
        }
        return version
    }

    static func parameter(
        _ version: ParameterVersion, name: String, arn: ARN, selector: String?, owner: Owner, decrypts: Bool,
        in context: ReadContext
    ) throws -> Parameter {
        Parameter(
            name: name, type: version.type,
            value: try value(of: version, owner: owner, decrypts: decrypts, in: context), version: version.version,
            selector: selector, lastModifiedDate: version.modified, arn: arn.description, dataType: version.dataType)
    }

    /// The plain value, or for a SecureString that is not to be decrypted its ciphertext in base64.
    static func value(of version: ParameterVersion, owner: Owner, decrypts: Bool, in context: ReadContext) throws
        -> String
    {
        guard version.type == .secureString else { return String(decoding: version.value, as: UTF8.self) }
        guard decrypts else { return Base64.encode(version.value) }
        let keyID = version.keyID ?? SecureValue.defaultKeyID
        context.access("kms:Decrypt", on: kmsARN(keyID, in: context))
        let plain = try SecureValue.open(
            version.value, keyID: keyID, name: version.spelling, owner: owner, in: context)
        return String(decoding: plain, as: UTF8.self)
    }

    // MARK: Names that are not of Parameter Store's own

    private static func readPublic(
        _ selector: ParameterSelector, action: String, in context: ReadContext
    ) throws -> Parameter {
        guard let parameter = PublicParameters.parameter(named: selector.name, region: context.region) else {
            throw AWSError.parameterNotFound
        }
        context.access(action, on: publicARN(parameter.name, in: context))
        switch selector.choice {
        case .latest: break
        case .version(let version) where version == parameter.version: break
        case .version(let version): throw AWSError.versionNotFound(version, of: parameter.name)
        case .label(let label): throw AWSError.labelNotFound(label, of: parameter.name)
        }
        return publicParameter(parameter, selector: selector.text, in: context)
    }

    static func publicParameter(_ parameter: PublicParameter, selector: String?, in context: ReadContext) -> Parameter {
        Parameter(
            name: parameter.name, type: .string, value: parameter.value, version: parameter.version, selector: selector,
            lastModifiedDate: Timestamp(milliseconds: parameter.lastModifiedMilliseconds),
            arn: publicARN(parameter.name, in: context), dataType: parameter.dataType)
    }

    private static func publicARN(_ name: String, in context: ReadContext) -> String {
        ARN(service: "ssm", region: context.region, account: "", resource: "parameter" + name).description
    }

    /// Secrets Manager is not served, so no secret exists; what the reference itself lacks is said first, as AWS does.
    private static func readSecret(_ selector: ParameterSelector, decrypts: Bool) throws -> Parameter {
        guard decrypts else {
            throw AWSError.validation("WithDecryption flag must be True for retrieving a Secret Manager secret.")
        }
        let name = "/" + ParameterName.key(selector.name)
        throw AWSError(
            "ParameterNotFound",
            "An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret \(name) not found.")
    }
}
