import JSON
import Kernel
import Model

/// The functions of custom rules. Those that run somewhere known to the server are called there; any other fails as one
/// does that is not in AWS.
enum RuleFunction {
    static let callKind = "config.function"
    static let jobKind = "config.function"
    /// Lambda tries asynchronous calls twice more. Source: its developer guide's page on error handling.
    private static let attemptsLimit = 3
    private static let retrySeconds = 60
    private static let timeoutSeconds = 50
    private static let tokenPurpose = "PutEvaluations"

    // MARK: Calls

    /// - Parameter hasLeft: whether the rule is not about the resource any more.
    static func invoke(_ rule: StoredRule, with change: ItemChange, hasLeft: Bool, in context: WriteContext) throws {
        let message = try change.functionMessage(in: context)
        // Large items come as messages of another type, which a rule may not want.
        guard let type = message["messageType"]?.string, rule.messageTypes.contains(type) else { return }
        try invoke(rule, message, hasLeft: hasLeft, in: context)
    }

    static func invokePeriodically(_ rule: StoredRule, in context: WriteContext) throws {
        try invoke(
            rule,
            [
                "awsAccountId": .string(context.account), "notificationCreationTime": .string(context.now.iso8601()),
                "messageType": "ScheduledNotification", "recordVersion": "1.0",
            ], hasLeft: false, in: context)
    }

    /// To be called when a snapshot has been delivered.
    static func invoke(afterSnapshot message: JSON, in context: WriteContext) throws {
        for rule in try ActiveRules.own(in: context).all
        where rule.rule.messageTypes.contains("ConfigurationSnapshotDeliveryCompleted") {
            try invoke(rule.rule, message, hasLeft: false, in: context)
        }
    }

    private static func invoke(_ rule: StoredRule, _ message: JSON, hasLeft: Bool, in context: WriteContext) throws {
        let role = try StoredRecorder.own(in: context)?.settings.roleARN
        let token = context.token(
            for: "\(rule.id)\n\(context.now.milliseconds)\n\(rule.name)", purpose: tokenPurpose)
        let event = JSON.object([
            "version": "1.0", "invokingEvent": .string(message.description),
            "ruleParameters": .string(rule.settings.inputParameters ?? "{}"), "resultToken": .string(token),
            "eventLeftScope": .bool(hasLeft), "executionRoleArn": role.map(JSON.string),
            "configRuleArn": .string(rule.arn), "configRuleName": .string(rule.name),
            "configRuleId": .string(rule.id), "accountId": .string(context.account),
        ])
        try attempt(1, event, subject: "\(rule.name)\n\(context.random.uuid())", rule, in: context)
    }

    private static func attempt(
        _ number: Int, _ event: JSON, subject: String, _ rule: StoredRule, in context: WriteContext
    ) throws {
        guard let url = context.url(ofFunction: rule.identifier) else {
            return try RuleStatus.note(
                failureOf: .invocation, code: "ResourceNotFoundException",
                message: "Function not found: \(rule.identifier)", of: rule.name, in: context)
        }
        if number < attemptsLimit {
            try context.schedule(
                jobKind, subject: subject, due: context.now.adding(seconds: retrySeconds * number),
                detail: ["attempt": .number(number + 1), "event": event])
        }
        var request = WebRequest(url: url, body: event.description)
        request.headers = [("Content-Type", "application/json")]
        request.timeoutSeconds = timeoutSeconds
        context.call(callKind, subject: subject, request)
    }

    /// The next attempt, where the one before has not succeeded.
    @Sendable static func retry(_ job: Job, in context: WriteContext) throws {
        guard let event = job.detail["event"], let name = event["configRuleName"]?.string,
            let rule = try StoredRule.find(name, in: context)
        else { return }
        try attempt(job.detail["attempt"]?.int ?? attemptsLimit, event, subject: job.subject, rule, in: context)
    }

    @Sendable static func finish(_ call: WebCall, _ result: WebResult, in context: WriteContext) throws {
        let name = String(call.subject.prefix { $0 != "\n" })
        switch result {
        case .answered(let answer) where (200..<300).contains(answer.status):
            try context.unschedule(jobKind, subject: call.subject)
            try RuleStatus.note([.invocation], of: name, in: context)
        case .answered(let answer):
            try RuleStatus.note(
                failureOf: .invocation, code: "Unhandled", message: "The function answered \(answer.status).", of: name,
                in: context)
        case .failed(let reason, _):
            try RuleStatus.note(
                failureOf: .invocation, code: "ServiceException", message: reason, of: name, in: context)
        }
    }

    // MARK: Result tokens

    /// The rule that a token was made for, and when it was asked; nil for what is no token.
    static func origin(ofToken token: String, in context: ReadContext) -> (
        id: String, name: String, invoked: Timestamp
    )? {
        let parts = context.position(in: token, purpose: tokenPurpose)?.split(separator: "\n", maxSplits: 2)
        guard let parts, parts.count == 3, let milliseconds = Int64(parts[1]) else { return nil }
        return (String(parts[0]), String(parts[2]), Timestamp(milliseconds: milliseconds))
    }
}
