import JSON
import Kernel
import Model

/// Stops an execution, or the step that is under way.
struct AutomationStop {
    private let execution: StoredExecution
    private let context: WriteContext

    init(_ execution: StoredExecution, in context: WriteContext) {
        self.execution = execution
        self.context = context
    }

    /// `Cancel` ends the step that is under way and then the execution, by way of the step that its onCancel names;
    /// `Complete` lets the step come to its end first.
    func stop(_ type: StopType) throws {
        let run = try AutomationRun(execution, in: context)
        if type == .complete, execution.state.current != nil || execution.facts.targets != nil {
            run.execution.state.stop = .success
            try run.execution.save(in: context)
            return try run.wake(at: context.now)
        }
        if type == .complete { return try run.end(.success) }
        for child in try StoredExecution.children(of: execution.id, in: context) where child.isRunning {
            try AutomationStop(child, in: context).stop(.cancel)
        }
        if execution.facts.targets != nil {
            run.execution.state.stop = .cancelled
            run.execution.status = .cancelling
            try run.execution.save(in: context)
            return try run.wake(at: context.now)
        }
        try cancelStep(in: run, else: { try run.end(.cancelled) })
    }

    /// The execution goes on where the step's onCancel says, and ends otherwise.
    func stopStep() throws {
        let run = try AutomationRun(execution, in: context)
        for child in try StoredExecution.children(of: execution.id, in: context) where child.isRunning {
            try AutomationStop(child, in: context).stop(.cancel)
        }
        try cancelStep(in: run, else: { try run.end(.cancelled) })
    }

    private func cancelStep(in run: AutomationRun, else end: () throws -> Void) throws {
        guard let number = execution.state.current,
            var row = try StoredStep.find(number, of: execution.id, in: context)
        else { return try end() }
        try run.finish(&row, .cancelled)
        for frame in run.execution.state.frames.reversed() {
            guard let loop = frame.loop, var row = try StoredStep.find(loop.number, of: execution.id, in: context)
            else {
                continue
            }
            try run.finish(&row, .cancelled)
        }
        let step = run.runbook.allSteps.first { $0.name == row.name }
        guard case .step(let name) = step?.onCancel, run.execution.state.frames.count == 1 else { return try end() }
        run.execution.state.frames[0].next = name
        run.execution.state.failedStatus = .cancelled
        run.execution.status = .cancelling
        try run.execution.save(in: context)
        try run.wake(at: context.now)
    }
}
