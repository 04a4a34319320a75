import JSON
import Kernel
import Model

/// The engine: takes an execution one step further each time its job falls due, so that no transaction is long and what is
/// under way survives a restart.
final class AutomationRun {
    static let jobKind = "ssm.automation"
    /// Runs of steps in one execution: a runbook whose steps name each other in a circle ends too.
    private static let stepLimit = 2500
    /// 30 days. Source: the user guide's pages on `aws:approve` and `aws:pause`.
    private static let timeoutLimit = 2_592_000

    var execution: StoredExecution
    let runbook: RunbookContent
    let context: WriteContext

    init(_ execution: StoredExecution, in context: WriteContext) throws {
        self.execution = execution
        self.context = context
        runbook = try RunbookContent(execution.facts.content)
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let execution = try StoredExecution.find(job.subject, in: context), execution.isRunning else { return }
        context.continue(from: execution.facts.cause)
        try AutomationRun(execution, in: context).advance()
    }

    // MARK: What comes next

    func advance() throws {
        if execution.status == .pending {
            execution.status = .inProgress
            try context.emit(.automationExecution(execution, in: context))
        }
        if execution.facts.targets != nil {
            try RateControl(self).advance()
        } else if let place = execution.state.frames.firstIndex(where: {
            $0.deadline.map { $0 <= context.now } ?? false
        }) {
            try endLoop(at: place)
        } else if let number = execution.state.current {
            guard let step = try StoredStep.find(number, of: execution.id, in: context) else {
                return try end(.failed)
            }
            try goOn(step)
        } else {
            try beginNext()
        }
        try execution.save(in: context)
    }

    /// Asks for the next look at the execution.
    func wake(at due: Timestamp) throws {
        try context.schedule(Self.jobKind, subject: execution.id, due: due, detail: [:])
    }

    private func beginNext() throws {
        guard let frame = execution.state.frames.last else { return try end(finalStatus) }
        guard let name = frame.next else {
            guard let loop = frame.loop else { return try end(finalStatus) }
            return try LoopAction.endIteration(loop.number, in: self)
        }
        guard let step = runbook.steps(within: frame.loop?.name).first(where: { $0.name == name }) else {
            return try end(.failed, "Step \(name) is not defined.")
        }
        if execution.facts.isInteractive {
            guard execution.state.mayBegin == name || execution.state.mayBegin == "" else {
                return try change(to: .waiting)
            }
            execution.state.mayBegin = nil
        }
        try begin(step, frame)
    }

    private var finalStatus: AutomationExecutionStatus { execution.state.failedStatus ?? .success }

    private func begin(_ step: RunbookStep, _ frame: ExecutionState.Frame) throws {
        execution.state.stepCount += 1
        guard execution.state.stepCount <= Self.stepLimit else {
            return try end(.failed, "The execution has run \(Self.stepLimit) steps, more than are allowed.")
        }
        var row = try planned(step, frame)
        row.status = .inProgress
        row.started = context.now
        execution.state.current = row.number
        try change(to: .inProgress)
        try context.emit(.automationStep(row, of: execution, in: context))
        do {
            let seconds = try number(step.timeoutSeconds) ?? AutomationAction.standardTimeouts[step.action]
            if let seconds, !(1...Self.timeoutLimit).contains(seconds) {
                throw AutomationFailure(
                    "timeoutSeconds must be from 1 to \(Self.timeoutLimit)", stage: .inputValidation)
            }
            row.deadline = seconds.map { context.now.adding(seconds: $0) }
            if let seconds { row.facts["timeoutSeconds"] = .number(seconds) }
            row.inputs = step.inputs
            let open = step.inputs.filter { AutomationAction.resolves($0.name, of: step.action) }
            let resolved = try resolve(.object(JSONObject(open.map { ($0.name, $0.value) })))
            for member in resolved.object ?? JSONObject() { row.inputs[member.name] = member.value }
        } catch let failure as AutomationFailure {
            return try fail(step, &row, failure)
        }
        try act(step, &row)
    }

    /// The row that was made at the start, or a new one in loops and where a step comes again.
    private func planned(_ step: RunbookStep, _ frame: ExecutionState.Frame) throws -> StoredStep {
        if frame.loop == nil,
            let row = try StoredStep.planned(
                step.name, among: runbook.steps.count, of: execution.id, in: context)
        {
            return row
        }
        let number = try StoredStep.nextNumber(of: execution.id, in: context)
        let siblings = runbook.steps(within: frame.loop?.name)
        var row = step.row(number: number, loop: frame.loop?.number, siblings: siblings, in: context)
        if let loop = frame.loop, let parent = try StoredStep.find(loop.number, of: execution.id, in: context) {
            let item = frame.items.map { AutomationValue.text($0[frame.iteration - 1]) }
            row.facts["parentStep"] = .object([
                "StepExecutionId": .string(parent.id), "StepName": .string(parent.name),
                "Action": .string(parent.action), "Iteration": .number(frame.iteration),
                "IteratorValue": item.map(JSON.string),
            ])
        }
        return row
    }

    func plannedRow(_ step: RunbookStep, _ number: Int) -> StoredStep {
        step.row(number: number, loop: nil, siblings: runbook.steps, in: context)
    }

    private func goOn(_ row: StoredStep) throws {
        var row = row
        guard let step = runbook.allSteps.first(where: { $0.name == row.name }) else { return try end(.failed) }
        if let deadline = row.deadline, deadline <= context.now {
            let failure = AutomationFailure("The step \(row.name) timed out", isTimeout: true)
            return try fail(step, &row, failure)
        }
        try act(step, &row)
    }

    /// Ends a loop whose time is up, with what is under way in it.
    private func endLoop(at place: Int) throws {
        let failure = AutomationFailure(
            "The step \(execution.state.frames[place].loop?.name ?? "") timed out", isTimeout: true)
        if let number = execution.state.current, var row = try StoredStep.find(number, of: execution.id, in: context) {
            try finish(&row, .cancelled)
        }
        while execution.state.frames.count > place + 1 {
            guard let loop = execution.state.frames.removeLast().loop,
                var row = try StoredStep.find(loop.number, of: execution.id, in: context)
            else { continue }
            try finish(&row, .cancelled)
        }
        guard let loop = execution.state.frames.removeLast().loop,
            var row = try StoredStep.find(loop.number, of: execution.id, in: context),
            let step = runbook.allSteps.first(where: { $0.name == loop.name })
        else { return try end(.timedOut) }
        try fail(step, &row, failure)
    }

    // MARK: What a step does

    private func act(_ step: RunbookStep, _ row: inout StoredStep) throws {
        do {
            switch try AutomationAction.perform(step, &row, in: self) {
            case .succeeded(let outputs, let payload):
                var outputs = outputs
                for (name, value) in try AutomationAction.declared(step.outputs, in: payload) { outputs[name] = value }
                try Self.check(outputs)
                row.outputs = outputs
                try succeed(step, &row, next: nil)
            case .goTo(let next): try succeed(step, &row, next: next)
            case .waiting(let until, let status):
                row.status = status
                try row.save(of: execution.id, in: context)
                try change(to: status)
                let deadlines = execution.state.frames.map(\.deadline) + [until, row.deadline]
                if let due = deadlines.compactMap({ $0 }).min() { try wake(at: due) }
            case .entered:
                execution.state.current = nil
                try row.save(of: execution.id, in: context)
                try wake(at: context.now)
            }
        } catch let failure as AutomationFailure {
            try fail(step, &row, failure)
        }
    }

    /// - Parameter next: where a branch leads, instead of to the step after it.
    func succeed(_ step: RunbookStep, _ row: inout StoredStep, next: String?) throws {
        try finish(&row, .success)
        try proceed(after: step, to: next)
    }

    func fail(_ step: RunbookStep, _ row: inout StoredStep, _ failure: AutomationFailure) throws {
        let attempts = (try? number(step.maxAttempts)) ?? 1
        if row.attempt < attempts, !failure.isTimeout, failure.stage != .inputValidation,
            execution.state.stepCount < Self.stepLimit
        {
            row.attempt += 1
            execution.state.stepCount += 1
            row.data = JSONObject()
            row.status = .inProgress
            try row.save(of: execution.id, in: context)
            return try wake(at: context.now)
        }
        row.facts["failureMessage"] = .string(failure.text)
        row.facts["failureDetails"] = failure.details
        let status: AutomationExecutionStatus = failure.isTimeout ? .timedOut : .failed
        try finish(&row, status)
        if step.isCritical || step.onFailure == .abort {
            execution.state.failedStatus = status
            execution.state.failure = execution.state.failure ?? failure.text
        }
        switch step.onFailure {
        case .abort: try abort(status)
        case .continue: try proceed(after: step, to: nil)
        case .step(let name): try proceed(after: step, to: name)
        }
    }

    /// Ends the loops around the step, too.
    private func abort(_ status: AutomationExecutionStatus) throws {
        for frame in execution.state.frames.reversed() {
            guard let loop = frame.loop, var row = try StoredStep.find(loop.number, of: execution.id, in: context)
            else {
                continue
            }
            row.facts["failureMessage"] = execution.state.failure.map(JSON.string)
            try finish(&row, status)
        }
        try end(status)
    }

    /// Closes a step's row and tells of it. An execution or a script that it waits for is stopped.
    func finish(_ row: inout StoredStep, _ status: AutomationExecutionStatus) throws {
        ScriptAction.stop(row, in: context)
        if let id = row.data["child"]?.string, let child = try StoredExecution.find(id, in: context), child.isRunning {
            try AutomationStop(child, in: context).stop(.cancel)
        }
        row.status = status
        row.ended = context.now
        if status == .success { row.facts["responseCode"] = row.facts["responseCode"] ?? "0" }
        try row.save(of: execution.id, in: context)
        if execution.state.current == row.number { execution.state.current = nil }
        try context.emit(.automationStep(row, of: execution, in: context))
    }

    private func proceed(after step: RunbookStep, to target: String?) throws {
        guard !execution.state.frames.isEmpty else { return try end(finalStatus) }
        let place = execution.state.frames.count - 1
        let siblings = runbook.steps(within: execution.state.frames[place].loop?.name)
        let following = siblings.firstIndex { $0.name == step.name }.flatMap { index in
            index + 1 < siblings.count ? siblings[index + 1].name : nil
        }
        execution.state.frames[place].next = step.isEnd ? nil : target ?? step.nextStep ?? following
        if let stop = execution.state.stop { return try end(stop) }
        try wake(at: context.now)
    }

    // MARK: The execution

    private func change(to status: AutomationExecutionStatus) throws {
        guard execution.status != status else { return }
        execution.status = status
        try context.emit(.automationExecution(execution, in: context))
    }

    func end(_ status: AutomationExecutionStatus, _ failure: String? = nil) throws {
        execution.status = status
        execution.ended = context.now
        execution.state.failure = status == .success ? nil : failure ?? execution.state.failure
        execution.state.current = nil
        for name in runbook.outputs {
            let found = try? value(of: Expression.Reference(name))
            execution.state.outputs[name] = found ?? Self.noOutput
        }
        try execution.save(in: context)
        try context.unschedule(Self.jobKind, subject: execution.id)
        try context.note(
            "automationEnded", StoredExecution.arn(execution.id, in: context).description,
            detail: .object(["status": status.json, "failure": execution.state.failure.map(JSON.string)]))
        try context.emit(.automationExecution(execution, in: context))
        if let parent = execution.parent {
            try context.schedule(Self.jobKind, subject: parent, due: context.now, detail: [:])
        }
    }

    private static let noOutput: JSON = "No output available yet because the step is not successfully executed"

    // MARK: Values

    /// A number that may be written as text or named by an expression.
    private func number(_ value: JSON?) throws -> Int? {
        guard let value else { return nil }
        let resolved = try resolve(value)
        return resolved.int ?? Int(AutomationValue.text(resolved))
    }

    private static func value(at path: [String], in outputs: JSONObject?) -> JSON? {
        var found = outputs.map(JSON.object)
        for name in path { found = found?[name] }
        return found
    }

    func resolve(_ value: JSON) throws -> JSON {
        var size = 0
        let resolved = try Expression.resolve(value) { reference in
            let value = try self.value(of: reference)
            size += AutomationValue.text(value).utf8.count
            guard size <= AutomationValue.sizeLimit else { throw Self.tooLarge }
            return value
        }
        guard AutomationValue.depth(of: resolved) <= AutomationValue.depthLimit else { throw Self.tooLarge }
        return resolved
    }

    private static let tooLarge = AutomationFailure("The inputs are larger than is allowed", stage: .inputValidation)

    /// Refuses outputs that are too large to be kept.
    static func check(_ outputs: JSONObject) throws {
        let value = JSON.object(outputs)
        guard AutomationValue.depth(of: value) <= AutomationValue.depthLimit,
            value.description.utf8.count <= AutomationValue.sizeLimit
        else {
            throw AutomationFailure("The outputs are larger than is allowed", .verification, stage: .postVerification)
        }
    }

    private func value(of reference: Expression.Reference) throws -> JSON {
        let found: JSON?
        let name: String
        switch reference {
        case .parameter(let parameter): (name, found) = (parameter, execution.facts.parameters[parameter])
        case .variable(let variable): (name, found) = ("variable:\(variable)", execution.state.variables[variable])
        case .system(let system): (name, found) = (system, SystemVariable.value(system, of: execution, in: context))
        case .output(let step, let path):
            name = ([step] + path).joined(separator: ".")
            let outputs = try StoredStep.latest(step, of: execution.id, in: context)?.outputs
            // The name of an output may have dots itself.
            found = outputs?[path.joined(separator: ".")] ?? Self.value(at: path, in: outputs)
        case .stored(let parameter):
            name = "ssm:\(parameter)"
            let input = JSONObject([("Name", .string(parameter))])
            let answer = try ApiCall(service: "ssm", api: "GetParameter").perform(input, in: self)
            found = answer["Parameter"]?["Value"]
        }
        guard let found else {
            // In the words of AWS, full stop and all.
            throw AutomationFailure(
                "Failed to resolve input: \(name) to type String. \(name) is not defined in the Automation Document.",
                stage: .inputValidation)
        }
        return found
    }
}

extension RunbookStep {
    func row(number: Int, loop: Int?, siblings: [RunbookStep], in context: ReadContext) -> StoredStep {
        let place = siblings.firstIndex { $0.name == name } ?? 0
        var valid = nextStep.map { [$0] } ?? (isEnd || place + 1 >= siblings.count ? [] : [siblings[place + 1].name])
        if action == "aws:branch" {
            valid =
                (inputs["Choices"]?.array ?? []).compactMap { $0["NextStep"]?.string }
                + (inputs["Default"]?.string.map { [$0] } ?? valid)
        }
        let facts: JSON = .object([
            "action": .string(action), "onFailure": .string(onFailure.text),
            "maxAttempts": .number(maxAttempts.int ?? 1),
            "isEnd": .bool(isEnd), "nextStep": valid.first.map(JSON.string), "isCritical": .bool(isCritical),
            "validNextSteps": valid.json,
        ])
        return StoredStep(
            number: number, id: context.random.uuid(), name: name, loop: loop, facts: facts.object ?? JSONObject())
    }
}
