import JSON
import Kernel
import Model
import SQLite

/// The latest execution of a remediation for a resource: its row, and how it is started and followed.
struct RemediationRun {
    static let jobKind = "config.remediation"

    let rule: String
    let type: String
    let id: String
    /// Nil where Systems Manager did not start it.
    let execution: String?
    let error: String?
    let invoked: Timestamp
    /// Automatic ones in a row, and when the first of them was.
    let attempts: Int
    let first: Timestamp

    // MARK: Reading

    static func find(_ rule: String, _ type: String, _ id: String, in context: ReadContext) throws -> RemediationRun? {
        try list(of: rule, in: context).first { $0.type == type && $0.id == id }
    }

    /// Those of a rule, by type and id.
    static func list(of rule: String, in context: ReadContext) throws -> [RemediationRun] {
        var runs: [RemediationRun] = []
        try context.database.query(
            """
            SELECT rule, type, id, execution, error, invoked, attempts, first FROM config_remediation_run
            WHERE account = ? AND region = ? AND rule = ? ORDER BY type, id
            """, context.account, context.region, rule
        ) { row in
            runs.append(
                RemediationRun(
                    rule: row.text(0), type: row.text(1), id: row.text(2), execution: row.optionalText(3),
                    error: row.optionalText(4), invoked: Timestamp(milliseconds: row.int64(5)), attempts: row.int(6),
                    first: Timestamp(milliseconds: row.int64(7))))
        }
        return runs
    }

    private func save(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO config_remediation_run
                (account, region, rule, type, id, execution, error, invoked, attempts, first)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, rule, type, id, execution, error, invoked.milliseconds, attempts,
            first.milliseconds)
    }

    // MARK: Starting

    /// Starts the Automation for a resource; what Systems Manager refuses is the outcome of the run.
    static func start(
        _ remediation: StoredRemediation, on type: String, _ id: String, attempts: Int = 0, first: Timestamp? = nil,
        in context: WriteContext
    ) throws {
        let settings = remediation.settings
        let parameters = (settings.parameters?.entries ?? []).map { name, value in
            (name, JSON.array((value.staticValue?.values ?? [id]).map(JSON.string)))
        }
        let input = JSON.object([
            "DocumentName": .string(settings.targetId),
            "DocumentVersion": settings.targetVersion.map(JSON.string),
            "Parameters": parameters.isEmpty ? nil : .object(JSONObject(parameters)),
        ])
        var execution: String?
        var failure: String?
        do {
            let output = try systemsManager("StartAutomationExecution", input, remediation, in: context)
            execution = output["AutomationExecutionId"]?.string
        } catch {
            guard let error = error as? AWSError else { throw error }
            failure = error.message ?? error.code
        }
        try RemediationRun(
            rule: remediation.rule, type: type, id: id, execution: execution, error: failure, invoked: context.now,
            attempts: attempts, first: first ?? context.now
        ).save(in: context)
        try context.note(
            "remediation", remediation.rule,
            detail: .object([
                "resourceType": .string(type), "resourceId": .string(id),
                "automationExecutionId": execution.map(JSON.string), "error": failure.map(JSON.string),
            ]))
    }

    /// Config acts in the role of the Automation, where it has one.
    private static func systemsManager(
        _ operation: String, _ input: JSON, _ remediation: StoredRemediation, in context: WriteContext
    ) throws -> JSON {
        guard let service = context.service(sdkName: "ssm") else { throw AWSError("UnknownOperationException") }
        let role = remediation.settings.parameters?["AutomationAssumeRole"]?.staticValue?.values.first
        let principal =
            role.flatMap { Role(arn: $0) }?.principal(sessionName: "AWSConfig-Remediation")
            ?? .root(of: context.account, region: context.region)
        return try context.perform(operation, of: service, input, as: principal, region: context.region)
    }

    // MARK: Following

    /// The execution as Systems Manager has it; nil where it was not started or is not known any more.
    func automation(_ remediation: StoredRemediation, in context: WriteContext) throws -> JSON? {
        guard let execution else { return nil }
        do {
            return try Self.systemsManager(
                "GetAutomationExecution", ["AutomationExecutionId": .string(execution)], remediation, in: context)[
                    "AutomationExecution"]
        } catch {
            guard error is AWSError else { throw error }
            return nil
        }
    }

    /// QUEUED, IN_PROGRESS, SUCCEEDED, FAILED or UNKNOWN.
    func state(_ automation: JSON?) -> String {
        guard execution != nil else { return "FAILED" }
        return Self.state(automation?["AutomationExecutionStatus"]?.string)
    }

    private static func state(_ status: String?) -> String {
        switch status {
        case nil: "UNKNOWN"
        case "Success"?, "CompletedWithSuccess"?: "SUCCEEDED"
        case "Pending"?, "InProgress"?, "Waiting"?, "PendingApproval"?, "Approved"?, "Scheduled"?, "RunbookInProgress"?,
            "Cancelling"?:
            "IN_PROGRESS"
        default: "FAILED"
        }
    }

    /// As DescribeRemediationExecutionStatus shows it.
    func shown(_ automation: JSON?) -> RemediationExecutionStatus {
        let steps = (automation?["StepExecutions"]?.array ?? []).map { step -> JSON in
            let status = step["StepStatus"]?.string
            return .object([
                "Name": step["StepName"], "State": .string(status == "Pending" ? "PENDING" : Self.state(status)),
                "ErrorMessage": step["FailureMessage"], "StartTime": step["ExecutionStartTime"],
                "StopTime": step["ExecutionEndTime"],
            ])
        }
        let refused = error.map {
            JSON.object(["Name": "StartAutomationExecution", "State": "FAILED", "ErrorMessage": .string($0)])
        }
        return RemediationExecutionStatus(
            json: .object([
                "ResourceKey": ["resourceType": .string(type), "resourceId": .string(id)],
                "State": .string(state(automation)), "StepDetails": .array(refused.map { [$0] } ?? steps),
                "InvocationTime": invoked.json,
                "LastUpdatedTime": automation?["ExecutionEndTime"] ?? invoked.json,
            ]))
    }

    // MARK: By itself

    /// To be called when a rule finds that a resource is not compliant.
    static func consider(_ rule: String, on type: String, _ id: String, in context: WriteContext) throws {
        guard try StoredRemediation.rules(in: context).contains(rule),
            let remediation = try StoredRemediation.find(rule, in: context), remediation.isAbout(type),
            remediation.settings.automatic == true
        else { return }
        // In a transaction of its own, so that what the Automation changes is recorded in turn.
        try context.schedule(jobKind, subject: "\(rule)\n\(type)\n\(id)", due: context.now, detail: [:])
    }

    @Sendable static func runAutomatically(_ job: Job, in context: WriteContext) throws {
        let parts = job.subject.split(separator: "\n", maxSplits: 2).map(String.init)
        guard parts.count == 3, let remediation = try StoredRemediation.find(parts[0], in: context),
            remediation.settings.automatic == true,
            try StoredResult.find(parts[0], parts[1], parts[2], in: context)?.compliance == .nonCompliant,
            try !StoredRemediationException.list(of: parts[0], in: context).contains(where: {
                $0.type == parts[1] && $0.id == parts[2]
            })
        else { return }
        let last = try find(parts[0], parts[1], parts[2], in: context)
        if let last, last.state(try last.automation(remediation, in: context)) == "IN_PROGRESS" { return }
        let window = Int64(remediation.settings.retryAttemptSeconds ?? 60) * 1000
        let limit = remediation.settings.maximumAutomaticAttempts ?? 5
        let row = last.flatMap { context.now.milliseconds - $0.first.milliseconds < window ? $0 : nil }
        guard (row?.attempts ?? 0) < limit else {
            return try StoredRemediationException(
                rule: parts[0], type: parts[1], id: parts[2],
                message: "Automatic remediation failed \(limit) times.", expires: nil
            ).save(in: context)
        }
        try start(
            remediation, on: parts[1], parts[2], attempts: (row?.attempts ?? 0) + 1, first: row?.first ?? context.now,
            in: context)
    }
}
