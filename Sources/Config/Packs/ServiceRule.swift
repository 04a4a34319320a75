import JSON
import Kernel
import Model

/// A rule that a service keeps in an account: the account sees it and cannot change it.
enum ServiceRule {
    /// Makes the rule or changes it; nothing begins anew where it is as it should be already.
    ///
    /// - Parameters:
    ///   - asked: as PutConfigRule takes it.
    ///   - principal: the service's: `config-conforms.amazonaws.com`.
    /// - Throws: what PutConfigRule says of such a rule.
    static func put(_ asked: ConfigRule, name: String, by principal: String, in context: WriteContext) throws {
        try check(asked, name: name, in: context)
        let known = try StoredRule.find(name, in: context)
        let id = known?.id ?? "config-rule-\(Config.resourceID(6, in: context))"
        let arn = context.arn("config-rule/aws-service-rule/\(principal)/\(id)")
        var settings = Config.settings(asked, name: name, arn: arn, id: id).json.object ?? JSONObject()
        settings["CreatedBy"] = .string(principal)
        let rule = StoredRule(
            name: name, id: id, settings: ConfigRule(json: .object(settings)),
            policy: asked.source.customPolicyDetails?.policyText, evaluated: known?.evaluated)
        if let known, known.state == .active, known.settings.json == rule.settings.json, known.policy == rule.policy {
            return
        }
        try rule.save(in: context)
        try context.record(known == nil ? .created : .changed, arn, operation: "PutConfigRule")
        try Config.start(rule, in: context)
    }

    /// Throws what PutConfigRule says of a rule that can be in no account.
    static func checkItself(_ asked: ConfigRule, name: String, in context: ReadContext) throws {
        var members = asked.json.object ?? JSONObject()
        members["ConfigRuleName"] = .string(name)
        if let shape = ServiceModel.config.api.operations["PutConfigRule"]?.input {
            try Validator.check(.object(["ConfigRule": .object(members)]), against: shape)
        }
        try RuleCheck.check(ConfigRule(json: .object(members)), in: context)
    }

    /// Throws what PutConfigRule says of a rule that cannot be made.
    static func check(_ asked: ConfigRule, name: String, in context: ReadContext) throws {
        try checkItself(asked, name: name, in: context)
        guard try StoredRecorder.own(in: context) != nil else {
            throw AWSError.noAvailableRecorder(
                "You must create a configuration recorder before you can create or update a Config rule.")
        }
        let known = try StoredRule.find(name, in: context)
        if let known, known.state == .deleting { throw AWSError.ruleIsBeingDeleted(name) }
        if known == nil, case let count = try StoredRule.count(in: context), count >= Config.rulesLimit {
            throw AWSError(
                "MaxNumberOfConfigRulesExceededException",
                "Failed to put config rule '\(name)' because the account already contains \(count) config rules. Please consider deleting deactivated rules if you have any before adding new rules."
            )
        }
    }

    static func delete(_ name: String, in context: WriteContext) throws {
        guard let rule = try StoredRule.find(name, in: context), rule.state != .deleting else { return }
        try deleteRemediation(of: name, in: context)
        try Config.delete(rule, in: context)
    }

    static func deleteRemediation(of name: String, in context: WriteContext) throws {
        guard let remediation = try StoredRemediation.find(name, in: context) else { return }
        try remediation.delete(in: context)
        try context.unschedule(RemediationRun.jobKind, subject: name)
    }
}
