import JSON
import Kernel
import Model

/// The start of an execution: everything is checked here, nothing is run.
struct AutomationStart {
    private let input: StartAutomationExecutionRequest
    private let principal: Principal
    private let parent: StoredExecution?
    private let target: String?
    private let context: WriteContext

    /// Executions within one another; a runbook that runs itself would have no end.
    private static let depthLimit = 20

    init(_ input: StartAutomationExecutionRequest, in context: WriteContext) {
        (self.input, principal, parent, target, self.context) = (input, context.principal, nil, nil, context)
    }

    /// For a step of an execution, whose principal and role it goes on with.
    ///
    /// - Parameter target: the one value of a rate-controlled execution that it is for.
    init(
        _ input: StartAutomationExecutionRequest, within parent: StoredExecution, target: String? = nil,
        in context: WriteContext
    ) {
        self.input = input
        self.parent = parent
        self.target = target
        self.context = context
        principal = parent.facts.principal(session: "Automation-\(parent.id)")
    }

    func start() throws -> StoredExecution {
        let cause = context.cause
        // What a parent does next is not because of its child.
        defer { if parent != nil { context.continue(from: cause) } }
        if let token = input.clientToken, let earlier = try StoredExecution.find(token: token, in: context) {
            guard earlier.facts.request == input.json else {
                throw AWSError(
                    "IdempotentParameterMismatch",
                    "Error returned when an idempotent operation is retried and the parameters don't match the original call to the API with the same idempotency token."
                )
            }
            return earlier
        }
        let depth = parent.map { $0.facts.depth + 1 } ?? 0
        guard depth <= Self.depthLimit else {
            throw AWSError(
                "AutomationExecutionLimitExceededException",
                "Executions are within one another more than \(Self.depthLimit) deep.")
        }
        try StoredExecution.forgetOld(in: context)
        let document = try document()
        let content = try DocumentContent.parse(document.content, format: document.format)
        let runbook = try RunbookContent(content)
        try refuseWhatIsNotServed()
        let targets = try RateControl.targets(of: input, runbook, type: document.targetType, in: context)
        let parameters = try parameters(runbook, isRateControlled: targets != nil)
        let role = try role(runbook, parameters)
        context.access(
            "ssm:StartAutomationExecution", on: document.definitionARN(in: context).description)

        let id = context.random.uuid()
        let arn = StoredExecution.arn(id, in: context)
        try context.record(
            .created, arn, operation: "StartAutomationExecution",
            detail: .object(["document": .string(document.name), "parent": parent.map { .string($0.id) }]))
        let facts = ExecutionFacts(
            json: .object([
                "request": input.json, "content": content, "documentVersion": .string("\(document.version)"),
                "definition": .string(document.definitionARN(in: context).description),
                "parameters": .object(parameters), "role": role.map(JSON.string), "target": target.map(JSON.string),
                "targets": targets.map(JSON.array), "depth": .number(depth),
                "cause": context.cause.map(JSON.number),
                "principal": .object([
                    "account": .string(principal.account), "arn": .string(principal.arn),
                    "userID": .string(principal.userID),
                ]),
            ]))
        var execution = try StoredExecution(
            id: id, document: document.name, parent: parent?.id, token: input.clientToken, facts: facts, in: context)
        execution.state.variables = JSONObject(runbook.variables.map { ($0.name, $0.defaultValue) })
        execution.state.frames = [ExecutionState.Frame(next: runbook.steps[0].name)]
        try execution.insert(in: context)
        if targets == nil {
            let run = try AutomationRun(execution, in: context)
            for (place, step) in runbook.steps.enumerated() {
                try run.plannedRow(step, place + 1).save(of: id, in: context)
            }
        }
        try SSM.addTags(input.tags ?? [], to: arn, in: context)
        try context.schedule(AutomationRun.jobKind, subject: id, due: context.now, detail: [:])
        return execution
    }

    private func document() throws -> StoredDocument {
        let document: StoredDocument
        do {
            document = try DocumentLookup.find(input.documentName, version: input.documentVersion, in: context)
        } catch let error as AWSError {
            // The texts of the API reference.
            throw error.code == "InvalidDocumentVersion"
                ? AWSError(
                    "AutomationDefinitionVersionNotFoundException",
                    "An Automation runbook with the specified name and version couldn't be found.")
                : AWSError(
                    "AutomationDefinitionNotFoundException",
                    "An Automation runbook with the specified name couldn't be found.")
        }
        guard document.type == .automation else {
            throw AWSError(
                "AutomationDefinitionNotFoundException",
                "An Automation runbook with the specified name couldn't be found.")
        }
        return document
    }

    private func refuseWhatIsNotServed() throws {
        guard input.targetLocations == nil, input.targetLocationsURL == nil else {
            throw AWSError.invalidParameters("Executions in other accounts and Regions are not served.")
        }
        if input.alarmConfiguration != nil {
            try context.notEnforced("AlarmConfiguration", reason: "CloudWatch alarms are not served.")
        }
    }

    private func parameters(_ runbook: RunbookContent, isRateControlled: Bool) throws -> JSONObject {
        let given = input.parameters?.entries ?? []
        for entry in given where !runbook.parameters.contains(where: { $0.name == entry.key }) {
            throw AWSError.invalidParameters("Parameter \"\(entry.key)\" is not declared.")
        }
        var values = JSONObject()
        for declaration in runbook.parameters {
            if let texts = given.first(where: { $0.key == declaration.name })?.value {
                values[declaration.name] = try stored(declaration.value(of: texts), declaration)
            } else if let value = declaration.defaultValue {
                values[declaration.name] = try stored(value, declaration)
            } else if !isRateControlled {
                // Recorded from AWS.
                throw AWSError.invalidParameters("Missing required parameter: \(declaration.name) in user inputs.")
            }
        }
        return values
    }

    /// `{{ ssm:/name }}` as a value is that parameter's.
    private func stored(_ value: JSON, _ declaration: ParameterDeclaration) throws -> JSON {
        try Expression.resolve(value) { reference in
            guard case .stored(let name) = reference else {
                throw AWSError.invalidParameters("Parameter \"\(declaration.name)\" names what is not known yet.")
            }
            guard let service = context.service(named: "ssm") else { throw AWSError("InternalServerError") }
            let answer = try context.perform(
                "GetParameter", of: service, ["Name": .string(name)], as: principal, region: context.region)
            return answer["Parameter"]?["Value"] ?? .null
        }
    }

    private func role(_ runbook: RunbookContent, _ parameters: JSONObject) throws -> String? {
        guard let text = runbook.assumeRole else { return parent?.facts.role }
        let resolved = try Expression.resolve(.string(text)) { reference in
            guard case .parameter(let name) = reference else { throw AWSError.roleNotAssumed }
            return parameters[name] ?? ""
        }
        guard let role = resolved.string, !role.isEmpty else { return parent?.facts.role }
        guard Role(arn: role) != nil else { throw AWSError.roleNotAssumed }
        return role
    }
}

extension AWSError {
    fileprivate static let roleNotAssumed = AWSError.invalidParameters(
        "The defined assume role is unable to be assumed.")
}
