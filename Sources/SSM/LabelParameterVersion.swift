import JSON
import Kernel
import Model

extension SSM {
    /// Labels that cannot be are no error: they come back as invalid, and the others are attached.
    @Sendable static func labelParameterVersion(
        _ input: LabelParameterVersionRequest, in context: WriteContext
    ) throws -> LabelParameterVersionResult {
        let version = try version(
            input.parameterVersion, of: input.name, action: "ssm:LabelParameterVersion", in: context)
        let valid = input.labels.filter(ParameterLabel.isValid)
        let present = try ParameterLabel.labels(of: input.name, version: version.version, in: context)
        guard Set(present).union(valid).count <= ParameterLabel.limitPerVersion else {
            throw AWSError(
                "ParameterVersionLabelLimitExceeded",
                "A parameter version can have maximum \(ParameterLabel.limitPerVersion) labels.Move one or more labels to "
                    + "another version and try again.")
        }
        let arn = ParameterName.arn(version.spelling, in: context)
        let owner = Owner(account: context.account, region: context.region)
        for label in valid {
            let former = try ParameterLabel.version(holding: label, of: input.name, owner: owner, in: context)
            try ParameterLabel.attach(label, to: version.version, of: input.name, in: context)
            try context.emit(
                .parameterStoreChange("LabelParameterVersion", version, arn: arn, label: label, former: former))
        }
        if !valid.isEmpty {
            try context.record(
                .changed, arn, operation: "LabelParameterVersion",
                detail: .object(["version": .number(version.version), "labels": .array(valid.map(JSON.string))]))
        }
        return LabelParameterVersionResult(
            invalidLabels: HashOrder.set(input.labels.filter { !ParameterLabel.isValid($0) }),
            parameterVersion: version.version)
    }

    @Sendable static func unlabelParameterVersion(
        _ input: UnlabelParameterVersionRequest, in context: WriteContext
    ) throws -> UnlabelParameterVersionResult {
        let version = try version(
            input.parameterVersion, of: input.name, action: "ssm:UnlabelParameterVersion", in: context)
        var removed: [String] = []
        var invalid: [String] = []
        for label in input.labels {
            if try ParameterLabel.detach(label, from: version.version, of: input.name, in: context) {
                removed.append(label)
            } else {
                invalid.append(label)
            }
        }
        if !removed.isEmpty {
            try context.record(
                .changed, ParameterName.arn(input.name, in: context), operation: "UnlabelParameterVersion",
                detail: .object(["version": .number(version.version), "labels": .array(removed.map(JSON.string))]))
        }
        return UnlabelParameterVersionResult(removedLabels: removed, invalidLabels: invalid)
    }

    private static func version(
        _ number: Int?, of name: String, action: String, in context: WriteContext
    ) throws -> ParameterVersion {
        try ParameterName.checkForReading(name)
        context.access(action, on: ParameterName.arn(name, in: context).description)
        let owner = Owner(account: context.account, region: context.region)
        guard let latest = try ParameterVersion.latest(name, owner: owner, in: context) else {
            throw AWSError.parameterNotFound
        }
        guard let number else { return latest }
        guard let version = try ParameterVersion.version(number, of: name, owner: owner, in: context) else {
            throw AWSError.versionNotFound(number, of: latest.spelling)
        }
        return version
    }
}
