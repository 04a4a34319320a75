import JSON
import Kernel
import Model

/// Resources that automatic remediation leaves alone.
extension Config {
    private static let exceptionsOfPage = 25

    @Sendable static func putRemediationExceptions(_ input: PutRemediationExceptionsRequest, in context: WriteContext)
        throws -> PutRemediationExceptionsResponse
    {
        context.access("config:PutRemediationExceptions", on: "*")
        guard try StoredRemediation.find(input.configRuleName, in: context) != nil else {
            throw AWSError.invalidParameter(
                "There is no remediation configuration for the rule \(input.configRuleName).")
        }
        var failed: [RemediationException] = []
        for key in input.resourceKeys {
            let exception = StoredRemediationException(
                rule: input.configRuleName, type: key.resourceType ?? "", id: key.resourceId ?? "",
                message: input.message, expires: input.expirationTime)
            let result = try StoredResult.find(exception.rule, exception.type, exception.id, in: context)
            if result?.compliance == .nonCompliant {
                try exception.save(in: context)
            } else {
                failed.append(exception.shown)
            }
        }
        try context.note(
            "changed", "remediation of \(input.configRuleName)", detail: ["operation": "PutRemediationExceptions"])
        return PutRemediationExceptionsResponse(
            failedBatches: failed.isEmpty
                ? []
                : [
                    FailedRemediationExceptionBatch(
                        failureMessage: "Remediation exceptions can be made for non-compliant resources only.",
                        failedItems: failed)
                ])
    }

    @Sendable static func describeRemediationExceptions(
        _ input: DescribeRemediationExceptionsRequest, in context: ReadContext
    ) throws -> DescribeRemediationExceptionsResponse {
        context.access("config:DescribeRemediationExceptions", on: "*")
        let keys = (input.resourceKeys ?? []).map { "\($0.resourceType ?? "")\n\($0.resourceId ?? "")" }
        guard keys.isEmpty || (input.limit == nil && input.nextToken == nil) else {
            throw AWSError.invalidParameter("Specify either ResourceKeys, or Limit and NextToken, but not both.")
        }
        let purpose = "DescribeRemediationExceptions \(input.configRuleName)"
        let start = try ListPage.position(input.nextToken, purpose, in: context) ?? ""
        let limit = keys.isEmpty ? ListPage.limit(input.limit, default: exceptionsOfPage) : keys.count
        let found = try StoredRemediationException.list(of: input.configRuleName, in: context).filter { exception in
            let key = "\(exception.type)\n\(exception.id)"
            return (keys.isEmpty || keys.contains(key)) && key > start
        }
        let page = found.prefix(limit)
        return DescribeRemediationExceptionsResponse(
            remediationExceptions: page.map(\.shown),
            nextToken: found.count > limit
                ? page.last.map { context.token(for: "\($0.type)\n\($0.id)", purpose: purpose) } : nil)
    }

    @Sendable static func deleteRemediationExceptions(
        _ input: DeleteRemediationExceptionsRequest, in context: WriteContext
    ) throws -> DeleteRemediationExceptionsResponse {
        context.access("config:DeleteRemediationExceptions", on: "*")
        let known = try StoredRemediationException.list(of: input.configRuleName, in: context)
        guard !known.isEmpty else {
            throw AWSError(
                "NoSuchRemediationExceptionException",
                "There is no remediation exception for the rule \(input.configRuleName).")
        }
        var failed: [RemediationExceptionResourceKey] = []
        for key in input.resourceKeys {
            if let exception = known.first(where: { $0.type == key.resourceType && $0.id == key.resourceId }) {
                try exception.delete(in: context)
            } else {
                failed.append(key)
            }
        }
        try context.note(
            "changed", "remediation of \(input.configRuleName)", detail: ["operation": "DeleteRemediationExceptions"])
        return DeleteRemediationExceptionsResponse(
            failedBatches: failed.isEmpty
                ? []
                : [
                    FailedDeleteRemediationExceptionsBatch(
                        failureMessage: "There is no remediation exception for these resources.", failedItems: failed)
                ])
    }
}
