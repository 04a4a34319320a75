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

    /// The rule was asked and has answered. Each of the items of a commit says so, and the last one does it for all.
    static func noteEvaluation(by rule: StoredRule, in context: WriteContext) {
        let (account, region, name, id) = (context.account, context.region, rule.name, rule.id)
        let now = context.now.json
        context.beforeCommit("config rule status \(account) \(region) \(id)") { database in
            let changes = JSON.object([
                "FirstEvaluationStarted": true, Step.invocation.rawValue: now, Step.evaluation.rawValue: now,
            ])
            try database.run(
                """
                UPDATE config_rule SET status = json_patch(status, ?)
                WHERE account = ? AND region = ? AND name = ? AND id = ?
                """, changes.description, account, region, name, id)
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
