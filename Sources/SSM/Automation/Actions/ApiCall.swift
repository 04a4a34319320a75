import JSON
import Kernel
import Model

/// One operation that Windtunnel serves, called in process by the execution's principal.
struct ApiCall {
    let service: String
    /// `PutParameter`, in any case, with or without underscores.
    let api: String

    /// The members of inputs that are not the operation's own.
    private static let controls: Set<String> = ["Service", "Api", "PropertySelector", "DesiredValues"]

    init(service: String, api: String) {
        self.service = service
        self.api = api
    }

    init(_ inputs: JSONObject) {
        service = inputs["Service"].map(AutomationValue.text) ?? ""
        api = inputs["Api"].map(AutomationValue.text) ?? ""
    }

    /// The operation's input among a step's inputs.
    static func members(of inputs: JSONObject) -> JSONObject {
        JSONObject(inputs.filter { !controls.contains($0.name) }.map { ($0.name, $0.value) })
    }

    /// Performs the operation within the transaction; what it did is undone when it fails.
    func perform(_ input: JSONObject, in run: AutomationRun) throws -> JSON {
        let context = run.context
        guard let service = context.service(named: service.lowercased()) else {
            throw AutomationFailure("The service \(service) is not served by Windtunnel")
        }
        let wanted = Self.folded(api)
        guard let operation = service.model.api.operations.values.first(where: { Self.folded($0.name) == wanted }),
            service.operation(named: operation.name) != nil
        else { throw AutomationFailure("The operation \(api) of \(self.service) is not served by Windtunnel") }
        do {
            let fitted = try operation.input.map { try ApiInput.fitted(.object(input), to: $0) } ?? [:]
            return try context.perform(
                operation.name, of: service, fitted,
                as: run.execution.facts.principal(session: "Automation-\(run.execution.id)"), region: context.region)
        } catch let error as AWSError {
            let code = error.inQuery?.code ?? service.model.api.error(error.code)?.code ?? error.code
            let text = error.inQuery?.message ?? error.message ?? ""
            // As boto3 words it, which runs the operation in AWS.
            throw AutomationFailure(
                "An error occurred (\(code)) when calling the \(operation.name) operation: \(text)",
                code.contains("AccessDenied") ? .permission : code.contains("Throttl") ? .throttling : .action)
        }
    }

    private static func folded(_ name: String) -> String { name.filter { $0 != "_" }.lowercased() }
}

/// Fits a step's inputs to an operation's input: texts that stand for numbers and the like become them.
enum ApiInput {
    static func fitted(_ value: JSON, to shape: Shape) throws -> JSON {
        switch (shape.kind, value) {
        case (.structure, .object(let object)) where !shape.isDocument:
            var fitted = JSONObject()
            for member in object {
                guard let known = shape.members.first(where: { $0.name == member.name }) else {
                    let names = shape.members.map(\.name).joined(separator: ", ")
                    throw AutomationFailure(
                        "Parameter validation failed: Unknown parameter in input: \"\(member.name)\", must be one of: \(names)",
                        stage: .inputValidation)
                }
                if !member.value.isNull { fitted[member.name] = try Self.fitted(member.value, to: known.shape) }
            }
            if let missing = shape.required.first(where: { fitted[$0] == nil }) {
                throw AutomationFailure(
                    "Parameter validation failed: Missing required parameter in input: \"\(missing)\"",
                    stage: .inputValidation)
            }
            return .object(fitted)
        case (.list, .array(let items)):
            guard let item = shape.item else { return value }
            return .array(try items.map { try fitted($0, to: item.shape) })
        case (.map, .object(let entries)):
            guard let item = shape.value else { return value }
            return .object(JSONObject(try entries.map { ($0.name, try fitted($0.value, to: item.shape)) }))
        // A StringMap's value may be written as JSON.
        case (.structure, .string(let text)), (.list, .string(let text)), (.map, .string(let text)):
            guard let parsed = AutomationValue.parsed(text) else { return value }
            return try fitted(parsed, to: shape)
        case (.blob, .string(let text)): return .string(Base64.encode(Array(text.utf8)))
        case (.string, .number), (.string, .bool), (.string, .object), (.string, .array):
            return .string(AutomationValue.text(value))
        case (.boolean, .string): return AutomationValue.typed(value, as: "Boolean") ?? value
        case (let kind, .string(let text)) where kind.isNumber: return Double(text) == nil ? value : .number(text)
        default: return value
        }
    }
}
