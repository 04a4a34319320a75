import JSON
import Kernel
import Model
import Subprocess

/// `aws:executeScript`: runs a script on this machine, where the server was allowed to.
///
/// Source: the user guide's page "aws:executeScript – Run a script"; bash and node are not among AWS's runtimes.
enum ScriptAction {
    static let name = "aws:executeScript"
    static let callKind = "ssm.script"
    /// Of real time.
    static let secondsLimit = 600
    /// After so long it is looked whether the script is still under way; when the process ended meanwhile, it is run anew.
    private static let secondsBetweenLooks = 60
    private static let shownLogLimit = 2000

    @Sendable static func perform(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        let context = run.context
        if let kind = row.data["ending"]?.string.flatMap(ProgramEnding.Kind.init(rawValue:)) {
            return try outcome(kind, &row)
        }
        guard context.runsPrograms else {
            throw AutomationFailure("Windtunnel runs scripts only when it was started with --allow-scripts")
        }
        let again = row.data["again"].flatMap(Timestamp.init(json:))
        if again.map({ $0 > context.now }) != true, !context.isRunning(callKind, subject: row.id) {
            let seconds = min(secondsLimit, row.facts["timeoutSeconds"]?.int ?? secondsLimit)
            let program = try ScriptRuntime.program(
                row.inputs, seconds: seconds,
                environment: [
                    ("AWS_ACCESS_KEY_ID", context.account), ("AWS_SECRET_ACCESS_KEY", "test"),
                    ("AWS_REGION", context.region), ("AWS_DEFAULT_REGION", context.region),
                    ("AWS_ENDPOINT_URL", context.caller.endpoint), ("AWS_EC2_METADATA_DISABLED", "true"),
                ])
            context.run(callKind, subject: row.id, detail: "\(run.execution.id) \(row.number)", program)
        }
        let next = context.now.adding(seconds: secondsBetweenLooks)
        row.data["again"] = next.json
        return .waiting(until: next, .inProgress)
    }

    private static func outcome(_ kind: ProgramEnding.Kind, _ row: inout StoredStep) throws -> AutomationAction.Outcome
    {
        let log = row.data["log"]?.string ?? ""
        switch kind {
        case .timedOut: throw AutomationFailure("The step \(row.name) timed out", isTimeout: true)
        case .stopped: throw AutomationFailure("The script was stopped")
        case .notStarted: throw AutomationFailure("The script could not be run: \(log)")
        case .ended: break
        }
        let status = row.data["status"]?.int ?? 0
        guard status == 0 else {
            row.facts["responseCode"] = .string("\(status)")
            let end = String(log.suffix(shownLogLimit)).trimmed
            throw AutomationFailure("The script ended with \(status)\(end.isEmpty ? "" : ": \(end)")")
        }
        let text = row.data["result"]?.string ?? ""
        guard text.utf8.count <= Program.resultLimit else {
            throw AutomationFailure(
                "The output of the script is larger than \(Program.resultLimit >> 10) KB", .verification,
                stage: .postVerification)
        }
        // What a script of bash prints need not be JSON.
        let payload = (try? JSON(parsing: text)) ?? .string(text.last == "\n" ? String(text.dropLast()) : text)
        return .succeeded(JSONObject([("Payload", payload)]), payload: ["Payload": payload])
    }

    /// To be called when nobody wants the outcome any more.
    static func stop(_ row: StoredStep, in context: WriteContext) {
        if row.action == name, row.data["again"] != nil, row.data["ending"] == nil {
            context.stop(callKind, subject: row.id)
        }
    }

    @Sendable static func finish(_ call: ProgramCall, _ ending: ProgramEnding, in context: WriteContext) throws {
        let parts = call.detail.split(separator: " ").map(String.init)
        guard let id = parts.first, let number = parts.last.flatMap({ Int($0) }),
            let execution = try StoredExecution.find(id, in: context)
        else { return }
        context.continue(from: execution.facts.cause)
        try context.note(
            "script", StoredExecution.arn(id, in: context).description,
            detail: .object([
                "ending": .string(ending.kind.rawValue), "status": .number(Int(ending.status)),
                "log": .string(ending.log),
            ]))
        guard execution.isRunning, execution.state.current == number,
            var row = try StoredStep.find(number, of: id, in: context), row.id == call.subject
        else { return }
        row.data["ending"] = .string(ending.kind.rawValue)
        row.data["status"] = .number(Int(ending.status))
        row.data["log"] = .string(ending.log)
        row.data["result"] = ending.result.map(JSON.string)
        try row.save(of: id, in: context)
        try context.schedule(AutomationRun.jobKind, subject: id, due: context.now, detail: [:])
    }
}
