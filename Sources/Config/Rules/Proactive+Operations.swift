import JSON
import Kernel
import Model

/// Judgements of resources before they are made, by the rules whose evaluation modes include PROACTIVE.
extension Config {
    private static let proactiveOfPage = 10

    /// What rules see is the configuration as it was given, in the spelling of AWS CloudFormation's schema. Whoever asks later
    /// finds the result; it is there at once.
    @Sendable static func startResourceEvaluation(_ input: StartResourceEvaluationRequest, in context: WriteContext)
        throws -> StartResourceEvaluationResponse
    {
        context.access("config:StartResourceEvaluation", on: "*")
        guard input.evaluationMode.rawValue == "PROACTIVE" else {
            throw AWSError.invalidParameter("The EvaluationMode DETECTIVE is not supported. It must be PROACTIVE.")
        }
        let details = input.resourceDetails
        if let token = input.clientToken, let earlier = try StoredProactive.find(token: token, in: context) {
            guard earlier.request == input.json else {
                throw AWSError(
                    "IdempotentParameterMismatch",
                    "The ClientToken was used before in a request with other parameters.")
            }
            return StartResourceEvaluationResponse(resourceEvaluationId: earlier.id)
        }
        guard let configuration = try? JSON(parsing: details.resourceConfiguration), configuration.object != nil else {
            throw AWSError.invalidParameter("The ResourceConfiguration is not a valid JSON object.")
        }
        guard ResourceTypes.isSupported(details.resourceType) else {
            throw AWSError.invalidParameter("The ResourceType \(details.resourceType) is not supported.")
        }
        let id = context.random.uuid()
        let results = try judge(details, configuration, id, in: context)
        let compliance = ComplianceValue(
            results.compactMap { $0.complianceType.flatMap { ComplianceValue(rawValue: $0.rawValue) } })
        let summary = GetResourceEvaluationSummaryResponse(
            json: .object([
                "ResourceEvaluationId": .string(id), "EvaluationMode": "PROACTIVE",
                "EvaluationStatus": ["Status": "SUCCEEDED"], "EvaluationStartTimestamp": context.now.json,
                "Compliance": compliance.json, "EvaluationContext": input.evaluationContext?.json,
                "ResourceDetails": details.json,
            ]))
        let evaluation = StoredProactive(
            id: id, started: context.now, token: input.clientToken, request: input.json, summary: summary,
            results: results)
        try evaluation.save(in: context)
        try context.note("proactiveEvaluation", id, detail: ["operation": "StartResourceEvaluation"])
        return StartResourceEvaluationResponse(resourceEvaluationId: id)
    }

    private static func judge(
        _ details: ResourceDetails, _ configuration: JSON, _ id: String, in context: WriteContext
    ) throws -> [EvaluationResult] {
        let resource = ConfiguredResource(
            type: details.resourceType, id: details.resourceId, configuration: configuration,
            tags: proactiveTags(configuration).map { .init(key: $0.key, value: $0.value) })
        let item = StoredItem(
            resource: resource, status: .resourceDiscovered, captured: context.now,
            stateID: context.now.milliseconds)
        let subject = RuleSubject(item, in: context)
        return try ActiveRules.own(in: context).all.compactMap { rule in
            guard rule.isProactive, rule.judgesAhead, rule.scope.contains(resource)
            else { return nil }
            let judgement = rule.judgement(on: subject)
            guard judgement.compliance != .insufficientData else { return nil }
            return EvaluationResult(
                json: .object([
                    "EvaluationResultIdentifier": .object([
                        "EvaluationResultQualifier": .object([
                            "ConfigRuleName": .string(rule.rule.name), "ResourceType": .string(resource.type),
                            "ResourceId": .string(resource.id), "EvaluationMode": "PROACTIVE",
                        ]), "OrderingTimestamp": context.now.json, "ResourceEvaluationId": .string(id),
                    ]), "ComplianceType": judgement.compliance.json, "ResultRecordedTime": context.now.json,
                    "ConfigRuleInvokedTime": context.now.json, "Annotation": judgement.annotation.map(JSON.string),
                ]))
        }
    }

    /// CloudFormation has tags as a list of keys and values, or as a map.
    private static func proactiveTags(_ configuration: JSON) -> [(key: String, value: String)] {
        guard let tags = configuration["Tags"] else { return [] }
        if let list = tags.array {
            return list.map { ($0["Key"]?.string ?? "", $0["Value"]?.string ?? "") }
        }
        return (tags.object?.members ?? []).map { ($0.name, $0.value.string ?? "") }
    }

    @Sendable static func getResourceEvaluationSummary(
        _ input: GetResourceEvaluationSummaryRequest, in context: ReadContext
    ) throws -> GetResourceEvaluationSummaryResponse {
        context.access("config:GetResourceEvaluationSummary", on: "*")
        guard let found = try StoredProactive.find(input.resourceEvaluationId, in: context) else {
            throw AWSError(
                "ResourceNotFoundException",
                "The ResourceEvaluationId \(input.resourceEvaluationId) does not exist.")
        }
        return found.summary
    }

    @Sendable static func listResourceEvaluations(_ input: ListResourceEvaluationsRequest, in context: ReadContext)
        throws -> ListResourceEvaluationsResponse
    {
        context.access("config:ListResourceEvaluations", on: "*")
        let filters = input.filters
        let window = filters?.timeWindow
        if let start = window?.startTime, let end = window?.endTime, start > end {
            throw AWSError("InvalidTimeRangeException", "The start time is after the end time.")
        }
        let limit = ListPage.limit(input.limit, default: proactiveOfPage)
        let purpose = "ListResourceEvaluations \(filters?.json.description ?? "")"
        let start = try ListPage.position(input.nextToken, purpose, in: context)
        let found = try StoredProactive.all(in: context).filter { evaluation in
            let identifier = evaluation.summary.evaluationContext?.evaluationContextIdentifier
            return filters?.evaluationMode?.rawValue != "DETECTIVE"
                && (filters?.evaluationContextIdentifier.map { $0 == identifier } ?? true)
                && (window?.startTime.map { $0 <= evaluation.started } ?? true)
                && (window?.endTime.map { $0 >= evaluation.started } ?? true)
        }
        let rest = start.map { id in found.drop { $0.id != id }.dropFirst() } ?? found[...]
        let page = rest.prefix(limit)
        return ListResourceEvaluationsResponse(
            resourceEvaluations: page.map { evaluation in
                ResourceEvaluation(
                    json: .object([
                        "ResourceEvaluationId": .string(evaluation.id), "EvaluationMode": "PROACTIVE",
                        "EvaluationStartTimestamp": evaluation.started.json,
                    ]))
            },
            nextToken: rest.count > limit ? page.last.map { context.token(for: $0.id, purpose: purpose) } : nil)
    }
}
