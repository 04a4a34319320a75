import JSON
import Kernel
import Model

/// An execution with targets: one execution of the runbook for each, so many at a time, until too many have failed.
///
/// Source: the user guide's page "Run automations at scale".
struct RateControl {
    private let run: AutomationRun

    private static let standardConcurrency = "10"
    private static let standardErrors = "0"
    private static let targetLimit = 500
    /// Children that one transaction starts.
    private static let startsAtATime = 20

    init(_ run: AutomationRun) { self.run = run }

    /// The parameters of each target; nil for an execution without targets.
    ///
    /// - Parameter type: of resources, that the runbook is for.
    static func targets(
        of input: StartAutomationExecutionRequest, _ runbook: RunbookContent, type: String?, in context: ReadContext
    ) throws -> [JSON]? {
        if let maps = input.targetMaps, !maps.isEmpty {
            guard input.targets?.isEmpty ?? true else {
                throw AWSError.invalidParameters("You can use either Targets or TargetMaps.")
            }
            return try checked(maps.map(\.json), runbook)
        }
        guard let targets = input.targets, !targets.isEmpty else {
            guard input.targetParameterName == nil else {
                throw AWSError.invalidParameters("TargetParameterName needs Targets.")
            }
            return nil
        }
        guard let name = input.targetParameterName else {
            throw AWSError.invalidParameters("Targets need a TargetParameterName.")
        }
        let maps: [JSON] = try TargetSelection(type: type, context: context).values(of: targets).map {
            .object([name: [.string($0)]])
        }
        guard !maps.isEmpty else { throw AWSError("InvalidTarget", "The Targets have no values.") }
        return try checked(maps, runbook)
    }

    private static func checked(_ maps: [JSON], _ runbook: RunbookContent) throws -> [JSON] {
        guard maps.count <= targetLimit else {
            throw AWSError("InvalidTarget", "There are more than \(targetLimit) targets.")
        }
        let names = Set(runbook.parameters.map(\.name))
        for map in maps {
            for member in map.object ?? JSONObject() where !names.contains(member.name) {
                throw AWSError.invalidParameters("Parameter \"\(member.name)\" is not declared.")
            }
        }
        return maps
    }

    // MARK: Going on

    func advance() throws {
        let targets = run.execution.facts.targets ?? []
        var rows = try StoredStep.list(of: run.execution.id, limit: Self.targetLimit, in: run.context)
        for place in rows.indices where rows[place].ended == nil { try close(&rows[place]) }
        let failed = rows.filter { $0.ended != nil && $0.status != .success }.count
        let active = rows.filter { $0.ended == nil }.count
        let mayFail = number("MaxErrors", Self.standardErrors, of: targets.count)
        let isOver = failed > mayFail || run.execution.state.stop != nil
        if !isOver, rows.count < targets.count {
            let room = max(1, number("MaxConcurrency", Self.standardConcurrency, of: targets.count)) - active
            for place in rows.count..<min(targets.count, rows.count + max(0, min(room, Self.startsAtATime))) {
                try start(targets[place], place)
            }
            if room > Self.startsAtATime { try run.wake(at: run.context.now) }
        } else if active == 0 {
            try run.end(run.execution.state.stop ?? (failed > mayFail ? .failed : .success), failure(failed, mayFail))
        }
    }

    private func failure(_ failed: Int, _ mayFail: Int) -> String? {
        failed > mayFail ? "\(failed) of the targets failed; MaxErrors allows \(mayFail)." : nil
    }

    /// A count, or per cent of all.
    private func number(_ name: String, _ standard: String, of count: Int) -> Int {
        let text = run.execution.facts.request[name]?.string ?? standard
        guard text.hasSuffix("%") else { return Int(text) ?? 0 }
        return (Int(text.dropLast()) ?? 0) * count / 100
    }

    private func start(_ map: JSON, _ place: Int) throws {
        let context = run.context
        let facts = run.execution.facts
        var parameters = facts.request["Parameters"]?.object ?? JSONObject()
        for member in map.object ?? JSONObject() { parameters[member.name] = member.value }
        let shown = (map.object ?? JSONObject()).flatMap { AutomationValue.shown($0.value) }.joined(separator: ",")
        var row = StoredStep(
            number: place + 1, id: context.random.uuid(), name: shown, loop: nil,
            facts: JSONObject([
                ("action", "aws:executeAutomation"), ("maxAttempts", 1), ("onFailure", "Abort"), ("isCritical", true),
            ]))
        row.started = context.now
        row.inputs = JSONObject([("DocumentName", .string(run.execution.document)), ("Target", .string(shown))])
        let request = StartAutomationExecutionRequest(
            json: .object([
                "DocumentName": .string(facts.definition), "DocumentVersion": .string(facts.documentVersion),
                "Parameters": .object(parameters),
            ]))
        do {
            let child = try AutomationStart(request, within: run.execution, target: shown, in: context).start()
            row.status = .inProgress
            row.data["child"] = .string(child.id)
            row.outputs = JSONObject([("ExecutionId", .string(child.id))])
            try row.save(of: run.execution.id, in: context)
        } catch let error as AWSError {
            row.facts["failureMessage"] = .string("\(error.code): \(error.message ?? "")")
            try run.finish(&row, .failed)
            try run.wake(at: context.now)
        }
    }

    /// Ends the row of a target whose execution has ended.
    private func close(_ row: inout StoredStep) throws {
        guard let id = row.data["child"]?.string, let child = try StoredExecution.find(id, in: run.context),
            !child.isRunning
        else { return }
        row.facts["failureMessage"] = child.state.failure.map(JSON.string)
        row.outputs["Status"] = .string(child.status.rawValue)
        try run.finish(&row, child.status)
    }
}
