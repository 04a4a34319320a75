import JSON
import Kernel
import Model

/// `aws:loop`: its steps for each of the Iterators, or while a LoopCondition holds that is asked after each iteration.
enum LoopAction {
    static let iterationLimit = 100

    @Sendable static func perform(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        let (number, name) = (row.number, row.name)
        var frame = ExecutionState.Frame(loop: (number, name), deadline: row.deadline)
        if let iterators = row.inputs["Iterators"] {
            let resolved = try run.resolve(iterators)
            guard let items = resolved.array ?? resolved.string.flatMap(AutomationValue.parsed)?.array else {
                throw AutomationFailure("The Iterators of step \(row.name) are no list", stage: .inputValidation)
            }
            guard items.count <= iterationLimit else {
                throw AutomationFailure("There are more than \(iterationLimit) Iterators", stage: .inputValidation)
            }
            row.inputs = JSONObject([("Iterators", .array(items)), ("Steps", row.inputs["Steps"] ?? [])])
            guard !items.isEmpty else { return .succeeded(JSONObject(), payload: [:]) }
            frame.items = items
        }
        begin(&frame, 1, &row, in: run)
        run.execution.state.frames.append(frame)
        return .entered
    }

    private static func begin(
        _ frame: inout ExecutionState.Frame, _ iteration: Int, _ row: inout StoredStep, in run: AutomationRun
    ) {
        frame.iteration = iteration
        frame.next = run.runbook.steps(within: row.name).first?.name
        row.outputs["CurrentIteration"] = .number(iteration)
        if let items = frame.items { row.outputs["CurrentIteratorValue"] = items[iteration - 1] }
    }

    /// Called when the steps of an iteration have come to their end.
    static func endIteration(_ number: Int, in run: AutomationRun) throws {
        guard var frame = run.execution.state.frames.popLast(),
            var row = try StoredStep.find(number, of: run.execution.id, in: run.context),
            let step = run.runbook.allSteps.first(where: { $0.name == row.name })
        else { return try run.end(.failed) }
        let goesOn: Bool
        do {
            try aggregate(&row, step, in: run)
            goesOn = try self.goesOn(frame, step, in: run)
        } catch let failure as AutomationFailure {
            return try run.fail(step, &row, failure)
        }
        if goesOn {
            begin(&frame, frame.iteration + 1, &row, in: run)
            run.execution.state.frames.append(frame)
            try row.save(of: run.execution.id, in: run.context)
            try run.wake(at: run.context.now)
        } else {
            try run.succeed(step, &row, next: nil)
        }
    }

    private static func goesOn(_ frame: ExecutionState.Frame, _ step: RunbookStep, in run: AutomationRun) throws -> Bool
    {
        if let items = frame.items { return frame.iteration < items.count }
        guard try frame.iteration < limit(step, in: run) else { return false }
        return Choice.holds(try run.resolve(step.inputs["LoopCondition"] ?? [:]))
    }

    private static func limit(_ step: RunbookStep, in run: AutomationRun) throws -> Int {
        let value = try run.resolve(step.inputs["MaxIterations"] ?? .number(iterationLimit))
        return min(iterationLimit, value.int ?? Int(AutomationValue.text(value)) ?? iterationLimit)
    }

    /// What each iteration gave, as `AggregatedResults`.
    private static func aggregate(_ row: inout StoredStep, _ step: RunbookStep, in run: AutomationRun) throws {
        var results = row.outputs["AggregatedResults"]?.object ?? JSONObject()
        for inner in step.innerSteps {
            guard let last = try StoredStep.latest(inner.name, of: run.execution.id, in: run.context) else { continue }
            for output in last.outputs {
                let name = "\(inner.name).\(output.name)"
                results[name] = .array((results[name]?.array ?? []) + [output.value])
            }
        }
        guard !results.isEmpty else { return }
        row.outputs["AggregatedResults"] = .object(results)
        try AutomationRun.check(row.outputs)
    }
}
