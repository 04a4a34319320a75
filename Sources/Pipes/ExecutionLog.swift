import JSON
import Kernel
import Model

/// What a pipe writes into the log group of its LogConfiguration, a record for each step of an execution.
///
/// Source: the user guide's pages "Log Amazon EventBridge Pipes" and "EventBridge Pipes log schema reference"; the names of
/// the steps and the text of an error are those of records that users have shown.
struct ExecutionLog {
    /// Each includes those before it.
    private enum Level: Int {
        case error = 1
        case info, trace
    }

    private let configuration: PipeLogConfiguration?
    private let pipe: String
    private let executionID: String
    private let context: WriteContext

    private static let byteLimit = 262_144

    init(_ settings: PipeSettings, pipe: String, executionID: String, _ context: WriteContext) {
        configuration = settings.logConfiguration
        self.pipe = pipe
        self.executionID = executionID
        self.context = context
    }

    func started(_ events: [JSON]) throws { try write("ExecutionStarted", .info, payload: events) }

    func entered(_ stage: Execution.Stage, transforms: Bool) throws {
        try write("\(stage.name)StageEntered", .info)
        if transforms {
            try write("\(stage.name)TransformationStarted", .trace)
        } else {
            try write("\(stage.name)InvocationStarted", .trace)
        }
    }

    func left(_ stage: Execution.Stage, transforms: Bool, failed: [Execution.Failure], of count: Int) throws {
        let name = stage.name
        let isMistaken = failed.contains { $0.code == "INVALID_JSON" }
        if transforms, !isMistaken {
            try write("\(name)TransformationSucceeded", .trace)
            try write("\(name)InvocationStarted", .trace)
        }
        guard let first = failed.first else {
            try write("\(name)InvocationSucceeded", .trace)
            return try write("\(name)StageSucceeded", .info)
        }
        let how = failed.count < count ? "PartiallyFailed" : "Failed"
        if isMistaken {
            try write("\(name)TransformationFailed", .error, error: first, stage)
        } else {
            try write("\(name)Invocation\(how)", .error, error: first, stage)
        }
        try write("\(name)Stage\(how)", .error, error: first, stage)
    }

    func skippedTarget() throws { try write("TargetStageSkipped", .trace) }

    func ended(failed: Int, of count: Int) throws {
        if failed == 0 {
            try write("ExecutionSucceeded", .info)
        } else {
            try write(failed < count ? "ExecutionPartiallyFailed" : "ExecutionFailed", .error)
        }
    }

    private func write(
        _ step: String, _ level: Level, payload: [JSON]? = nil, error: Execution.Failure? = nil,
        _ stage: Execution.Stage? = nil
    ) throws {
        guard let group = configuration?.cloudwatchLogsLogDestination?.logGroupArn, level.rawValue <= limit else {
            return
        }
        var record = JSONObject([
            ("resourceArn", .string(pipe)), ("timestamp", .number(context.now.milliseconds)),
            ("executionId", .string(executionID)), ("messageType", .string(step)),
            ("logLevel", .string("\(level)".uppercased())),
        ])
        if let payload, configuration?.includeExecutionData?.contains(.all) == true {
            let text = JSON.array(payload).description
            record["payload"] = .string(String(decoding: text.utf8.prefix(Self.byteLimit), as: UTF8.self))
            if text.utf8.count > Self.byteLimit { record["truncatedFields"] = ["payload"] }
        }
        if let error, let stage {
            let service = error.service.prefix(1).uppercased() + error.service.dropFirst()
            record["error"] = .object([
                "message": .string("\(stage.name) invocation failed with error from \(service). \(error.message)"),
                "awsService": .string(error.service), "exceptionType": .string(error.code),
            ])
        }
        let item = DeliveryItem(
            body: JSON.object([
                "timestamp": .number(context.now.milliseconds), "message": .string(JSON.object(record).description),
            ]).description)
        _ = try context.hand(
            item, to: group, by: Sender(service: "pipes.amazonaws.com", source: pipe, account: context.account))
    }

    private var limit: Int {
        switch configuration?.level {
        case .trace: Level.trace.rawValue
        case .info: Level.info.rawValue
        case .error: Level.error.rawValue
        case .off, nil: 0
        }
    }
}
