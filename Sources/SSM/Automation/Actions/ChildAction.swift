import JSON
import Kernel
import Model

/// `aws:executeAutomation`: another runbook, in an execution of its own.
enum ChildAction {
    @Sendable static func perform(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        let context = run.context
        guard let id = row.data["child"]?.string else {
            let id = try start(row.inputs, in: run)
            row.data["child"] = .string(id)
            row.outputs = JSONObject([("ExecutionId", .string(id))])
            return .waiting(until: nil, .inProgress)
        }
        guard let child = try StoredExecution.find(id, in: context) else {
            throw AutomationFailure("The execution \(id) is gone", .internal)
        }
        guard !child.isRunning else { return .waiting(until: nil, .inProgress) }
        let output = child.state.outputs.flatMap { AutomationValue.shown($0.value) }
        let outputs = JSONObject([
            ("ExecutionId", .string(id)), ("Status", .string(child.status.rawValue)), ("Output", output.json),
        ])
        row.outputs = outputs
        guard child.status == .success else {
            // As recorded from AWS.
            let shown = output.joined(separator: ", ")
            throw AutomationFailure(
                "Failed to run automation with executionId: \(id) \(child.status.rawValue) : {Status=[\(child.status.rawValue)], Output=[\(shown)], ExecutionId=[\(id)]}"
            )
        }
        return .succeeded(outputs, payload: .object(outputs))
    }

    private static func start(_ inputs: JSONObject, in run: AutomationRun) throws -> String {
        var request = JSONObject()
        for name in [
            "DocumentName", "DocumentVersion", "TargetParameterName", "Targets", "TargetMaps", "MaxConcurrency",
            "MaxErrors",
        ] {
            request[name] = inputs[name]
        }
        request["Parameters"] = inputs["RuntimeParameters"].map { parameters in
            guard let object = parameters.object else { return parameters }
            return .object(JSONObject(object.map { ($0.name, AutomationValue.shown($0.value).json) }))
        }
        do {
            // What comes from a runbook has been checked by nobody yet.
            guard let shape = SSM.service.model.api.operations["StartAutomationExecution"]?.input else {
                throw AWSError("InternalServerError")
            }
            try SSM.service.check(.object(request), shape)
            let input = StartAutomationExecutionRequest(json: .object(request))
            return try AutomationStart(input, within: run.execution, in: run.context).start().id
        } catch let error as AWSError {
            throw AutomationFailure(
                "An error occurred (\(error.code)) when calling the StartAutomationExecution operation: \(error.message ?? "")"
            )
        }
    }
}
