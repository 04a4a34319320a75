import JSON
import Kernel
import Model

/// `aws:executeAwsApi`
enum ApiAction {
    @Sendable static func perform(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        let answer = try ApiCall(row.inputs).perform(ApiCall.members(of: row.inputs), in: run)
        return .succeeded(JSONObject(), payload: answer)
    }
}

/// `aws:assertAwsResourceProperty` and `aws:waitForAwsResourceProperty`
enum PropertyAction {
    /// AWS does not say how often it looks.
    private static let secondsBetweenLooks = 5

    @Sendable static func assert(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        let look = try look(row, in: run)
        guard look.isDesired else {
            // As recorded from AWS, with its full stop before the one that ends every message.
            throw AutomationFailure(
                "Property value '\(look.value)' from the API output is not in the desired values. Desired values: [\(look.desired)].",
                .verification)
        }
        return .succeeded(JSONObject(), payload: look.answer)
    }

    @Sendable static func wait(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        let look = try look(row, in: run)
        if look.isDesired { return .succeeded(JSONObject(), payload: look.answer) }
        return .waiting(until: run.context.now.adding(seconds: secondsBetweenLooks), .inProgress)
    }

    private static func look(_ row: StoredStep, in run: AutomationRun) throws
        -> (isDesired: Bool, value: String, desired: String, answer: JSON)
    {
        let inputs = row.inputs
        let text = inputs["PropertySelector"].map(AutomationValue.text) ?? ""
        guard let selector = Selector(text) else {
            throw AutomationFailure("The PropertySelector \(text) is not valid", stage: .inputValidation)
        }
        let desired = (inputs["DesiredValues"]?.array ?? []).map(AutomationValue.compared)
        let answer = try ApiCall(inputs).perform(ApiCall.members(of: inputs), in: run)
        let found = selector.find(in: answer) ?? .null
        let values = selector.isDefinite ? [found] : found.array ?? []
        let texts = values.map(AutomationValue.compared)
        let isDesired = !texts.isEmpty && texts.allSatisfy(desired.contains)
        return (
            isDesired, texts.count == 1 ? texts[0] : found.description,
            desired.map { "'\($0)'" }.joined(separator: ", "), answer
        )
    }
}
