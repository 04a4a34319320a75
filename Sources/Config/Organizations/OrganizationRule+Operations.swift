import JSON
import Kernel
import Model

extension Config {
    private static let organizationRulesLimit = 150
    static let organizationPage = 100

    @Sendable static func putOrganizationConfigRule(_ input: PutOrganizationConfigRuleRequest, in context: WriteContext)
        throws -> PutOrganizationConfigRuleResponse
    {
        context.access("config:PutOrganizationConfigRule", on: "*")
        try OrganizationRule.check(input.json)
        try RuleCheck.check(OrganizationRule.rule(input.json, in: context.account), in: context)
        let rule = try putOrganization(
            .rule, input.organizationConfigRuleName, input.json, limit: organizationRulesLimit,
            exceeded: "MaxNumberOfOrganizationConfigRulesExceededException", operation: "PutOrganizationConfigRule",
            in: context)
        return PutOrganizationConfigRuleResponse(organizationConfigRuleArn: rule.arn(in: context).description)
    }

    /// Begins to have the accounts keep something.
    static func putOrganization(
        _ kind: OrganizationResource.Kind, _ name: String, _ settings: JSON, limit: Int, exceeded: String,
        operation: String, in context: WriteContext
    ) throws -> OrganizationResource {
        let known = try OrganizationResource.find(kind, name, in: context)
        if let known, known.isInProgress { throw organizationIsBusy(name) }
        if known == nil, try OrganizationResource.list(kind, in: context).count >= limit {
            throw AWSError(exceeded, "You have reached the limit of \(limit) of them in your organization.")
        }
        let resource = OrganizationResource(
            kind: kind, name: name, id: known?.id ?? resourceID(8, in: context),
            status: known == nil ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS", updated: context.now,
            settings: settings)
        try resource.save(in: context)
        try context.record(known == nil ? .created : .changed, resource.arn(in: context), operation: operation)
        try OrganizationDeployment.begin(resource, in: context)
        return resource
    }

    static func deleteOrganization(_ resource: OrganizationResource, operation: String, in context: WriteContext) throws
    {
        guard !resource.isInProgress else { throw organizationIsBusy(resource.name) }
        var resource = resource
        resource.status = "DELETE_IN_PROGRESS"
        resource.updated = context.now
        try resource.save(in: context)
        try context.record(.deleted, resource.arn(in: context), operation: operation)
        try OrganizationDeployment.begin(resource, in: context)
    }

    private static func organizationIsBusy(_ name: String) -> AWSError {
        AWSError(
            "ResourceInUseException",
            "\(name) is currently being created, updated or deleted in the accounts of the organization. Please retry after some time."
        )
    }

    @Sendable static func deleteOrganizationConfigRule(
        _ input: DeleteOrganizationConfigRuleRequest, in context: WriteContext
    ) throws {
        let rule = try organizationRule(
            input.organizationConfigRuleName, for: "DeleteOrganizationConfigRule", in: context)
        try deleteOrganization(rule, operation: "DeleteOrganizationConfigRule", in: context)
    }

    // MARK: Reading

    @Sendable static func describeOrganizationConfigRules(
        _ input: DescribeOrganizationConfigRulesRequest, in context: ReadContext
    ) throws -> DescribeOrganizationConfigRulesResponse {
        context.access("config:DescribeOrganizationConfigRules", on: "*")
        let page = try organizationRules(
            input.organizationConfigRuleNames, input.limit, input.nextToken, "DescribeOrganizationConfigRules",
            in: context)
        return DescribeOrganizationConfigRulesResponse(
            organizationConfigRules: page.items.map { rule in
                var json = rule.settings.object ?? JSONObject()
                if var policy = json["OrganizationCustomPolicyRuleMetadata"]?.object {
                    policy["PolicyText"] = nil
                    json["OrganizationCustomPolicyRuleMetadata"] = .object(policy)
                }
                json["OrganizationConfigRuleArn"] = .string(rule.arn(in: context).description)
                json["LastUpdateTime"] = rule.updated.json
                return OrganizationConfigRule(json: .object(json))
            }, nextToken: page.nextToken)
    }

    @Sendable static func describeOrganizationConfigRuleStatuses(
        _ input: DescribeOrganizationConfigRuleStatusesRequest, in context: ReadContext
    ) throws -> DescribeOrganizationConfigRuleStatusesResponse {
        context.access("config:DescribeOrganizationConfigRuleStatuses", on: "*")
        let page = try organizationRules(
            input.organizationConfigRuleNames, input.limit, input.nextToken, "DescribeOrganizationConfigRuleStatuses",
            in: context)
        return DescribeOrganizationConfigRuleStatusesResponse(
            organizationConfigRuleStatuses: try page.items.map { rule in
                let failed = try failure(of: rule, in: context)
                return OrganizationConfigRuleStatus(
                    json: .object([
                        "OrganizationConfigRuleName": .string(rule.name),
                        "OrganizationRuleStatus": .string(rule.status),
                        "ErrorCode": failed?.errorCode.map(JSON.string),
                        "ErrorMessage": failed?.errorMessage.map(JSON.string), "LastUpdateTime": rule.updated.json,
                    ]))
            }, nextToken: page.nextToken)
    }

    /// Of a resource that failed: what was the matter in the first account where it did.
    static func failure(of resource: OrganizationResource, in context: ReadContext) throws -> OrganizationMember? {
        guard resource.status.hasSuffix("_FAILED") else { return nil }
        return try OrganizationMember.list(of: resource, in: context).first { $0.status.hasSuffix("_FAILED") }
    }

    @Sendable static func getOrganizationConfigRuleDetailedStatus(
        _ input: GetOrganizationConfigRuleDetailedStatusRequest, in context: ReadContext
    ) throws -> GetOrganizationConfigRuleDetailedStatusResponse {
        let rule = try organizationRule(
            input.organizationConfigRuleName, for: "GetOrganizationConfigRuleDetailedStatus", in: context)
        let account = input.filters?.accountId
        let status = input.filters?.memberAccountRuleStatus?.rawValue
        let members = try OrganizationMember.list(of: rule, in: context).filter {
            account ?? $0.account == $0.account && status ?? $0.status == $0.status
        }
        let page = try Slice(
            members, input.limit, input.nextToken,
            "GetOrganizationConfigRuleDetailedStatus \(rule.id) \(account ?? "") \(status ?? "")",
            default: organizationPage, in: context)
        return GetOrganizationConfigRuleDetailedStatusResponse(
            organizationConfigRuleDetailedStatus: page.items.map { member in
                MemberAccountStatus(
                    json: .object([
                        "AccountId": .string(member.account), "ConfigRuleName": .string(rule.memberName),
                        "MemberAccountRuleStatus": .string(member.status),
                        "ErrorCode": member.errorCode.map(JSON.string),
                        "ErrorMessage": member.errorMessage.map(JSON.string), "LastUpdateTime": member.updated.json,
                    ]))
            }, nextToken: page.nextToken)
    }

    @Sendable static func getOrganizationCustomRulePolicy(
        _ input: GetOrganizationCustomRulePolicyRequest, in context: ReadContext
    ) throws -> GetOrganizationCustomRulePolicyResponse {
        let rule = try organizationRule(
            input.organizationConfigRuleName, for: "GetOrganizationCustomRulePolicy", in: context)
        guard let text = rule.settings["OrganizationCustomPolicyRuleMetadata"]?["PolicyText"]?.string else {
            throw noSuchOrganizationRule
        }
        return GetOrganizationCustomRulePolicyResponse(policyText: text)
    }

    /// The model's own words; AWS's text is not known.
    private static let noSuchOrganizationRule = AWSError(
        "NoSuchOrganizationConfigRuleException",
        "The AWS Config organization rule in the request is not valid. Verify that the rule is an organization AWS Process Check rule, and that organization AWS Process Check rule name is correct."
    )

    private static func organizationRule(_ name: String, for operation: String, in context: ReadContext) throws
        -> OrganizationResource
    {
        let rule = try OrganizationResource.find(.rule, name, in: context)
        context.access("config:\(operation)", on: rule?.arn(in: context).description ?? "*")
        guard let rule else { throw noSuchOrganizationRule }
        return rule
    }

    private static func organizationRules(
        _ names: [String]?, _ limit: Int?, _ token: String?, _ operation: String, in context: ReadContext
    ) throws -> Slice<OrganizationResource> {
        let names = names ?? []
        let found = try OrganizationResource.list(.rule, in: context).filter {
            names.isEmpty || names.contains($0.name)
        }
        guard Set(found.map(\.name)).isSuperset(of: names) else { throw noSuchOrganizationRule }
        return try Slice(found, limit, token, "\(operation) \(names)", default: organizationPage, in: context)
    }
}
