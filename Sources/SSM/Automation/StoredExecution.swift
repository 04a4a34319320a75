import JSON
import Kernel
import Model
import SQLite

/// An automation execution.
struct StoredExecution {
    let id: String
    /// 1 for the account's first.
    let number: Int
    var status: AutomationExecutionStatus
    /// The document's name.
    let document: String
    let parent: String?
    let token: String?
    let started: Timestamp
    var ended: Timestamp?
    let facts: ExecutionFacts
    var state: ExecutionState

    var isRunning: Bool { ended == nil }

    static func arn(_ id: String, in context: ReadContext) -> ARN { context.arn("automation-execution/\(id)") }

    // MARK: Rows

    private init(_ row: Row) throws {
        id = row.text(0)
        number = row.int(1)
        status = AutomationExecutionStatus(rawValue: row.text(2)) ?? .failed
        document = row.text(3)
        parent = row.optionalText(4)
        token = row.optionalText(5)
        started = Timestamp(milliseconds: row.int64(6))
        ended = row.optionalInt64(7).map { Timestamp(milliseconds: $0) }
        facts = ExecutionFacts(json: try JSON(parsing: row.text(8)))
        state = ExecutionState(json: try JSON(parsing: row.text(9)))
    }

    /// A new one, that waits for its turn.
    init(id: String, document: String, parent: String?, token: String?, facts: ExecutionFacts, in context: WriteContext)
        throws
    {
        self.id = id
        self.document = document
        self.parent = parent
        self.token = token
        self.facts = facts
        number =
            try context.database.first(
                "SELECT max(number) FROM ssm_automation_execution WHERE account = ? AND region = ?", context.account,
                context.region
            ) { ($0.optionalInt(0) ?? 0) + 1 } ?? 1
        status = .pending
        started = context.now
        state = ExecutionState()
    }

    static func find(_ id: String, in context: ReadContext) throws -> StoredExecution? {
        try context.database.first(
            """
            SELECT id, number, status, document, parent, token, started, ended, facts, state
            FROM ssm_automation_execution WHERE account = ? AND region = ? AND id = ?
            """, context.account, context.region, id, map: StoredExecution.init)
    }

    static func find(token: String, in context: ReadContext) throws -> StoredExecution? {
        try context.database.first(
            """
            SELECT id, number, status, document, parent, token, started, ended, facts, state
            FROM ssm_automation_execution WHERE account = ? AND region = ? AND token = ?
            """, context.account, context.region, token, map: StoredExecution.init)
    }

    /// Those before a number, the newest first.
    static func list(before number: Int, limit: Int, in context: ReadContext) throws -> [StoredExecution] {
        var found: [StoredExecution] = []
        try context.database.query(
            """
            SELECT id, number, status, document, parent, token, started, ended, facts, state
            FROM ssm_automation_execution WHERE account = ? AND region = ? AND number < ?
            ORDER BY number DESC LIMIT ?
            """, context.account, context.region, number, limit
        ) { found.append(try StoredExecution($0)) }
        return found
    }

    static func children(of id: String, in context: ReadContext) throws -> [StoredExecution] {
        var found: [StoredExecution] = []
        try context.database.query(
            """
            SELECT id, number, status, document, parent, token, started, ended, facts, state
            FROM ssm_automation_execution WHERE account = ? AND region = ? AND parent = ? ORDER BY number
            """, context.account, context.region, id
        ) { found.append(try StoredExecution($0)) }
        return found
    }

    /// How long an execution that has ended is kept. Source: the page "AWS Systems Manager endpoints and quotas".
    private static let daysKept = 30
    private static let forgottenAtATime = 10

    /// Forgets some of those that ended long ago; a start makes room for more than itself.
    static func forgetOld(in context: WriteContext) throws {
        var old: [String] = []
        try context.database.query(
            """
            SELECT id FROM ssm_automation_execution WHERE account = ? AND region = ? AND ended < ?
            ORDER BY ended LIMIT ?
            """, context.account, context.region, context.now.adding(seconds: -daysKept * 86_400).milliseconds,
            forgottenAtATime
        ) { old.append($0.text(0)) }
        for id in old {
            try context.database.run(
                "DELETE FROM ssm_automation_execution WHERE account = ? AND region = ? AND id = ?", context.account,
                context.region, id)
            try context.removeTags(of: arn(id, in: context))
        }
    }

    func insert(in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT INTO ssm_automation_execution
                (account, region, id, number, status, document, parent, token, started, ended, facts, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, id, number, status.rawValue, document, parent, token,
            started.milliseconds, ended?.milliseconds, facts.json.description, state.json.description)
    }

    func save(in context: WriteContext) throws {
        try context.database.run(
            """
            UPDATE ssm_automation_execution SET status = ?, ended = ?, state = ?
            WHERE account = ? AND region = ? AND id = ?
            """, status.rawValue, ended?.milliseconds, state.json.description, context.account, context.region, id)
    }
}

/// What an execution is, from its start on.
struct ExecutionFacts {
    let json: JSON

    /// The members of StartAutomationExecution's input that are shown again.
    var request: JSON { json["request"] ?? [:] }
    /// The content of the document: an execution goes on though the document is changed or deleted.
    var content: JSON { json["content"] ?? [:] }
    var documentVersion: String { json["documentVersion"]?.string ?? "1" }
    /// `arn:aws:ssm:us-east-1:111122223333:automation-definition/name:1`
    var definition: String { json["definition"]?.string ?? "" }
    /// By name, with their types.
    var parameters: JSONObject { json["parameters"]?.object ?? JSONObject() }
    var isInteractive: Bool { request["Mode"] == "Interactive" }
    /// The one value of a rate-controlled execution that it is for.
    var target: String? { json["target"]?.string }
    /// Who started it.
    var executedBy: String { json["principal"]?["arn"]?.string ?? "" }
    /// The role that acts.
    var role: String? { json["role"]?.string }
    /// How many executions it is within.
    var depth: Int { json["depth"]?.int ?? 0 }
    /// The row of the journal that tells of its start.
    var cause: Int64? { json["cause"]?.int.map(Int64.init) }
    /// The sets of parameters of a rate-controlled execution, each of which gets an execution of its own.
    var targets: [JSON]? { json["targets"]?.array }

    /// Who makes the execution's requests.
    func principal(session: String) -> Principal {
        if let role = role.flatMap({ Role(arn: $0) }) { return role.principal(sessionName: session) }
        let principal = json["principal"]
        return Principal(
            account: principal?["account"]?.string ?? "", arn: executedBy, userID: principal?["userID"]?.string ?? "",
            sessionKeyID: nil)
    }
}

/// Where an execution is.
struct ExecutionState {
    var variables = JSONObject()
    /// The main steps, then the loops that are under way.
    var frames: [Frame] = []
    /// The number of the step that is under way.
    var current: Int?
    /// What a critical step's failure makes of the execution.
    var failedStatus: AutomationExecutionStatus?
    var failure: String?
    var outputs = JSONObject()
    /// The final status of one that is being stopped.
    var stop: AutomationExecutionStatus?
    /// The step that a signal has let begin, in interactive mode.
    var mayBegin: String?
    var stepCount = 0

    /// A sequence of steps.
    struct Frame {
        /// The number and name of the loop's step; nil for the main steps.
        var loop: (number: Int, name: String)?
        /// Counted from 1.
        var iteration = 0
        /// What a loop goes through; nil where it has a condition.
        var items: [JSON]?
        /// The step that comes next; nil at the end.
        var next: String?
        /// When the loop's step times out.
        var deadline: Timestamp?
    }

    init() {}

    init(json: JSON) {
        variables = json["variables"]?.object ?? JSONObject()
        frames = (json["frames"]?.array ?? []).map { frame in
            Frame(
                loop: frame["loop"]?.int.map { ($0, frame["loopName"]?.string ?? "") },
                iteration: frame["iteration"]?.int ?? 0, items: frame["items"]?.array, next: frame["next"]?.string,
                deadline: frame["deadline"].flatMap(Timestamp.init(json:)))
        }
        current = json["current"]?.int
        failedStatus = json["failedStatus"]?.string.flatMap(AutomationExecutionStatus.init(rawValue:))
        failure = json["failure"]?.string
        outputs = json["outputs"]?.object ?? JSONObject()
        stop = json["stop"]?.string.flatMap(AutomationExecutionStatus.init(rawValue:))
        mayBegin = json["mayBegin"]?.string
        stepCount = json["stepCount"]?.int ?? 0
    }

    var json: JSON {
        .object([
            "variables": .object(variables),
            "frames": .array(
                frames.map { frame in
                    .object([
                        "loop": frame.loop.map { .number($0.number) }, "loopName": frame.loop.map { .string($0.name) },
                        "iteration": .number(frame.iteration), "items": frame.items.map(JSON.array),
                        "next": frame.next.map(JSON.string), "deadline": frame.deadline?.json,
                    ])
                }),
            "current": current.map { .number($0) }, "failedStatus": failedStatus?.json,
            "failure": failure.map(JSON.string), "outputs": .object(outputs), "stop": stop?.json,
            "mayBegin": mayBegin.map(JSON.string), "stepCount": .number(stepCount),
        ])
    }
}
