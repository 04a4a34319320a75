import JSON
import Kernel
import Model

/// Takes what a rule says of a resource, and tells everybody where that is new.
enum ComplianceChange {
    static let journalKind = "compliance"

    /// - Parameters:
    ///   - ordering: the time of what was judged.
    ///   - invoked: when the rule was asked.
    static func take(
        _ judgement: Judgement, of rule: StoredRule, on type: String, _ id: String, ordering: Timestamp,
        invoked: Timestamp, in context: WriteContext
    ) throws {
        try take(
            judgement, of: rule, on: type, id, after: try StoredResult.find(rule.name, type, id, in: context),
            ordering: ordering, invoked: invoked, in: context)
    }

    /// - Parameters:
    ///   - old: what the rule has said before.
    ///   - followsItem: whether both times are those of the resource's current item.
    static func take(
        _ judgement: Judgement, of rule: StoredRule, on type: String, _ id: String, after old: StoredResult?,
        ordering: Timestamp, invoked: Timestamp, followsItem: Bool = false, in context: WriteContext
    ) throws {
        let new = StoredResult(
            rule: rule.name, type: type, id: id, compliance: judgement.compliance,
            annotation: judgement.annotation.map(shortened), ordering: ordering, invoked: invoked,
            recorded: context.now, followsItem: followsItem)
        if new.compliance == .insufficientData {
            guard old != nil else { return }
            try new.delete(in: context)
        } else if !new.says(sameAs: old) {
            try new.save(in: context)
        }
        if new.compliance == .nonCompliant {
            try RemediationRun.consider(rule.name, on: type, id, in: context)
        }
        guard old?.compliance != new.compliance, old != nil || new.compliance != .notApplicable else { return }
        try tell(rule, from: old, to: new, in: context)
        try ResourceCompliance.record(on: type, id, in: context)
        if rule.settings.createdBy == StoredPack.principal { try PackCompliance.changed(rule.name, in: context) }
    }

    private static func shortened(_ annotation: String) -> String {
        annotation.count <= StoredResult.annotationLimit
            ? annotation : annotation.prefix(StoredResult.annotationLimit - 3) + "..."
    }

    private static func tell(
        _ rule: StoredRule, from old: StoredResult?, to new: StoredResult, in context: WriteContext
    ) throws {
        try context.noteCause(
            journalKind, rule.arn,
            detail: .object([
                "resourceType": .string(new.type), "resourceId": .string(new.id),
                "old": old?.compliance.json, "new": new.compliance.json,
            ]))
        try context.emit(
            Event(
                source: "aws.config", detailType: "Config Rules Compliance Change", resources: [],
                detail: .object([
                    "resourceId": .string(new.id), "awsRegion": .string(context.region),
                    "awsAccountId": .string(context.account), "configRuleName": .string(rule.name),
                    "recordVersion": "1.0", "configRuleARN": .string(rule.arn),
                    "messageType": "ComplianceChangeNotification",
                    "newEvaluationResult": new.notified(withNulls: false),
                    "oldEvaluationResult": old?.notified(withNulls: false),
                    "notificationCreationTime": .string(context.now.iso8601()), "resourceType": .string(new.type),
                ])))
        try ChannelMessage(
            subject:
                "\(new.type) \(new.id) is \(new.compliance.rawValue) with \(rule.name) in Account \(context.account)",
            body: .object([
                "awsAccountId": .string(context.account), "configRuleName": .string(rule.name),
                "configRuleARN": .string(rule.arn), "resourceType": .string(new.type), "resourceId": .string(new.id),
                "awsRegion": .string(context.region), "newEvaluationResult": new.notified(withNulls: true),
                "oldEvaluationResult": old?.notified(withNulls: true) ?? .null,
                "notificationCreationTime": .string(context.now.iso8601()),
                "messageType": "ComplianceChangeNotification", "recordVersion": "1.0",
            ])
        ).send(in: context)
    }
}
