import JSON
import Model

/// The checks of a runbook as a whole: that everything it names is there.
struct RunbookCheck {
    private let runbook: RunbookContent
    private let names: Set<String>

    init(_ runbook: RunbookContent) {
        self.runbook = runbook
        names = Set(runbook.allSteps.map(\.name))
    }

    func check(_ content: JSON) throws(AWSError) {
        var seen: Set<String> = []
        for step in runbook.allSteps {
            guard seen.insert(step.name).inserted else {
                throw .invalidContent("Step name \"\(step.name)\" is not unique.")
            }
        }
        try check(runbook.steps)
        try checkReferences(in: content)
    }

    private func check(_ steps: [RunbookStep]) throws(AWSError) {
        let siblings = Set(steps.map(\.name))
        for step in steps {
            var targets = step.nextStep.map { [$0] } ?? []
            for case .step(let name) in [step.onFailure, step.onCancel] { targets.append(name) }
            try checkInputs(step)
            if step.action == "aws:branch" { targets += try branchTargets(step) }
            for target in targets where !siblings.contains(target) {
                throw .invalidContent("Step \"\(target)\" that step \"\(step.name)\" names is not defined.")
            }
            if step.action == "aws:loop" { try checkLoop(step) }
        }
    }

    /// The texts are recorded from AWS, blanks and all; its order of the names is not known.
    private func checkInputs(_ step: RunbookStep) throws(AWSError) {
        let given = step.inputs.map(\.name)
        let provided = given.joined(separator: ", ")
        let required = AutomationAction.requiredInputs[step.action] ?? []
        guard required.allSatisfy(given.contains) else {
            throw .invalidContent(
                "Missing required input names. Required=[ [\(required.joined(separator: ", "))] ], Provided =[ [\(provided)] ]."
            )
        }
        guard let known = AutomationAction.knownInputs[step.action] else { return }
        guard given.allSatisfy(known.contains) else {
            throw .invalidContent(
                "Unknown input names provided. Known=[ [\(known.joined(separator: ", "))] ], Provided=[ [\(provided)] ]."
            )
        }
    }

    private func branchTargets(_ step: RunbookStep) throws(AWSError) -> [String] {
        guard let choices = step.inputs["Choices"]?.array, !choices.isEmpty else {
            throw .invalidContent("Choices of step \"\(step.name)\" must have a choice.")
        }
        var targets = step.inputs["Default"]?.string.map { [$0] } ?? []
        for choice in choices {
            guard let next = choice["NextStep"]?.string else {
                throw .invalidContent("A choice of step \"\(step.name)\" has no NextStep.")
            }
            targets.append(next)
            try checkChoice(choice, in: step)
        }
        return targets
    }

    private func checkChoice(_ choice: JSON, in step: RunbookStep) throws(AWSError) {
        for name in ["And", "Or"] {
            guard let inner = choice[name] else { continue }
            let choices = inner.array ?? []
            // Recorded from AWS, spelling and all.
            guard choices.count >= 2 else {
                throw .invalidContent(
                    "Expect at lease two expressions for operator: \(name) in step: \(step.name). Provided: \(choices.count)"
                )
            }
            for inner in choices { try checkChoice(inner, in: step) }
            return
        }
        if let inner = choice["Not"] { return try checkChoice(inner, in: step) }
        guard choice["Variable"] != nil, let object = choice.object,
            Choice.operators.contains(where: { object[$0] != nil })
        else { throw .invalidContent("A choice of step \"\(step.name)\" has no Variable or no known operator.") }
    }

    private func checkLoop(_ step: RunbookStep) throws(AWSError) {
        let isForEach = step.inputs["Iterators"] != nil
        guard isForEach != (step.inputs["LoopCondition"] != nil) else {
            throw .invalidContent("Step \"\(step.name)\" must have either Iterators or LoopCondition.")
        }
        if let condition = step.inputs["LoopCondition"] {
            try checkChoice(condition, in: step)
            guard step.inputs["MaxIterations"] != nil else {
                throw .invalidContent("Input \"MaxIterations\" is required in step \"\(step.name)\".")
            }
        }
        if let count = step.inputs["MaxIterations"]?.int, !(1...LoopAction.iterationLimit).contains(count) {
            throw .invalidContent(
                "MaxIterations of step \"\(step.name)\" must be from 1 to \(LoopAction.iterationLimit).")
        }
        guard
            step.innerSteps.allSatisfy({
                $0.action != "aws:loop" || $0.innerSteps.allSatisfy { $0.action != "aws:loop" }
            })
        else { throw .invalidContent("Loops in step \"\(step.name)\" are nested too deep.") }
        try check(step.innerSteps)
    }

    /// A script may have braces of its own.
    private func references(in step: JSON) -> [Expression.Reference] {
        guard step["action"]?.string == ScriptAction.name, var inputs = step["inputs"]?.object else {
            return Expression.references(in: step)
        }
        inputs["Script"] = nil
        return Expression.references(in: .object(inputs))
    }

    private func checkReferences(in content: JSON) throws(AWSError) {
        let parameters = Set(runbook.parameters.map(\.name))
        let variables = Set(runbook.variables.map(\.name))
        var places = content["mainSteps"]?.array ?? []
        places.append(content["assumeRole"] ?? .null)
        for reference in places.flatMap(references) {
            switch reference {
            case .parameter(let name) where !parameters.contains(name): throw .undeclaredParameter(name)
            case .variable(let name) where !variables.contains(name):
                throw .invalidContent("Variable \"\(name)\" is not declared.")
            case .output(let step, _) where !names.contains(step):
                throw .invalidContent("Step \"\(step)\" that an expression names is not defined.")
            case .system(let name) where !SystemVariable.names.contains(name):
                throw .invalidContent("\"\(name)\" is no system variable.")
            default: break
            }
        }
        for output in runbook.outputs {
            guard case .output(let step, _) = Expression.Reference(output), names.contains(step) else {
                throw .invalidContent("Output \"\(output)\" names no step.")
            }
        }
    }
}
