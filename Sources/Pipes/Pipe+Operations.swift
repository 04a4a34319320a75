import JSON
import Kernel
import Model

extension Pipes {
    private static let pipeLimit = 1000
    private static let pageLimit = 100

    @Sendable static func createPipe(_ input: CreatePipeRequest, in context: WriteContext) throws -> CreatePipeResponse
    {
        let arn = StoredPipe.arn(input.name, in: context)
        context.access("pipes:CreatePipe", on: arn.description)
        context.access("iam:PassRole", on: input.roleArn)
        guard try StoredPipe.find(input.name, in: context) == nil else {
            throw AWSError.pipeConflict(input.name, "Pipe \(input.name) already exists.")
        }
        let settings = try PipeSettings(input, in: context)
        guard try StoredPipe.count(in: context) < pipeLimit else {
            throw AWSError(
                "ServiceQuotaExceededException", "The limit of \(pipeLimit) pipes was reached.",
                fields: JSONObject([
                    ("resourceId", .string(input.name)), ("resourceType", "pipe"), ("serviceCode", "pipes"),
                    ("quotaCode", "L-99C2B3C8"),
                ]))
        }
        let pipe = StoredPipe(
            arn: arn, name: input.name, desired: input.desiredState == .stopped ? .stopped : .running,
            current: .creating, reason: nil, created: context.now, modified: context.now, settings: settings)
        try noteNotEnforced(settings, in: context)
        try context.record(.created, arn, operation: "CreatePipe")
        try setTags(input.tags?.entries ?? [], on: arn, in: context)
        try pipe.save(in: context)
        try PipeTransition.begin(pipe, in: context)
        return CreatePipeResponse(json: pipe.summary)
    }

    @Sendable static func describePipe(_ input: DescribePipeRequest, in context: ReadContext) throws
        -> DescribePipeResponse
    {
        context.access("pipes:DescribePipe", on: StoredPipe.arn(input.name, in: context).description)
        let pipe = try pipe(input.name, in: context)
        var object = pipe.summary.object ?? JSONObject()
        for member in pipe.settings.json.object ?? JSONObject() { object[member.name] = member.value }
        object["StateReason"] = pipe.reason.map(JSON.string)
        let tags = try context.tags(of: pipe.arn)
        object["Tags"] = .object(JSONObject(tags.map { ($0.key, .string($0.value)) }))
        return DescribePipeResponse(json: .object(object))
    }

    /// A pipe that runs is stopped while it is updated, and goes on with its new settings.
    @Sendable static func updatePipe(_ input: UpdatePipeRequest, in context: WriteContext) throws -> UpdatePipeResponse
    {
        context.access("pipes:UpdatePipe", on: StoredPipe.arn(input.name, in: context).description)
        context.access("iam:PassRole", on: input.roleArn)
        var pipe = try settledPipe(input.name, in: context)
        pipe.settings = try pipe.settings.updated(by: input, in: context)
        if let desired = input.desiredState { pipe.desired = desired == .stopped ? .stopped : .running }
        try noteNotEnforced(pipe.settings, in: context)
        try context.record(.changed, pipe.arn, operation: "UpdatePipe")
        try pipe.turn(to: .updating, in: context)
        return UpdatePipeResponse(json: pipe.summary)
    }

    @Sendable static func deletePipe(_ input: DeletePipeRequest, in context: WriteContext) throws -> DeletePipeResponse
    {
        context.access("pipes:DeletePipe", on: StoredPipe.arn(input.name, in: context).description)
        var pipe = try settledPipe(input.name, in: context)
        pipe.desired = .deleted
        try context.record(.changed, pipe.arn, operation: "DeletePipe")
        try pipe.turn(to: .deleting, in: context)
        return DeletePipeResponse(json: pipe.summary)
    }

    @Sendable static func startPipe(_ input: StartPipeRequest, in context: WriteContext) throws -> StartPipeResponse {
        context.access("pipes:StartPipe", on: StoredPipe.arn(input.name, in: context).description)
        var pipe = try settledPipe(input.name, in: context)
        guard [.stopped, .startFAILED, .stopFAILED].contains(pipe.current) else {
            throw pipe.conflict("started")
        }
        pipe.desired = .running
        try context.record(.changed, pipe.arn, operation: "StartPipe")
        try pipe.turn(to: .starting, in: context)
        return StartPipeResponse(json: pipe.summary)
    }

    @Sendable static func stopPipe(_ input: StopPipeRequest, in context: WriteContext) throws -> StopPipeResponse {
        context.access("pipes:StopPipe", on: StoredPipe.arn(input.name, in: context).description)
        var pipe = try settledPipe(input.name, in: context)
        guard [.running, .startFAILED, .stopFAILED].contains(pipe.current) else { throw pipe.conflict("stopped") }
        pipe.desired = .stopped
        try context.record(.changed, pipe.arn, operation: "StopPipe")
        try pipe.turn(to: .stopping, in: context)
        return StopPipeResponse(json: pipe.summary)
    }

    @Sendable static func listPipes(_ input: ListPipesRequest, in context: ReadContext) throws -> ListPipesResponse {
        context.access("pipes:ListPipes", on: "*")
        let filters = ["NamePrefix", "DesiredState", "CurrentState", "SourcePrefix", "TargetPrefix"].map {
            input.json[$0]?.string ?? ""
        }
        let purpose = "ListPipes \(filters.joined(separator: " "))"
        var position = ""
        if let token = input.nextToken {
            guard let found = context.position(in: token, purpose: purpose) else {
                throw AWSError.pipeField("NextToken", "The token is not valid.")
            }
            position = found
        }
        let limit = input.limit ?? pageLimit
        // One more than is asked for shows whether there is a next page.
        let found = try StoredPipe.list(input, after: position, limit: limit + 1, in: context)
        let page = found.prefix(limit)
        return ListPipesResponse(
            json: .object([
                "Pipes": .array(page.map(\.listed)),
                "NextToken": found.count > limit
                    ? page.last.map { .string(context.token(for: $0.name, purpose: purpose)) } : nil,
            ]))
    }

    // MARK: Finding

    static func pipe(_ name: String, in context: ReadContext) throws -> StoredPipe {
        guard let pipe = try StoredPipe.find(name, in: context) else { throw AWSError.pipeNotFound(name) }
        return pipe
    }

    /// A pipe that is not on its way from one state to another.
    private static func settledPipe(_ name: String, in context: ReadContext) throws -> StoredPipe {
        let pipe = try pipe(name, in: context)
        guard !pipe.isInTransition else { throw pipe.conflict("changed") }
        return pipe
    }

    /// Says openly what is taken and has no effect.
    private static func noteNotEnforced(_ settings: PipeSettings, in context: WriteContext) throws {
        if settings.hasKey {
            try context.notEnforced("pipes KmsKeyIdentifier", reason: "pipes are not encrypted with the key")
        }
        if let log = settings.logConfiguration, log.level != .off {
            for name in ["S3LogDestination", "FirehoseLogDestination"] where log.json[name]?.object != nil {
                try context.notEnforced("pipes \(name)", reason: "pipes write logs to CloudWatch Logs log groups only")
            }
            if log.includeExecutionData?.contains(.all) == true {
                try context.notEnforced(
                    "pipes IncludeExecutionData", reason: "logs have the payload, but not the requests and the answers")
            }
        }
        if settings.targetParameters?.cloudWatchLogsParameters?.logStreamName != nil {
            try context.notEnforced("pipes LogStreamName", reason: "log groups are kept without streams")
        }
    }
}

extension StoredPipe {
    /// What most operations answer.
    var summary: JSON {
        .object([
            "Arn": .string(arn.description), "Name": .string(name), "DesiredState": desired.json,
            "CurrentState": current.json, "CreationTime": created.json, "LastModifiedTime": modified.json,
        ])
    }

    fileprivate var listed: JSON {
        var object = summary.object ?? JSONObject()
        object["StateReason"] = reason.map(JSON.string)
        object["Source"] = .string(settings.source)
        object["Target"] = .string(settings.target)
        object["Enrichment"] = settings.enrichment.map(JSON.string)
        return .object(object)
    }

    var isInTransition: Bool { [.creating, .updating, .deleting, .starting, .stopping].contains(current) }

    fileprivate func conflict(_ what: String) -> AWSError {
        .pipeConflict(name, "Pipe \(name) is in state \(current.rawValue) and cannot be \(what).")
    }
}
