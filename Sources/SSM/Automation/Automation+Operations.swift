import JSON
import Kernel
import Model

extension SSM {
    private static let shownSteps = 100

    @Sendable static func startAutomationExecution(
        _ input: StartAutomationExecutionRequest, in context: WriteContext
    ) throws -> StartAutomationExecutionResult {
        let execution = try AutomationStart(input, in: context).start()
        return StartAutomationExecutionResult(automationExecutionId: execution.id)
    }

    @Sendable static func getAutomationExecution(
        _ input: GetAutomationExecutionRequest, in context: ReadContext
    ) throws -> GetAutomationExecutionResult {
        let execution = try execution(input.automationExecutionId, in: context)
        context.access("ssm:GetAutomationExecution", on: StoredExecution.arn(execution.id, in: context).description)
        let steps = try StoredStep.list(of: execution.id, limit: shownSteps + 1, in: context)
        var shown = try AutomationShown.members(of: execution, in: context)
        shown["Parameters"] = AutomationValue.shown(execution.facts.parameters)
        shown["StepExecutions"] = .array(steps.prefix(shownSteps).map(\.json))
        shown["StepExecutionsTruncated"] = .bool(steps.count > shownSteps)
        if !execution.state.variables.isEmpty { shown["Variables"] = AutomationValue.shown(execution.state.variables) }
        if let counters = try AutomationShown.counters(of: execution, in: context) {
            shown["ProgressCounters"] = counters
        }
        return GetAutomationExecutionResult(automationExecution: AutomationExecution(json: .object(shown)))
    }

    @Sendable static func stopAutomationExecution(
        _ input: StopAutomationExecutionRequest, in context: WriteContext
    ) throws -> StopAutomationExecutionResult {
        let execution = try execution(input.automationExecutionId, in: context)
        context.access("ssm:StopAutomationExecution", on: StoredExecution.arn(execution.id, in: context).description)
        guard execution.isRunning else {
            // The text of the API reference.
            throw AWSError(
                "InvalidAutomationStatusUpdateException", "The specified update status operation isn't valid.")
        }
        try AutomationStop(execution, in: context).stop(input.type ?? .cancel)
        try context.record(
            .changed, StoredExecution.arn(execution.id, in: context), operation: "StopAutomationExecution",
            detail: .object(["type": (input.type ?? .cancel).json]))
        return StopAutomationExecutionResult()
    }

    @Sendable static func sendAutomationSignal(
        _ input: SendAutomationSignalRequest, in context: WriteContext
    ) throws -> SendAutomationSignalResult {
        let execution = try execution(input.automationExecutionId, in: context)
        context.access("ssm:SendAutomationSignal", on: StoredExecution.arn(execution.id, in: context).description)
        try AutomationSignal(execution, in: context).send(input)
        try context.record(
            .changed, StoredExecution.arn(execution.id, in: context), operation: "SendAutomationSignal",
            detail: .object(["signal": input.signalType.json]))
        return SendAutomationSignalResult()
    }

    static func execution(_ id: String, in context: ReadContext) throws -> StoredExecution {
        guard let execution = try StoredExecution.find(id, in: context) else {
            // The text of the API reference.
            throw AWSError(
                "AutomationExecutionNotFoundException",
                "There is no automation execution information for the requested automation execution ID.")
        }
        return execution
    }
}

/// What the API shows of an execution.
enum AutomationShown {
    /// What GetAutomationExecution and DescribeAutomationExecutions have in common.
    static func members(of execution: StoredExecution, in context: ReadContext) throws -> JSONObject {
        let request = execution.facts.request
        let current = try execution.state.current.flatMap {
            try StoredStep.find($0, of: execution.id, in: context)
        }
        let json: JSON = .object([
            "AutomationExecutionId": .string(execution.id), "DocumentName": .string(execution.document),
            "DocumentVersion": .string(execution.facts.documentVersion),
            "AutomationExecutionStatus": execution.status.json,
            "ExecutionStartTime": execution.started.json, "ExecutionEndTime": execution.ended?.json,
            "ExecutedBy": .string(execution.facts.executedBy), "Mode": request["Mode"] ?? "Auto",
            "Outputs": AutomationValue.shown(execution.state.outputs),
            "FailureMessage": execution.state.failure.map(JSON.string),
            "ParentAutomationExecutionId": execution.parent.map(JSON.string),
            "CurrentStepName": current.map { .string($0.name) }, "CurrentAction": current.map { .string($0.action) },
            "TargetParameterName": request["TargetParameterName"], "Targets": request["Targets"] ?? [],
            "TargetMaps": request["TargetMaps"],
            "ResolvedTargets": .object([
                "ParameterValues": .array(
                    (execution.facts.targets ?? []).flatMap { map in
                        (map.object ?? JSONObject()).flatMap { AutomationValue.shown($0.value).map(JSON.string) }
                    }), "Truncated": false,
            ]),
            "MaxConcurrency": request["MaxConcurrency"], "MaxErrors": request["MaxErrors"],
            "Target": execution.facts.target.map(JSON.string), "AlarmConfiguration": request["AlarmConfiguration"],
        ])
        return json.object ?? JSONObject()
    }

    static func counters(of execution: StoredExecution, in context: ReadContext) throws -> JSON? {
        guard let targets = execution.facts.targets else { return nil }
        let rows = try StoredStep.list(of: execution.id, limit: targets.count, in: context)
        func count(_ status: AutomationExecutionStatus) -> JSON { .number(rows.filter { $0.status == status }.count) }
        return .object([
            "TotalSteps": .number(targets.count), "SuccessSteps": count(.success), "FailedSteps": count(.failed),
            "CancelledSteps": count(.cancelled), "TimedOutSteps": count(.timedOut),
        ])
    }
}
