import JSON
import Kernel
import Model

extension Config {
    private static let statusesOfPage = 100
    private static let automaticStarts = 1000

    @Sendable static func putRemediationConfigurations(
        _ input: PutRemediationConfigurationsRequest, in context: WriteContext
    ) throws -> PutRemediationConfigurationsResponse {
        context.access("config:PutRemediationConfigurations", on: "*")
        for asked in input.remediationConfigurations {
            guard let rule = try StoredRule.find(asked.configRuleName, in: context) else {
                throw AWSError.invalidParameter(AWSError.noSuchRule(asked.configRuleName).message ?? "")
            }
            guard rule.settings.createdBy == nil else {
                throw AWSError("InsufficientPermissionsException", AWSError.rulesOfServices.message ?? "")
            }
            try check(asked)
            try RemediationTarget.check(asked, in: context)
        }
        for asked in input.remediationConfigurations { try put(asked, in: context) }
        return PutRemediationConfigurationsResponse(failedBatches: [])
    }

    /// Keeps a configuration that has been checked, and begins with it where it is automatic.
    static func put(_ asked: RemediationConfiguration, in context: WriteContext) throws {
        let known = try StoredRemediation.find(asked.configRuleName, in: context)
        var settings = asked.json.object ?? JSONObject()
        settings["Arn"] =
            known?.settings.arn.map(JSON.string)
            ?? .string(
                context.arn("remediation-configuration/\(asked.configRuleName)/\(context.random.uuid())").description)
        let remediation = StoredRemediation(
            rule: asked.configRuleName, settings: RemediationConfiguration(json: .object(settings)))
        try remediation.save(in: context)
        try context.note(
            known == nil ? "created" : "changed", "remediation of \(asked.configRuleName)",
            detail: ["operation": "PutRemediationConfigurations"])
        if asked.executionControls != nil {
            try context.notEnforced(
                "ExecutionControls of the remediation of \(asked.configRuleName)",
                reason: "each resource is remediated by an execution of its own, at once")
        }
        guard asked.automatic == true else { return }
        let results = try StoredResult.list(
            of: asked.configRuleName, after: ("", ""), limit: automaticStarts, in: context)
        for result in results where result.compliance == .nonCompliant {
            try RemediationRun.consider(result.rule, on: result.type, result.id, in: context)
        }
    }

    static func check(_ asked: RemediationConfiguration) throws {
        let parameters = asked.parameters?.entries ?? []
        guard parameters.allSatisfy({ ($0.value.resourceValue == nil) != ($0.value.staticValue == nil) }) else {
            throw AWSError.invalidRemediationParameters
        }
        guard asked.automatic == true else { return }
        guard let role = asked.parameters?["AutomationAssumeRole"]?.staticValue?.values.first, Role(arn: role) != nil
        else {
            throw AWSError.invalidParameter(
                "AutomationAssumeRole must be specified as a parameter if Automatic is true.")
        }
        guard asked.maximumAutomaticAttempts != nil, asked.retryAttemptSeconds != nil else {
            throw AWSError.invalidParameter(
                "MaximumAutomaticAttempts and RetryAttemptSeconds must be specified if Automatic is true.")
        }
    }

    /// Rules without a configuration are left out.
    @Sendable static func describeRemediationConfigurations(
        _ input: DescribeRemediationConfigurationsRequest, in context: ReadContext
    ) throws -> DescribeRemediationConfigurationsResponse {
        context.access("config:DescribeRemediationConfigurations", on: "*")
        return DescribeRemediationConfigurationsResponse(
            remediationConfigurations: try input.configRuleNames.compactMap {
                try StoredRemediation.find($0, in: context)?.settings
            })
    }

    @Sendable static func deleteRemediationConfiguration(
        _ input: DeleteRemediationConfigurationRequest, in context: WriteContext
    ) throws -> DeleteRemediationConfigurationResponse {
        context.access("config:DeleteRemediationConfiguration", on: "*")
        let remediation = try StoredRemediation.get(input.configRuleName, in: context)
        for run in try RemediationRun.list(of: remediation.rule, in: context)
        where run.state(try run.automation(remediation, in: context)) == "IN_PROGRESS" {
            throw AWSError(
                "RemediationInProgressException",
                "Remediation action is in progress. Please try again after some time.")
        }
        try remediation.delete(in: context)
        try context.unschedule(RemediationRun.jobKind, subject: remediation.rule)
        try context.note(
            "deleted", "remediation of \(remediation.rule)", detail: ["operation": "DeleteRemediationConfiguration"])
        return DeleteRemediationConfigurationResponse()
    }

    // MARK: Executions

    @Sendable static func startRemediationExecution(_ input: StartRemediationExecutionRequest, in context: WriteContext)
        throws -> StartRemediationExecutionResponse
    {
        context.access("config:StartRemediationExecution", on: "*")
        let remediation = try StoredRemediation.get(input.configRuleName, in: context)
        var failed: [ResourceKey] = []
        for key in input.resourceKeys {
            let type = key.resourceType
            guard remediation.isAbout(type),
                try StoredResult.find(remediation.rule, type, key.resourceId, in: context)?.compliance == .nonCompliant
            else {
                failed.append(key)
                continue
            }
            try RemediationRun.start(remediation, on: type, key.resourceId, in: context)
        }
        guard !failed.isEmpty else { return StartRemediationExecutionResponse() }
        return StartRemediationExecutionResponse(
            failureMessage: "The resources are not NON_COMPLIANT with the rule \(remediation.rule).",
            failedItems: failed)
    }

    /// It asks Systems Manager how the executions go.
    @Sendable static func describeRemediationExecutionStatus(
        _ input: DescribeRemediationExecutionStatusRequest, in context: WriteContext
    ) throws -> DescribeRemediationExecutionStatusResponse {
        context.access("config:DescribeRemediationExecutionStatus", on: "*")
        let remediation = try StoredRemediation.get(input.configRuleName, in: context)
        let keys = (input.resourceKeys ?? []).map { "\($0.resourceType)\n\($0.resourceId)" }
        let purpose = "DescribeRemediationExecutionStatus \(remediation.rule) \(keys)"
        let start = try ListPage.position(input.nextToken, purpose, in: context)
        let limit = ListPage.limit(input.limit, default: statusesOfPage)
        let found = try RemediationRun.list(of: remediation.rule, in: context).filter { run in
            let key = "\(run.type)\n\(run.id)"
            return (keys.isEmpty || keys.contains(key)) && key > start ?? ""
        }
        let page = found.prefix(limit)
        return DescribeRemediationExecutionStatusResponse(
            remediationExecutionStatuses: try page.map { $0.shown(try $0.automation(remediation, in: context)) },
            nextToken: found.count > limit
                ? page.last.map { context.token(for: "\($0.type)\n\($0.id)", purpose: purpose) } : nil)
    }
}
