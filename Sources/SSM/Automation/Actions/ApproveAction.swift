import JSON
import Kernel
import Model

/// `aws:approve`: tells a topic, and waits until enough of the approvers have approved or one has rejected.
enum ApproveAction {
    @Sendable static func perform(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        if row.data["isAsked"] != true {
            try notify(row, in: run)
            row.data["isAsked"] = true
        }
        let decisions = row.data["decisions"]?.array ?? []
        let needed = row.inputs["MinRequiredApprovals"].flatMap { $0.int ?? Int(AutomationValue.text($0)) } ?? 1
        let approvals = decisions.filter { $0["Decision"] == "Approve" }
        var outputs = JSONObject([("ApproverDecisions", .array(decisions))])
        if decisions.count > approvals.count {
            outputs["ApprovalStatus"] = "Rejected"
            row.outputs = outputs
            throw AutomationFailure("The approval step was rejected")
        }
        outputs["ApprovalStatus"] = approvals.count >= needed ? "Approved" : "Waiting"
        row.outputs = outputs
        return approvals.count >= needed ? .succeeded(outputs, payload: [:]) : .waiting(until: nil, .waiting)
    }

    private static func notify(_ row: StoredStep, in run: AutomationRun) throws {
        guard let topic = row.inputs["NotificationArn"].map(AutomationValue.text), !topic.isEmpty else { return }
        let context = run.context
        let execution = StoredExecution.arn(run.execution.id, in: context)
        let message = """
            \(row.inputs["Message"].map(AutomationValue.text) ?? "An Automation execution waits for your approval.")

            Execution: \(execution)
            Runbook: \(run.execution.document)
            Step: \(row.name)
            Approvers: \((row.inputs["Approvers"].map(AutomationValue.shown) ?? []).joined(separator: ", "))
            """
        _ = try ApiCall(service: "sns", api: "Publish").perform(
            [
                ("TopicArn", .string(topic)), ("Message", .string(message)),
                ("Subject", "Approval for Automation execution"),
            ].object, in: run)
    }

    /// Notes the decision of a caller who may decide.
    static func decide(_ decision: String, comment: String?, _ row: inout StoredStep, in context: WriteContext) throws {
        var decisions = row.data["decisions"]?.array ?? []
        let decided = Set(decisions.compactMap { $0["Approver"]?.string })
        let approvers = row.inputs["Approvers"].map(AutomationValue.shown) ?? []
        let root = Principal.root(of: context.account, region: context.region)
        let approver: String?
        if context.principal == root {
            // There are no users here: the account stands for each of them in turn.
            approver = approvers.first { !decided.contains($0) }
            try context.notEnforced(
                "Approvers", reason: "The account's root user decides for the approvers of an account.")
        } else {
            approver = approvers.first { !decided.contains($0) && stands($0, for: context.principal) }
        }
        guard let approver else {
            throw AWSError.invalidSignal(
                "\(context.principal.arn) is not an approver of step \(row.name), or has decided already.")
        }
        decisions.append(
            .object([
                "Approver": .string(approver), "Decision": .string(decision), "Comment": comment.map(JSON.string),
                "DecisionTime": .string(context.now.iso8601(fraction: false)),
            ]))
        row.data["decisions"] = .array(decisions)
    }

    /// An approver is named by its ARN, a user by its name as well, and a session by its role.
    private static func stands(_ approver: String, for principal: Principal) -> Bool {
        if approver == principal.arn { return true }
        guard let arn = ARN(principal.arn) else { return false }
        let parts = arn.resource.split(separator: "/").map(String.init)
        if parts.first == "user" { return approver == parts.last }
        guard parts.first == "assumed-role", parts.count > 1, let role = Role(arn: approver) else { return false }
        return role.arn.account == arn.account && role.name == parts[1]
    }
}

extension [(String, JSON)] {
    var object: JSONObject { JSONObject(self) }
}

extension AWSError {
    static func invalidSignal(_ message: String) -> AWSError { AWSError("InvalidAutomationSignalException", message) }
}
