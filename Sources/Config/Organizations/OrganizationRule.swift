import JSON
import Kernel
import Model

/// From an organization's rule to the rule that its accounts keep.
enum OrganizationRule {
    private static let metadata = [
        "OrganizationManagedRuleMetadata", "OrganizationCustomRuleMetadata", "OrganizationCustomPolicyRuleMetadata",
    ]

    /// The text is one that users quote, from before there were policies.
    static func check(_ settings: JSON) throws(AWSError) {
        guard metadata.count(where: { settings[$0] != nil }) == 1 else {
            throw .invalidParameter(
                "Specify either OrganizationCustomRuleMetadata or OrganizationManagedRuleMetadata in the input.")
        }
    }

    /// What PutConfigRule would be given in an account.
    static func rule(_ settings: JSON, in account: String) -> ConfigRule {
        let known = metadata.compactMap { settings[$0] }.first ?? .object(JSONObject())
        let frequency = known["MaximumExecutionFrequency"]
        var rule = JSONObject()
        rule["Description"] = known["Description"]
        rule["InputParameters"] = known["InputParameters"]
        let scope = JSON.object([
            "ComplianceResourceTypes": known["ResourceTypesScope"], "ComplianceResourceId": known["ResourceIdScope"],
            "TagKey": known["TagKeyScope"], "TagValue": known["TagValueScope"],
        ])
        if scope.object?.isEmpty == false { rule["Scope"] = scope }
        let triggers = known["OrganizationConfigRuleTriggerTypes"]?.array ?? []
        let details = JSON.array(
            triggers.map { type in
                .object([
                    "EventSource": "aws.config", "MessageType": type,
                    "MaximumExecutionFrequency": type == "ScheduledNotification" ? frequency : nil,
                ])
            })
        if let identifier = known["RuleIdentifier"] {
            rule["Source"] = ["Owner": "AWS", "SourceIdentifier": identifier]
            rule["MaximumExecutionFrequency"] = frequency
        } else if let function = known["LambdaFunctionArn"] {
            rule["Source"] = ["Owner": "CUSTOM_LAMBDA", "SourceIdentifier": function, "SourceDetails": details]
        } else {
            let logged = known["DebugLogDeliveryAccounts"]?.array ?? []
            rule["Source"] = .object([
                "Owner": "CUSTOM_POLICY", "SourceDetails": triggers.isEmpty ? nil : details,
                "CustomPolicyDetails": .object([
                    "PolicyRuntime": known["PolicyRuntime"], "PolicyText": known["PolicyText"],
                    "EnableDebugLogDelivery": .bool(logged.contains(.string(account))),
                ]),
            ])
            rule["MaximumExecutionFrequency"] = frequency
        }
        return ConfigRule(json: .object(rule))
    }
}
