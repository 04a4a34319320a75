import JSON
import Kernel
import Model

/// `aws:invokeWebhook`: posts the Body to the integration's URL.
///
/// An integration is a parameter whose name begins as below and whose value is the URL; the console makes it as a
/// SecureString. Source: the user guide's page "Creating webhook integrations for Automation" (its permissions).
enum WebhookAction {
    static let callKind = "ssm.webhook"
    private static let prefix = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/"
    /// After this a request is taken for lost, as when the process ended; it is made anew.
    private static let secondsLimit = 60

    @Sendable static func perform(_ row: inout StoredStep, in run: AutomationRun) throws -> AutomationAction.Outcome {
        let context = run.context
        if let failure = row.data["failure"]?.string { throw AutomationFailure(failure) }
        if let status = row.data["status"]?.int {
            let body = row.data["body"]?.string ?? ""
            row.facts["responseCode"] = .string("\(status)")
            guard (200..<300).contains(status) else {
                throw AutomationFailure("The webhook answered \(status): \(body.prefix(400))")
            }
            return .succeeded(
                JSONObject([("Response", .string(body)), ("ResponseCode", .number(status))]),
                payload: ["Response": .string(body), "ResponseCode": .number(status)])
        }
        if let again = row.data["again"].flatMap(Timestamp.init(json:)), again > context.now {
            return .waiting(until: again, .inProgress)
        }
        let name = row.inputs["IntegrationName"].map(AutomationValue.text) ?? ""
        let answer = try ApiCall(service: "ssm", api: "GetParameter").perform(
            [("Name", .string(prefix + name)), ("WithDecryption", true)].object, in: run)
        guard let url = answer["Parameter"]?["Value"]?.string, WebRequest.host(of: url) != nil else {
            throw AutomationFailure("The integration \(name) has no URL", stage: .inputValidation)
        }
        var request = WebRequest(url: url, body: row.inputs["Body"].map(AutomationValue.text) ?? "")
        request.headers = [("Content-Type", "application/json")]
        context.call(callKind, subject: run.execution.id, detail: "\(row.number)", request)
        let again = context.now.adding(seconds: secondsLimit)
        row.data["again"] = again.json
        return .waiting(until: again, .inProgress)
    }

    @Sendable static func finish(_ call: WebCall, _ result: WebResult, in context: WriteContext) throws {
        guard let execution = try StoredExecution.find(call.subject, in: context), execution.isRunning,
            let number = Int(call.detail), execution.state.current == number,
            var row = try StoredStep.find(number, of: execution.id, in: context)
        else { return }
        switch result {
        case .answered(let answer):
            row.data["status"] = .number(answer.status)
            row.data["body"] = .string(answer.body)
        case .failed(let message, _): row.data["failure"] = .string("The webhook could not be reached: \(message)")
        }
        try row.save(of: execution.id, in: context)
        try context.schedule(AutomationRun.jobKind, subject: execution.id, due: context.now, detail: [:])
    }
}
