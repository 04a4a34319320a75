import JavaRegex
import Kernel
import Model

extension SSM {
    /// Creates a parameter or, with `Overwrite`, gives it a new version.
    @Sendable static func putParameter(_ input: PutParameterRequest, in context: WriteContext) throws
        -> PutParameterResult
    {
        let overwrites = input.overwrite ?? false
        if overwrites, input.tags?.isEmpty == false { throw AWSError.tagsWithOverwrite }
        let name = try ParameterName.checkedForWriting(input.name, in: context)
        let owner = Owner(account: context.account, region: context.region)
        let arn = ParameterName.arn(name, in: context)
        context.access("ssm:PutParameter", on: arn.description)
        let current = try ParameterVersion.latest(name, owner: owner, in: context)
        if current == nil, input.type == nil {
            throw AWSError.validation("A parameter type is required when you create a parameter.")
        }

        let type = input.type ?? current?.type ?? .string
        let policies = try input.policies.map(ParameterPolicy.parse)
        let draft = Draft(input: input, current: current, policies: policies)
        try draft.checkValue()
        let tier = try draft.tier(in: context)
        try draft.checkPattern()
        try draft.checkDataType(type, of: name)
        if current != nil, !overwrites { throw AWSError.parameterAlreadyExists }

        let keyID = type == .secureString ? input.keyId ?? current?.keyID ?? SecureValue.defaultKeyID : nil
        var value = Array(input.value.utf8)
        if let keyID {
            try SecureValue.check(keyID)
            context.access("kms:Encrypt", on: kmsARN(keyID, in: context))
            value = try SecureValue.seal(value, keyID: keyID, name: name, in: context)
        }
        let version = ParameterVersion(
            spelling: current?.spelling ?? name, version: (current?.version ?? 0) + 1, type: type, value: value,
            keyID: keyID,
            description: input.description ?? current?.description, allowedPattern: draft.allowedPattern, tier: tier,
            policies: policies ?? current?.policies ?? [], dataType: draft.dataType, modified: context.now,
            modifiedBy: context.principal.arn)
        if draft.dataType == ImageValidation.dataType {
            try checkTags(input.tags ?? [])
            _ = try versionToDrop(for: version, in: context)
            try ImageValidation.schedule(version, value: input.value, tags: input.tags ?? [], in: context)
        } else {
            try keep(version, replacing: current, tags: input.tags ?? [], in: context)
        }
        return PutParameterResult(version: version.version, tier: tier)
    }

    /// Makes a version the latest, with all that follows from it.
    static func keep(
        _ version: ParameterVersion, replacing current: ParameterVersion?, tags: [Tag], in context: WriteContext
    ) throws {
        let arn = ParameterName.arn(version.spelling, in: context)
        if let oldest = try versionToDrop(for: version, in: context) {
            try ParameterVersion.deleteVersion(oldest, of: version.spelling, in: context)
        }
        try version.insert(in: context)
        if !version.policies.isEmpty || current?.policies.isEmpty == false {
            try ParameterPolicy.schedule(version, in: context)
        }
        try addTags(tags, to: arn, in: context)
        try context.record(
            current == nil ? .created : .changed, arn, operation: "PutParameter",
            detail: .object(["version": .number(version.version)]))
        try context.emit(.parameterStoreChange(current == nil ? "Create" : "Update", version, arn: arn))
    }

    /// The oldest of 100 versions makes room for a new one, unless a label holds it.
    static func versionToDrop(for version: ParameterVersion, in context: ReadContext) throws -> Int? {
        let historyLimit = 100
        guard version.version > historyLimit, let span = try ParameterVersion.span(of: version.spelling, in: context),
            span.count >= historyLimit
        else { return nil }
        guard try ParameterLabel.labels(of: version.spelling, version: span.oldest, in: context).isEmpty else {
            throw AWSError(
                "ParameterMaxVersionLimitExceeded",
                "You attempted to create a new version of \(version.spelling) by calling the PutParameter API with the "
                    + "overwrite flag. Version \(span.oldest), the oldest version, can't be deleted because it has a label "
                    + "associated with it. Move the label to another version of the parameter, and try again.")
        }
        return span.oldest
    }

    static func kmsARN(_ keyID: String, in context: ReadContext) -> String {
        if keyID.hasPrefix("arn:") { return keyID }
        let resource = keyID.hasPrefix("alias/") ? keyID : "key/\(keyID)"
        return ARN(service: "kms", region: context.region, account: context.account, resource: resource).description
    }
}

/// A version in the making: what the request says, and what it leaves to the version before.
private struct Draft {
    let input: PutParameterRequest
    let current: ParameterVersion?
    let policies: [ParameterPolicy]?

    private static let standardBytes = 4096
    private static let advancedBytes = 8192
    private static let frontBytes = 32_768

    /// An empty pattern is none; one that is left out stays.
    var allowedPattern: String? {
        guard let pattern = input.allowedPattern else { return current?.allowedPattern }
        return pattern.isEmpty ? nil : pattern
    }

    var dataType: String { input.dataType ?? current?.dataType ?? "text" }

    func checkValue() throws(AWSError) {
        let value = input.value
        if value.isEmpty {
            throw .validation(
                "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length "
                    + "greater than or equal to 1")
        }
        if value.utf16.count > Self.frontBytes {
            throw .validation(
                "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length less "
                    + "than or equal to \(Self.frontBytes)")
        }
        if value.utf8.contains(UInt8(ascii: "{")), let start = value.firstRange(of: "{{"),
            value[start.upperBound...].contains("}}")
        {
            throw .validation(
                "Parameter value: '\(value)' failed to satisfy constraint: Parameter value can't nest another parameter. "
                    + "Do not use \"{{}}\" in the value.")
        }
    }

    /// The tier that is really used: never `Intelligent-Tiering`.
    func tier(in context: ReadContext) throws -> ParameterTier {
        let size = input.value.utf8.count
        let isAdvanced = current?.tier == .advanced
        let needsAdvanced = size > Self.standardBytes || !(policies ?? current?.policies ?? []).isEmpty
        let asked = try input.tier ?? (isAdvanced ? .advanced : ParameterStoreSetting.defaultTier(in: context))
        let tier: ParameterTier
        switch asked {
        case .intelligentTiering: tier = isAdvanced || needsAdvanced ? .advanced : .standard
        case .standard where isAdvanced: throw AWSError.noDowngrade
        case let asked: tier = asked
        }
        if tier == .standard, size > Self.standardBytes { throw AWSError.standardTooLarge(Self.standardBytes) }
        if tier == .standard, policies?.isEmpty == false {
            throw AWSError.policiesOfStandard
        }
        if size > Self.advancedBytes {
            throw AWSError.validation(
                "Advanced tier parameters support a maximum parameter value of \(Self.advancedBytes) characters.")
        }
        return tier
    }

    func checkPattern() throws(AWSError) {
        guard let pattern = allowedPattern else { return }
        let regex: JavaRegex
        do {
            regex = try JavaRegex(pattern)
        } catch {
            throw AWSError(
                "InvalidAllowedPatternException", "The syntax of the allowedPattern parameter is invalid.")
        }
        let isList = (input.type ?? current?.type) == .stringList
        let values =
            isList
            ? input.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init) : [input.value]
        guard values.allSatisfy({ regex.matchesWhole($0) == .matched }) else {
            throw AWSError(
                "ParameterPatternMismatchException",
                "Parameter value, cannot be validated against allowedPattern: \(pattern)")
        }
    }

    func checkDataType(_ type: ParameterType, of name: String) throws(AWSError) {
        switch dataType {
        case "text": return
        case "aws:ssm:integration":
            let start = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations"
            guard name.hasPrefix(start) else {
                throw .validation("Parameters with data type: \(dataType) must start with prefix: \(start)")
            }
        case ImageValidation.dataType:
            if type == .stringList {
                throw .validation(
                    "The aws:ec2:image data type is not supported for the following input type: StringList")
            }
            let digits = input.value.dropFirst("ami-".count)
            guard input.value.hasPrefix("ami-"), !digits.isEmpty, digits.allSatisfy(\.isHexDigit) else {
                throw .validation("Invalid value for the aws:ec2:image data type: \(input.value) is not an AMI ID.")
            }
        default:
            throw .validation(
                "The following data type is not supported: \(dataType). (Data type names are all lowercase.)")
        }
    }
}

extension AWSError {
    private static let advancedGuide =
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"

    fileprivate static let parameterAlreadyExists = AWSError(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")

    fileprivate static let tagsWithOverwrite = AWSError.validation(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite "
            + "flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.")

    fileprivate static let noDowngrade = AWSError.validation(
        "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to "
            + "the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard "
            + "parameter. Be aware that standard parameters have a value limit of 4096 characters.")

    fileprivate static let policiesOfStandard = AWSError.validation(
        "You can't assign parameter policies to a standard-parameter tier. You must upgrade the parameter to use the "
            + "advanced-parameter tier. For more information, see \(advancedGuide)")

    fileprivate static func standardTooLarge(_ bytes: Int) -> AWSError {
        .validation(
            "Standard tier parameters support a maximum parameter value of \(bytes) characters. To create a larger parameter "
                + "value, upgrade the parameter to use the advanced-parameter tier. For more information, see \(advancedGuide)"
        )
    }
}
