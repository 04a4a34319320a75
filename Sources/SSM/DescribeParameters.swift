import Kernel
import Model

extension SSM {
    private static let describePage = 50
    private static let historyPage = 50

    @Sendable static func describeParameters(
        _ input: DescribeParametersRequest, in context: ReadContext
    ) throws -> DescribeParametersResult {
        context.access("ssm:DescribeParameters", on: "*")
        if input.filters?.isEmpty == false, input.parameterFilters?.isEmpty == false {
            throw AWSError.validation("You can use either Filters or ParameterFilters in a single request.")
        }
        let filter =
            try input.filters?.isEmpty == false
            ? ParameterFilter(old: input.filters ?? []) : ParameterFilter(input.parameterFilters ?? [], in: context)
        let limit = input.maxResults ?? describePage
        if input.shared == true { return try describeShared(filter, limit: limit, input.nextToken, in: context) }
        let after = try position(in: input.nextToken, purpose: "DescribeParameters", context)
        let found = try ParameterVersion.list(
            of: Owner(account: context.account, region: context.region), after: after ?? "", where: filter.condition,
            filter.values, limit: limit + 1, in: context)
        let last = found.count > limit ? ParameterName.key(found[limit - 1].spelling) : nil
        return DescribeParametersResult(
            parameters: found.prefix(limit).map {
                metadata($0, arn: ParameterName.arn($0.spelling, in: context), context)
            },
            nextToken: last.map { context.token(for: $0, purpose: "DescribeParameters") })
    }

    /// The parameters that other accounts share with the caller.
    private static func describeShared(
        _ filter: ParameterFilter, limit: Int, _ token: String?, in context: ReadContext
    ) throws -> DescribeParametersResult {
        let purpose = "DescribeParameters Shared"
        let after = try position(in: token, purpose: purpose, context) ?? ""
        var found: [ParameterMetadata] = []
        for arn in try ResourcePolicy.parametersShared(with: context.principal, in: context)
        where arn.description > after && found.count <= limit {
            let name = String(arn.resource.dropFirst("parameter/".count))
            found += try ParameterVersion.list(
                of: Owner(account: arn.account, region: arn.region), after: "",
                where: filter.condition + " AND p.name = ?", filter.values + [name], limit: 1, in: context
            ).map { metadata($0, arn: arn, context) }
        }
        let last = found.count > limit ? found[limit - 1].arn : nil
        return DescribeParametersResult(
            parameters: Array(found.prefix(limit)), nextToken: last.map { context.token(for: $0, purpose: purpose) })
    }

    private static func metadata(_ version: ParameterVersion, arn: ARN, _ context: ReadContext) -> ParameterMetadata {
        ParameterMetadata(
            name: version.spelling, arn: arn.description, type: version.type, keyId: version.keyID,
            lastModifiedDate: version.modified, lastModifiedUser: version.modifiedBy, description: version.description,
            allowedPattern: version.allowedPattern, version: version.version, tier: version.tier,
            policies: ParameterPolicy.inlinePolicies(of: version, now: context.now), dataType: version.dataType)
    }

    @Sendable static func getParameterHistory(
        _ input: GetParameterHistoryRequest, in context: ReadContext
    ) throws -> GetParameterHistoryResult {
        let selector = try ParameterSelector(input.name)
        try ParameterName.checkForReading(selector.name)
        let name = selector.name
        context.access("ssm:GetParameterHistory", on: ParameterName.arn(name, in: context).description)
        let owner = Owner(account: context.account, region: context.region)
        guard selector.owner.map({ $0.account == owner.account && $0.region == owner.region }) ?? true,
            try ParameterVersion.latest(name, owner: owner, in: context) != nil
        else { throw AWSError.parameterNotFound }
        let limit = input.maxResults ?? historyPage
        let purpose = "GetParameterHistory \(ParameterName.key(name))"
        let after = try position(in: input.nextToken, purpose: purpose, context).flatMap { Int($0) }
        let found = try ParameterVersion.history(name, after: after ?? 0, limit: limit + 1, in: context)
        let page = found.prefix(limit)
        return GetParameterHistoryResult(
            parameters: try page.map { version in
                ParameterHistory(
                    name: version.spelling, type: version.type, keyId: version.keyID,
                    lastModifiedDate: version.modified,
                    lastModifiedUser: version.modifiedBy, description: version.description,
                    value: try value(of: version, owner: owner, decrypts: input.withDecryption ?? false, in: context),
                    allowedPattern: version.allowedPattern, version: version.version,
                    labels: HashOrder.set(try ParameterLabel.labels(of: name, version: version.version, in: context)),
                    tier: version.tier,
                    policies: ParameterPolicy.inlinePolicies(of: version), dataType: version.dataType)
            },
            nextToken: found.count > limit
                ? page.last.map { context.token(for: String($0.version), purpose: purpose) } : nil)
    }
}
