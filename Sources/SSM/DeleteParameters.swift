import JSON
import Kernel
import Model

extension SSM {
    @Sendable static func deleteParameter(_ input: DeleteParameterRequest, in context: WriteContext) throws
        -> DeleteParameterResult
    {
        context.access("ssm:DeleteParameter", on: ParameterName.arn(input.name, in: context).description)
        guard try delete(input.name, operation: "DeleteParameter", in: context) else {
            throw AWSError.parameterNotFound
        }
        return DeleteParameterResult()
    }

    @Sendable static func deleteParameters(
        _ input: DeleteParametersRequest, in context: WriteContext
    ) throws -> DeleteParametersResult {
        var deleted: [String] = []
        var invalid: [String] = []
        for name in input.names {
            context.access("ssm:DeleteParameters", on: ParameterName.arn(name, in: context).description)
            if try delete(name, operation: "DeleteParameters", in: context) {
                deleted.append(name)
            } else if !deleted.contains(name) {
                invalid.append(name)
            }
        }
        return DeleteParametersResult(deletedParameters: deleted, invalidParameters: invalid)
    }

    private static func delete(_ name: String, operation: String, in context: WriteContext) throws -> Bool {
        let owner = Owner(account: context.account, region: context.region)
        guard let latest = try ParameterVersion.latest(name, owner: owner, in: context) else { return false }
        try ParameterVersion.deleteParameter(name, in: context)
        let arn = ParameterName.arn(name, in: context)
        try context.record(
            .deleted, arn, operation: operation, detail: .object(["version": .number(latest.version)]))
        try context.emit(.parameterStoreChange("Delete", latest, arn: arn))
        return true
    }
}
