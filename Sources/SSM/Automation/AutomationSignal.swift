import JSON
import Kernel
import Model

/// A signal for an execution that waits.
///
/// Source: the page of SendAutomationSignal.
struct AutomationSignal {
    private let execution: StoredExecution
    private let context: WriteContext

    init(_ execution: StoredExecution, in context: WriteContext) {
        self.execution = execution
        self.context = context
    }

    func send(_ input: SendAutomationSignalRequest) throws {
        guard execution.isRunning else { throw Self.notValid }
        func payload(_ name: String) -> String? { input.payload?[name]?.first }
        switch input.signalType {
        case .approve, .reject:
            var row = try waiting("aws:approve", nil)
            try ApproveAction.decide(
                input.signalType.rawValue, comment: payload("Comment"), &row, in: context)
            try row.save(of: execution.id, in: context)
        case .resume:
            guard let id = payload("StepExecutionId") else {
                throw AWSError.invalidSignal("The signal needs a StepExecutionId.")
            }
            var row = try waiting("aws:pause", id)
            row.data["isResumed"] = true
            try row.save(of: execution.id, in: context)
        case .startStep: try startStep(payload("StepName"))
        case .stopStep:
            guard let id = payload("StepExecutionId") else {
                throw AWSError.invalidSignal("The signal needs a StepExecutionId.")
            }
            try stopStep(id)
        case .revoke: throw Self.notValid
        }
        try context.schedule(AutomationRun.jobKind, subject: execution.id, due: context.now, detail: [:])
    }

    private static let notValid = AWSError.invalidSignal(
        "The signal is not valid for the current Automation execution.")

    /// The step that waits for the signal.
    private func waiting(_ action: String, _ id: String?) throws -> StoredStep {
        guard let number = execution.state.current,
            let row = try StoredStep.find(number, of: execution.id, in: context)
        else { throw Self.notValid }
        if let id, row.id != id { throw try unknown(step: id) }
        guard row.action == action, row.status == .waiting else { throw Self.notValid }
        return row
    }

    private func unknown(step id: String) throws -> AWSError {
        let rows = try StoredStep.list(of: execution.id, limit: 1000, in: context)
        guard !rows.contains(where: { $0.id == id }) else { return Self.notValid }
        return AWSError(
            "AutomationStepNotFoundException",
            "The specified step name and execution ID don't exist. Verify the information and try again.")
    }

    /// Lets a step of an interactive execution begin; without a name the one that comes next.
    private func startStep(_ name: String?) throws {
        guard execution.facts.isInteractive, execution.state.current == nil else { throw Self.notValid }
        let next = execution.state.frames.last?.next
        if let name, name != next {
            let content = try RunbookContent(execution.facts.content)
            guard content.allSteps.contains(where: { $0.name == name }) else {
                throw AWSError(
                    "AutomationStepNotFoundException",
                    "The specified step name and execution ID don't exist. Verify the information and try again.")
            }
            throw Self.notValid
        }
        var execution = execution
        execution.state.mayBegin = name ?? ""
        try execution.save(in: context)
    }

    private func stopStep(_ id: String) throws {
        guard let number = execution.state.current,
            let row = try StoredStep.find(number, of: execution.id, in: context)
        else { throw Self.notValid }
        guard row.id == id else { throw try unknown(step: id) }
        try AutomationStop(execution, in: context).stopStep()
    }
}
