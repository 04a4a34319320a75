import JSON
import Kernel
import Model

/// Source: the user guide's page "Amazon EventBridge event examples for Systems Manager".
extension Event {
    static func automationExecution(_ execution: StoredExecution, in context: ReadContext) -> Event {
        var detail = times(execution, execution.started, execution.ended, execution.status)
        detail["ExecutedBy"] = .string(execution.facts.executedBy)
        return automation("EC2 Automation Execution Status-change Notification", execution, detail, in: context)
    }

    static func automationStep(_ step: StoredStep, of execution: StoredExecution, in context: ReadContext) -> Event {
        var detail = times(execution, step.started ?? context.now, step.ended, step.status)
        detail["StepName"] = .string(step.name)
        detail["Action"] = .string(step.action)
        return automation("EC2 Automation Step Status-change Notification", execution, detail, in: context)
    }

    private static func automation(
        _ detailType: String, _ execution: StoredExecution, _ detail: JSONObject, in context: ReadContext
    ) -> Event {
        Event(
            source: "aws.ssm", detailType: detailType,
            resources: [
                StoredExecution.arn(execution.id, in: context).description, execution.facts.definition,
            ], detail: .object(detail))
    }

    private static func times(
        _ execution: StoredExecution, _ start: Timestamp, _ end: Timestamp?, _ status: AutomationExecutionStatus
    ) -> JSONObject {
        var detail = JSONObject([
            ("ExecutionId", .string(execution.id)), ("Definition", .string(execution.document)),
            ("DefinitionVersion", .number("\(execution.facts.documentVersion).0")), ("Status", status.json),
        ])
        if let end { detail["EndTime"] = .string(spelled(end)) }
        detail["StartTime"] = .string(spelled(start))
        // Milliseconds.
        if let end { detail["Time"] = .number("\(end.milliseconds - start.milliseconds).0") }
        return detail
    }

    /// `Nov 29, 2024 7:43:25 PM`
    private static func spelled(_ time: Timestamp) -> String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = time.iso8601(fraction: false)
        func number(_ start: Int, _ count: Int) -> Int { Int(text.dropFirst(start).prefix(count)) ?? 0 }
        let hour = number(11, 2)
        return
            "\(months[max(0, number(5, 2) - 1)]) \(number(8, 2)), \(text.prefix(4)) \((hour + 11) % 12 + 1)\(text.dropFirst(13).prefix(6)) \(hour < 12 ? "AM" : "PM")"
    }
}
