import JSON
import Kernel
import Model
import SQLite

/// One run of a step.
struct StoredStep {
    let number: Int
    let id: String
    let name: String
    var status: AutomationExecutionStatus
    var started: Timestamp?
    var ended: Timestamp?
    /// The number of the loop's step that it is in.
    let loop: Int?
    /// The members of the API's StepExecution that do not change, and what the engine keeps.
    var facts: JSONObject

    var action: String { facts["action"]?.string ?? "" }
    /// Filled in.
    var inputs: JSONObject {
        get { facts["inputs"]?.object ?? JSONObject() }
        set { facts["inputs"] = .object(newValue) }
    }
    /// With their types.
    var outputs: JSONObject {
        get { facts["outputs"]?.object ?? JSONObject() }
        set { facts["outputs"] = .object(newValue) }
    }
    /// What the action keeps from one look to the next.
    var data: JSONObject {
        get { facts["data"]?.object ?? JSONObject() }
        set { facts["data"] = .object(newValue) }
    }
    var deadline: Timestamp? {
        get { facts["deadline"].flatMap(Timestamp.init(json:)) }
        set { facts["deadline"] = newValue?.json }
    }
    /// Counted from 1.
    var attempt: Int {
        get { facts["attempt"]?.int ?? 1 }
        set { facts["attempt"] = .number(newValue) }
    }

    init(number: Int, id: String, name: String, loop: Int?, facts: JSONObject) {
        self.number = number
        self.id = id
        self.name = name
        self.loop = loop
        self.facts = facts
        status = .pending
    }

    private init(_ row: Row) throws {
        number = row.int(0)
        id = row.text(1)
        name = row.text(2)
        status = AutomationExecutionStatus(rawValue: row.text(3)) ?? .failed
        started = row.optionalInt64(4).map { Timestamp(milliseconds: $0) }
        ended = row.optionalInt64(5).map { Timestamp(milliseconds: $0) }
        loop = row.optionalInt(6)
        facts = try JSON(parsing: row.text(7)).object ?? JSONObject()
    }

    static func find(_ number: Int, of execution: String, in context: ReadContext) throws -> StoredStep? {
        try context.database.first(
            """
            SELECT number, id, name, status, started, ended, loop, facts FROM ssm_automation_step
            WHERE account = ? AND region = ? AND execution = ? AND number = ?
            """, context.account, context.region, execution, number, map: StoredStep.init)
    }

    /// The latest run of a step that has begun.
    static func latest(_ name: String, of execution: String, in context: ReadContext) throws -> StoredStep? {
        try context.database.first(
            """
            SELECT number, id, name, status, started, ended, loop, facts FROM ssm_automation_step
            WHERE account = ? AND region = ? AND execution = ? AND name = ? AND started IS NOT NULL
            ORDER BY number DESC LIMIT 1
            """, context.account, context.region, execution, name, map: StoredStep.init)
    }

    /// The run of a step that was planned at the start, as one of so many, and has not begun.
    static func planned(_ name: String, among count: Int, of execution: String, in context: ReadContext) throws
        -> StoredStep?
    {
        try context.database.first(
            """
            SELECT number, id, name, status, started, ended, loop, facts FROM ssm_automation_step
            WHERE account = ? AND region = ? AND execution = ? AND name = ? AND number <= ?
                AND started IS NULL
            """, context.account, context.region, execution, name, count, map: StoredStep.init)
    }

    /// In the order in which they were planned or began.
    static func list(of execution: String, limit: Int, in context: ReadContext) throws -> [StoredStep] {
        var steps: [StoredStep] = []
        try context.database.query(
            """
            SELECT number, id, name, status, started, ended, loop, facts FROM ssm_automation_step
            WHERE account = ? AND region = ? AND execution = ? ORDER BY number LIMIT ?
            """, context.account, context.region, execution, limit
        ) { steps.append(try StoredStep($0)) }
        return steps
    }

    static func nextNumber(of execution: String, in context: ReadContext) throws -> Int {
        try context.database.first(
            "SELECT max(number) FROM ssm_automation_step WHERE account = ? AND region = ? AND execution = ?",
            context.account, context.region, execution
        ) { ($0.optionalInt(0) ?? 0) + 1 } ?? 1
    }

    func save(of execution: String, in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT OR REPLACE INTO ssm_automation_step
                (account, region, execution, number, id, name, status, started, ended, loop, facts)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, execution, number, id, name, status.rawValue, started?.milliseconds,
            ended?.milliseconds, loop, JSON.object(facts).description)
    }

    /// As the API shows it.
    var json: JSON {
        let inputs = JSONObject(self.inputs.map { ($0.name, .string(Self.inputText($0.value))) })
        return .object([
            "StepName": .string(name), "Action": .string(action), "TimeoutSeconds": facts["timeoutSeconds"],
            "OnFailure": facts["onFailure"], "MaxAttempts": facts["maxAttempts"], "ExecutionStartTime": started?.json,
            "ExecutionEndTime": ended?.json, "StepStatus": status.json, "ResponseCode": facts["responseCode"],
            "Inputs": .object(inputs), "Outputs": outputs.isEmpty ? nil : AutomationValue.shown(outputs),
            "Response": facts["response"], "FailureMessage": facts["failureMessage"],
            "FailureDetails": facts["failureDetails"], "StepExecutionId": .string(id),
            "OverriddenParameters": [:], "IsEnd": facts["isEnd"], "NextStep": facts["nextStep"],
            "IsCritical": facts["isCritical"], "ValidNextSteps": facts["validNextSteps"],
            "ParentStepDetails": facts["parentStep"],
        ])
    }

    /// As AWS writes inputs: texts in quotes.
    private static func inputText(_ value: JSON) -> String { value.description }
}
