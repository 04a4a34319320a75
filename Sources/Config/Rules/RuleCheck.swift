import ConfigFacts
import Guard
import JSON
import Kernel
import Model

/// What PutConfigRule demands of a rule. The texts are those that users of AWS quote.
enum RuleCheck {
    private static let scheduled = "ScheduledNotification"
    private static let changeTypes: Set = [
        "ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification",
    ]

    static func check(_ rule: ConfigRule, in context: ReadContext) throws {
        guard rule.configRuleState == nil || rule.configRuleState?.rawValue == "ACTIVE" else {
            throw AWSError.invalidParameter(
                "The ConfigRuleState \(rule.configRuleState?.rawValue ?? "") is invalid.  Only the following values are permitted: ACTIVE"
            )
        }
        guard rule.createdBy == nil else {
            throw AWSError.invalidParameter(
                "AWS Config populates the CreatedBy field for ServiceLinkedConfigRule. Try again without populating the CreatedBy field"
            )
        }
        try check(rule.scope, of: ManagedRule(rule.source.sourceIdentifier ?? ""))
        switch rule.source.owner.rawValue {
        case "AWS": try checkManaged(rule)
        case "CUSTOM_LAMBDA": try checkFunction(rule)
        default: try checkPolicy(rule)
        }
    }

    // MARK: Owners

    private static func checkManaged(_ rule: ConfigRule) throws {
        let identifier = rule.source.sourceIdentifier ?? ""
        let managed = ManagedRule(identifier)
        // Not in AWS's list, but in its API.
        guard managed != nil || identifier == Config.externalRule else {
            throw AWSError.invalidParameter(
                "The sourceIdentifier \(identifier) is invalid.  Please refer to the documentation for a list of valid sourceIdentifiers that can be used when AWS is the Owner"
            )
        }
        guard rule.source.sourceDetails?.isEmpty ?? true else { throw sourceDetailsError }
        guard rule.source.customPolicyDetails == nil else {
            throw AWSError.invalidParameter("CustomPolicyDetails should be null/empty if the owner is AWS.")
        }
        guard managed?.isPeriodic == true || rule.maximumExecutionFrequency == nil else {
            throw AWSError.invalidParameter(
                "A maximum execution frequency for this rule is not allowed because only a change in resources triggers this managed rule."
            )
        }
        try RuleParameters.check(rule.inputParameters, of: managed)
    }

    private static let sourceDetailsError = AWSError.invalidParameter(
        "SourceDetails should be null/empty if the owner is AWS. SourceDetails should be provided if the owner is CUSTOM_LAMBDA"
    )

    private static func checkFunction(_ rule: ConfigRule) throws {
        let identifier = rule.source.sourceIdentifier ?? ""
        // Details that name no source or no message count for none: users are refused who leave one out.
        guard let details = rule.source.sourceDetails, !details.isEmpty,
            details.allSatisfy({ $0.eventSource != nil && $0.messageType != nil })
        else { throw sourceDetailsError }
        guard let arn = ARN(identifier), arn.service == "lambda", arn.resource.hasPrefix("function:") else {
            throw AWSError(
                "InsufficientPermissionsException",
                "The AWS Lambda function \(identifier) cannot be invoked. Check the specified function ARN, and check the function's permissions"
            )
        }
        try check(details)
        // Since 2025 AWS refuses these, with this code; its text is not known.
        guard rule.scope?.constrains != true || details.contains(where: { $0.messageType?.rawValue != scheduled })
        else {
            throw AWSError.invalidParameter("Scope is not supported for rules that are only triggered periodically.")
        }
        try RuleParameters.check(rule.inputParameters, of: nil)
    }

    private static func checkPolicy(_ rule: ConfigRule) throws {
        guard let policy = rule.source.customPolicyDetails else {
            throw AWSError.invalidParameter("CustomPolicyDetails should be provided if the owner is CUSTOM_POLICY.")
        }
        let details = rule.source.sourceDetails ?? []
        guard details.allSatisfy({ $0.messageType.map { changeTypes.contains($0.rawValue) } ?? true }) else {
            throw AWSError.invalidParameter(
                "Only ConfigurationItemChangeNotification and OversizedConfigurationItemChangeNotification are supported MessageTypes if the owner is CUSTOM_POLICY."
            )
        }
        try check(details)
        guard rule.maximumExecutionFrequency == nil else {
            throw AWSError.invalidParameter(
                "A maximum execution frequency is not allowed if the owner is CUSTOM_POLICY.")
        }
        do {
            _ = try Policy(policy.policyText)
        } catch {
            throw AWSError.invalidParameter("Policy text is invalid: \(error)")
        }
        try RuleParameters.check(rule.inputParameters, of: nil)
    }

    private static func check(_ details: [SourceDetail]) throws {
        for detail in details where detail.maximumExecutionFrequency != nil {
            guard let type = detail.messageType, changeTypes.contains(type.rawValue) else { continue }
            throw AWSError.invalidParameter(
                "A maximum execution frequency is not allowed if MessageType is ConfigurationItemChangeNotification or OversizedConfigurationItemChangeNotification"
            )
        }
    }

    // MARK: Scope

    /// A managed rule's own types may stand there though no recorder knows them, as they do in conformance packs of AWS.
    private static func check(_ scope: Scope?, of managed: ManagedRule?) throws {
        guard let scope else { return }
        let types = scope.complianceResourceTypes ?? []
        guard scope.tagValue == nil || scope.tagKey != nil else {
            throw AWSError.invalidParameter("Tag key should not be empty when tag value is provided in scope")
        }
        guard scope.tagKey == nil || types.isEmpty else {
            throw AWSError.invalidParameter("Scope cannot be applied to both resource and tag")
        }
        guard scope.complianceResourceId == nil || types.count == 1 else {
            throw AWSError.invalidParameter(
                "A single resourceType should be provided when resourceId is provided in scope")
        }
        let own = managed?.resourceTypes ?? []
        guard let unknown = types.first(where: { !isKnown($0) && !own.contains($0) }) else { return }
        throw AWSError.invalidParameter(
            "The resource type \(unknown) is invalid. Only the following values are permitted: \(ResourceTypes.supported.joined(separator: ", "))"
        )
    }

    private static func isKnown(_ type: String) -> Bool {
        ResourceTypes.isSupported(type) || ResourceTypes.isThirdParty(type)
            || type == "AWS::Config::ConfigurationRecorder"
    }
}

extension Scope {
    /// Whether it leaves anything out.
    fileprivate var constrains: Bool {
        complianceResourceTypes?.isEmpty == false || complianceResourceId != nil || tagKey != nil
    }
}
