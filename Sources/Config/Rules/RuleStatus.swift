import JSON
import Kernel
import Model

/// How the invocations and evaluations of a rule went: the members of DescribeConfigRuleEvaluationStatus.
enum RuleStatus {
    /// What went well.
    enum Step: String {
        /// The rule was asked.
        case invocation = "LastSuccessfulInvocationTime"
        /// It has answered.
        case evaluation = "LastSuccessfulEvaluationTime"
    }

    static func read(_ rule: String, in context: ReadContext) throws -> JSONObject {
        let text = try context.database.first(
            "SELECT status FROM config_rule WHERE account = ? AND region = ? AND name = ?", context.account,
            context.region, rule
        ) { $0.text(0) }
        return try text.map { try JSON(parsing: $0) }?.object ?? JSONObject()
    }

    static func noteActivation(of rule: String, in context: WriteContext) throws {
        try change(rule, in: context) { status in
            if status["FirstActivatedTime"] == nil { status["FirstActivatedTime"] = context.now.json }
            if status["FirstEvaluationStarted"] == nil { status["FirstEvaluationStarted"] = false }
        }
    }

    /// The rules were asked and have answered. Each of the items of a commit says so, and the last one that the same rules are
    /// about does it for all.
    ///
    /// - Parameter key: names the rules shortly where they are all that are about a type.
    static func noteEvaluation(by rules: [ActiveRule], key: String?, in context: WriteContext) {
        guard !rules.isEmpty else { return }
        let (account, region, now) = (context.account, context.region, context.now)
        let key = key ?? rules.map(\.rule.id).joined(separator: " ")
        context.beforeCommit("config rule status \(account) \(region) \(key)") { database in
            let changes = JSON.object([
                "FirstEvaluationStarted": true, Step.invocation.rawValue: now.json, Step.evaluation.rawValue: now.json,
            ]).description
            for rule in rules {
                try database.run(
                    """
                    UPDATE config_rule SET status = json_patch(status, ?)
                    WHERE account = ? AND region = ? AND name = ? AND id = ?
                    """, changes, account, region, rule.rule.name, rule.rule.id)
            }
        }
    }

    static func note(_ steps: [Step], of rule: String, in context: WriteContext) throws {
        try patch(rule, steps.map { ($0.rawValue, context.now.json) }, in: context)
    }

    /// - Parameter step: which of the two failed.
    static func note(failureOf step: Step, code: String, message: String, of rule: String, in context: WriteContext)
        throws
    {
        try patch(
            rule,
            [
                (step == .invocation ? "LastFailedInvocationTime" : "LastFailedEvaluationTime", context.now.json),
                ("LastErrorCode", .string(code)), ("LastErrorMessage", .string(message)),
            ], in: context)
    }

    private static func patch(_ rule: String, _ changes: [(String, JSON)], in context: WriteContext) throws {
        let changes = JSONObject([("FirstEvaluationStarted", true)] + changes)
        try context.database.run(
            "UPDATE config_rule SET status = json_patch(status, ?) WHERE account = ? AND region = ? AND name = ?",
            JSON.object(changes).description, context.account, context.region, rule)
    }

    private static func change(_ rule: String, in context: WriteContext, _ body: (inout JSONObject) -> Void) throws {
        let before = try read(rule, in: context)
        var status = before
        body(&status)
        guard status != before else { return }
        try context.database.run(
            "UPDATE config_rule SET status = ? WHERE account = ? AND region = ? AND name = ?",
            JSON.object(status).description, context.account, context.region, rule)
    }
}
