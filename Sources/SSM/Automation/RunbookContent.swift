import JSON
import Model

/// An Automation document, schema 0.3.
///
/// Source: the user guide's pages "Data elements and parameters" and "Systems Manager Automation actions reference".
struct RunbookContent {
    let parameters: [ParameterDeclaration]
    let variables: [Variable]
    let assumeRole: String?
    let steps: [RunbookStep]
    /// `step.Output`, as they are written but for braces.
    let outputs: [String]

    struct Variable {
        let name: String
        let type: String
        let defaultValue: JSON
    }

    /// Throws what is wrong with it, as an InvalidDocumentContent.
    init(_ content: JSON) throws(AWSError) {
        parameters = try ParameterDeclaration.list(content["parameters"])
        variables = try Self.variables(content["variables"])
        assumeRole = content["assumeRole"]?.string
        steps = try RunbookStep.list(content["mainSteps"], of: "mainSteps")
        outputs = (content["outputs"]?.array ?? []).compactMap(\.string).map { text in
            guard text.hasPrefix("{{"), text.hasSuffix("}}") else { return text }
            return String(text.dropFirst(2).dropLast(2).trimmed)
        }
        try RunbookCheck(self).check(content)
    }

    /// A step of the main steps, or of those of a loop.
    func steps(within loop: String?) -> [RunbookStep] {
        guard let loop else { return steps }
        return allSteps.first { $0.name == loop }?.innerSteps ?? []
    }

    var allSteps: [RunbookStep] { steps.flatMap(\.withInnerSteps) }

    private static func variables(_ json: JSON?) throws(AWSError) -> [Variable] {
        guard let json, !json.isNull else { return [] }
        guard let object = json.object else { throw .invalidContent("The variables must be an object.") }
        var variables: [Variable] = []
        for member in object {
            guard let type = member.value["type"]?.string, AutomationValue.types.contains(type) else {
                throw .invalidContent("Variable \"\(member.name)\" has an unsupported type.")
            }
            guard let value = member.value["default"].flatMap({ AutomationValue.typed($0, as: type) }) else {
                throw .invalidContent("Variable \"\(member.name)\" must have a default of the type \(type).")
            }
            variables.append(Variable(name: member.name, type: type, defaultValue: value))
        }
        return variables
    }
}

/// One step of a runbook.
struct RunbookStep {
    let name: String
    let action: String
    let inputs: JSONObject
    let onFailure: Reaction
    let onCancel: Reaction
    let nextStep: String?
    let isEnd: Bool
    let isCritical: Bool
    /// May name a parameter.
    let maxAttempts: JSON
    let timeoutSeconds: JSON?
    let outputs: [Output]
    /// Those of a loop.
    let innerSteps: [RunbookStep]

    /// What follows when a step fails or is cancelled.
    enum Reaction: Equatable {
        case abort, `continue`
        case step(String)

        init?(_ text: String) {
            switch text {
            case "Abort", "abort": self = .abort
            case "Continue", "continue": self = .continue
            default:
                guard text.hasPrefix("step:") else { return nil }
                self = .step(String(text.dropFirst(5).trimmed))
            }
        }

        var text: String {
            switch self {
            case .abort: "Abort"
            case .continue: "Continue"
            case .step(let name): "step:\(name)"
            }
        }
    }

    struct Output {
        let name: String
        let selector: Selector
        let selectorText: String
        let type: String
    }

    var withInnerSteps: [RunbookStep] { [self] + innerSteps.flatMap(\.withInnerSteps) }

    static func list(_ json: JSON?, of place: String) throws(AWSError) -> [RunbookStep] {
        guard let items = json?.array, !items.isEmpty else { throw .invalidContent("\(place) must have a step.") }
        var steps: [RunbookStep] = []
        for item in items { steps.append(try RunbookStep(item)) }
        return steps
    }

    private init(_ json: JSON) throws(AWSError) {
        guard let name = json["name"]?.string,
            (1...128).contains(name.count), name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else {
            throw .invalidContent(
                "Step name \"\(json["name"]?.string ?? "")\" must have letters, digits and underscores only.")
        }
        self.name = name
        guard let action = json["action"]?.string else { throw .invalidContent("Step \"\(name)\" has no action.") }
        guard AutomationAction.documented.contains(action) else {
            throw .invalidContent("Action \"\(action)\" of step \"\(name)\" is not supported.")
        }
        self.action = action
        guard let inputs = (json["inputs"] ?? .object([:])).object else {
            throw .invalidContent("The inputs of step \"\(name)\" must be an object.")
        }
        self.inputs = inputs
        func reaction(_ key: String) throws(AWSError) -> Reaction {
            guard let text = json[key]?.string else { return .abort }
            guard let reaction = Reaction(text) else {
                throw .invalidContent("Step \"\(name)\" has the invalid \(key) \"\(text)\".")
            }
            return reaction
        }
        func flag(_ key: String, _ standard: Bool) throws(AWSError) -> Bool {
            guard let value = json[key], !value.isNull else { return standard }
            guard let flag = AutomationValue.typed(value, as: "Boolean")?.bool else {
                throw .invalidContent("\(key) of step \"\(name)\" must be true or false.")
            }
            return flag
        }
        onFailure = try reaction("onFailure")
        onCancel = try reaction("onCancel")
        nextStep = json["nextStep"]?.string
        isEnd = try flag("isEnd", false)
        isCritical = try flag("isCritical", true)
        maxAttempts = json["maxAttempts"] ?? 1
        timeoutSeconds = json["timeoutSeconds"]
        outputs = try Self.outputs(json["outputs"], of: name)
        innerSteps = action == "aws:loop" ? try Self.list(inputs["Steps"], of: "Steps of step \"\(name)\"") : []
    }

    private static func outputs(_ json: JSON?, of step: String) throws(AWSError) -> [Output] {
        var outputs: [Output] = []
        for item in json?.array ?? [] {
            guard let name = item["Name"]?.string, let text = item["Selector"]?.string else {
                throw .invalidContent("An output of step \"\(step)\" has no Name or no Selector.")
            }
            guard let selector = Selector(text) else {
                throw .invalidContent("Selector \"\(text)\" of step \"\(step)\" is not valid.")
            }
            let type = item["Type"]?.string ?? "String"
            guard AutomationValue.types.contains(type) else {
                throw .invalidContent("Output \"\(name)\" of step \"\(step)\" has the unsupported type \"\(type)\".")
            }
            outputs.append(Output(name: name, selector: selector, selectorText: text, type: type))
        }
        return outputs
    }
}
