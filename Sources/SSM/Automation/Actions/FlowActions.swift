import JSON
import Kernel
import Model

/// `aws:branch`
enum BranchAction {
    @Sendable static func perform(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        let choice = row.inputs["Choices"]?.array?.first(where: Choice.holds)
        let next = choice?["NextStep"]?.string ?? row.inputs["Default"]?.string
        if let next { row.outputs = JSONObject([("NextStep", .string(next))]) }
        return .goTo(next)
    }
}

/// `aws:sleep`: for a Duration (ISO 8601, `PT10M`) or until a Timestamp; seven days at most.
enum SleepAction {
    private static let secondsLimit: Int64 = 604_800

    @Sendable static func perform(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        let now = run.context.now
        if let wake = row.data["wake"].flatMap(Timestamp.init(json:)) {
            return wake <= now ? .succeeded(JSONObject(), payload: [:]) : .waiting(until: wake, .inProgress)
        }
        let wake: Timestamp
        if let text = row.inputs["Duration"].map(AutomationValue.text) {
            guard let seconds = ISODuration.seconds(text), seconds <= secondsLimit else {
                throw AutomationFailure("The Duration \(text) is not valid", stage: .inputValidation)
            }
            wake = now.adding(milliseconds: seconds * 1000)
        } else {
            let text = row.inputs["Timestamp"].map(AutomationValue.text) ?? ""
            guard let moment = Timestamp(iso8601: text), moment.milliseconds - now.milliseconds <= secondsLimit * 1000
            else { throw AutomationFailure("The Timestamp \(text) is not valid", stage: .inputValidation) }
            wake = moment
        }
        row.data["wake"] = wake.json
        return wake <= now ? .succeeded(JSONObject(), payload: [:]) : .waiting(until: wake, .inProgress)
    }
}

/// Durations of ISO 8601 that have no years and months: `P1DT2H3M4S`.
enum ISODuration {
    static func seconds(_ text: String) -> Int64? {
        guard text.hasPrefix("P"), text.count > 1 else { return nil }
        var total: Int64 = 0
        var digits = ""
        var isTime = false
        for character in text.dropFirst() {
            if character == "T", !isTime, digits.isEmpty {
                isTime = true
                continue
            }
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            let unit: Int64
            switch (character, isTime) {
            case ("W", false): unit = 604_800
            case ("D", false): unit = 86_400
            case ("H", true): unit = 3600
            case ("M", true): unit = 60
            case ("S", true): unit = 1
            default: return nil
            }
            guard digits.count <= 9, let count = Int64(digits) else { return nil }
            total += count * unit
            digits = ""
        }
        return digits.isEmpty && text.last != "T" ? total : nil
    }
}

/// `aws:pause`: until the signal Resume.
enum PauseAction {
    @Sendable static func perform(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        row.data["isResumed"] == true ? .succeeded(JSONObject(), payload: [:]) : .waiting(until: nil, .waiting)
    }
}

/// `aws:updateVariable`
enum VariableAction {
    @Sendable static func perform(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        let text = row.inputs["Name"].map(AutomationValue.text) ?? ""
        let name = text.hasPrefix("variable:") ? String(text.dropFirst("variable:".count)) : text
        guard let variable = run.runbook.variables.first(where: { $0.name == name }) else {
            throw AutomationFailure("The variable \(name) is not declared", stage: .inputValidation)
        }
        guard let value = row.inputs["Value"].flatMap({ AutomationValue.typed($0, as: variable.type) }) else {
            throw AutomationFailure("The value of the variable \(name) is no \(variable.type)", stage: .inputValidation)
        }
        let original = run.execution.state.variables[name] ?? .null
        run.execution.state.variables[name] = value
        return .succeeded(JSONObject([("OriginalValue", original), ("UpdatedValue", value)]), payload: [:])
    }
}
