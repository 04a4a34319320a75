import ConfigFacts
import JSON
import Kernel
import Model

/// Judgements that are asked for, taken back, or come from outside.
extension Config {
    /// The managed rule whose results all come from outside.
    static let externalRule = "AWS_CONFIG_PROCESS_CHECK"
    private static let accountType = "AWS::::Account"
    private static let evaluationInterval: Int64 = 60_000

    // MARK: Asking

    @Sendable static func startConfigRulesEvaluation(
        _ input: StartConfigRulesEvaluationRequest, in context: WriteContext
    ) throws -> StartConfigRulesEvaluationResponse {
        let names =
            try input.configRuleNames
            ?? StoredRule.list(in: context).filter { $0.settings.createdBy == nil }.map(\.name)
        var rules = try names.map { try rule($0, for: "StartConfigRulesEvaluation", in: context) }
        for rule in rules {
            guard rule.state != .deleting, rule.state != .deletingResults else {
                throw AWSError.ruleIsBeingDeleted(rule.name)
            }
            if rule.state == .evaluating { throw tooOften(rule.name) }
            if let last = rule.evaluated, context.now.milliseconds - last.milliseconds < evaluationInterval {
                throw tooOften(rule.name)
            }
        }
        try tellEvaluation(of: names, in: context)
        for index in rules.indices {
            rules[index].state = .evaluating
            rules[index].evaluated = context.now
            try rules[index].save(in: context)
            try RulePass.begin(ActiveRule(rules[index]), in: context)
            try finishEvaluationOfFunction(rules[index], in: context)
        }
        return StartConfigRulesEvaluationResponse()
    }

    /// A function that is started by the clock alone has nothing to go through.
    private static func finishEvaluationOfFunction(_ rule: StoredRule, in context: WriteContext) throws {
        guard rule.owner == .function, !ActiveRule(rule).isTriggeredByChanges else { return }
        var rule = rule
        rule.state = .active
        try rule.save(in: context)
    }

    private static func tooOften(_ name: String) -> AWSError {
        AWSError(
            "LimitExceededException",
            "StartConfigRulesEvaluation for the rule \(name) was called less than a minute ago, or is in progress.")
    }

    private static func tellEvaluation(of names: [String], in context: WriteContext) throws {
        let body = JSON.object([
            "awsAccountId": .string(context.account), "awsRegion": .string(context.region),
            "configRuleNames": .array(names.map(JSON.string)),
            "notificationCreationTime": .string(context.now.iso8601()),
            "messageType": "ConfigRulesEvaluationStarted", "recordVersion": "1.0",
        ])
        try context.emit(
            Event(
                source: "aws.config", detailType: "Config Rules Re-evaluation Status", resources: [], detail: body))
        try ChannelMessage(
            subject: "Config Rules Evaluation Started for Account \(context.account)", body: body
        ).send(in: context)
    }

    // MARK: Taking back

    @Sendable static func deleteEvaluationResults(_ input: DeleteEvaluationResultsRequest, in context: WriteContext)
        throws -> DeleteEvaluationResultsResponse
    {
        var rule = try rule(input.configRuleName, for: "DeleteEvaluationResults", in: context)
        try checkChangeable(rule)
        rule.state = .deletingResults
        try rule.save(in: context)
        try context.note("resultsDeleted", rule.arn, detail: ["operation": "DeleteEvaluationResults"])
        try RuleDeletion.step(rule, in: context)
        return DeleteEvaluationResultsResponse()
    }

    // MARK: From outside

    @Sendable static func putEvaluations(_ input: PutEvaluationsRequest, in context: WriteContext) throws
        -> PutEvaluationsResponse
    {
        context.access("config:PutEvaluations", on: "*")
        guard let evaluations = input.evaluations else {
            throw AWSError.invalidParameter(
                "The Evaluations object in your request cannot be null.Add the required parameters and try again.")
        }
        for evaluation in evaluations {
            try check(evaluation.complianceResourceType, evaluation.complianceType.rawValue)
        }
        if input.testMode == true { return PutEvaluationsResponse(failedEvaluations: []) }
        guard let origin = RuleFunction.origin(ofToken: input.resultToken, in: context) else {
            throw AWSError("InvalidResultTokenException", "The resultToken provided is invalid")
        }
        guard let rule = try StoredRule.find(id: origin.id, in: context) else { throw AWSError.noSuchRule(origin.name) }
        try RuleStatus.note([.evaluation], of: rule.name, in: context)
        for evaluation in evaluations {
            try take(
                evaluation.complianceType.rawValue, evaluation.annotation, of: rule,
                on: evaluation.complianceResourceType, evaluation.complianceResourceId,
                ordering: evaluation.orderingTimestamp, invoked: origin.invoked, in: context)
        }
        return PutEvaluationsResponse(failedEvaluations: [])
    }

    @Sendable static func putExternalEvaluation(_ input: PutExternalEvaluationRequest, in context: WriteContext) throws
        -> PutExternalEvaluationResponse
    {
        let rule = try rule(input.configRuleName, for: "PutExternalEvaluation", in: context)
        let evaluation = input.externalEvaluation
        guard rule.owner == .aws, rule.identifier == externalRule else {
            throw AWSError.invalidParameter(
                "PutExternalEvaluation is only supported for rules with the identifier \(externalRule).")
        }
        guard evaluation.complianceResourceType == accountType else {
            throw AWSError.invalidParameter(
                "The ComplianceResourceType \(evaluation.complianceResourceType) is invalid. It must be \(accountType)."
            )
        }
        try check(evaluation.complianceResourceType, evaluation.complianceType.rawValue)
        try RuleStatus.note([.invocation, .evaluation], of: rule.name, in: context)
        try take(
            evaluation.complianceType.rawValue, evaluation.annotation, of: rule, on: accountType,
            evaluation.complianceResourceId, ordering: evaluation.orderingTimestamp, invoked: context.now, in: context)
        return PutExternalEvaluationResponse()
    }

    /// A judgement of something older than the latest is forgotten.
    private static func take(
        _ compliance: String, _ annotation: String?, of rule: StoredRule, on type: String, _ id: String,
        ordering: Timestamp, invoked: Timestamp, in context: WriteContext
    ) throws {
        if let old = try StoredResult.find(rule.name, type, id, in: context), old.ordering > ordering { return }
        try ComplianceChange.take(
            Judgement(compliance: ComplianceValue(rawValue: compliance) ?? .notApplicable, annotation: annotation),
            of: rule, on: type, id, ordering: ordering, invoked: invoked, in: context)
    }

    /// The type may be any of CloudFormation's, whether or not Config records it.
    private static func check(_ type: String, _ compliance: String) throws(AWSError) {
        guard compliance != ComplianceValue.insufficientData.rawValue else {
            throw .invalidParameter(
                "The ComplianceType INSUFFICIENT_DATA is invalid. Only the following values are permitted: COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE"
            )
        }
        let parts = type.split(separator: ":", omittingEmptySubsequences: true)
        guard type == accountType || (parts.count >= 3 && type == parts.joined(separator: "::")) else {
            throw .invalidParameter(
                "The ComplianceResourceType \(type) is invalid. Only the following values are permitted: \(ResourceTypes.supported.joined(separator: ", ")), \(accountType)"
            )
        }
    }
}
