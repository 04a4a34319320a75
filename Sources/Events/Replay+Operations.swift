import JSON
import Kernel
import Model

/// Replays of archived events.
///
/// Source: the user guide's page "Archiving and replaying events in Amazon EventBridge", and errors that AWS was seen to
/// answer.
extension Events {
    private static let activeLimit = 10

    @Sendable static func startReplay(_ input: StartReplayRequest, in context: WriteContext) throws
        -> StartReplayResponse
    {
        let arn = StoredReplay.arn(input.replayName, in: context)
        context.access("events:StartReplay", on: arn.description)
        guard let source = ARN(input.eventSourceArn), source.resource.hasPrefix("archive/") else {
            throw invalid("EventSourceArn", "Must contain an archive ARN.")
        }
        guard let destination = ARN(input.destination.arn), StoredBus.isBus(destination) else {
            throw invalid("Destination.Arn", "Must contain an event bus ARN.")
        }
        guard input.eventStartTime < input.eventEndTime else {
            throw invalid("EventEndTime", "EventStartTime must be before EventEndTime.")
        }
        guard try StoredBus.find(destination, in: context) != nil else {
            throw AWSError.busNotFound(StoredBus.name(of: destination))
        }
        guard try StoredReplay.find(input.replayName, in: context) == nil else {
            throw AWSError.alreadyExists("Replay \(input.replayName) already exists.")
        }
        let archive = try replayed(source, in: context)
        guard archive.bus == destination else {
            throw invalid("Destination.Arn", "Cross event bus replay is not permitted.")
        }
        let filters = input.destination.filterArns ?? []
        for filter in filters { try checkFilter(filter, on: destination, in: context) }
        guard try StoredReplay.activeCount(in: context) < activeLimit else { throw AWSError.limitExceeded }
        let replay = StoredReplay(
            name: input.replayName, of: archive, from: input.eventStartTime, to: input.eventEndTime, filters: filters,
            description: input.description?.isEmpty == false ? input.description : nil,
            started: context.now.wholeSeconds)
        try replay.save(in: context)
        try context.record(.created, arn, operation: "StartReplay")
        try ReplayJob.begin(replay, in: context)
        return StartReplayResponse(
            replayArn: arn.description, state: replay.state, replayStartTime: replay.started)
    }

    private static func invalid(_ parameter: String, _ reason: String) -> AWSError {
        .validation("Parameter \(parameter) is not valid. Reason: \(reason)")
    }

    private static func replayed(_ arn: ARN, in context: ReadContext) throws -> StoredArchive {
        let name = String(arn.resource.dropFirst("archive/".count))
        // An archive of another account or Region is none that can be replayed here.
        guard arn.account == context.account, arn.region == context.region,
            let archive = try StoredArchive.find(name, account: arn.account, region: arn.region, in: context)
        else { throw invalid("EventSourceArn", "Archive \(name) does not exist.") }
        return archive
    }

    private static func checkFilter(_ text: String, on bus: ARN, in context: ReadContext) throws {
        guard let arn = ARN(text), let (name, ruleBus) = StoredRule.parts(of: arn), ruleBus == bus else {
            throw invalid("Destination.FilterArns", "Must contain rule ARNs of the destination event bus.")
        }
        _ = try StoredRule.required(name, on: bus, in: context)
    }

    @Sendable static func describeReplay(_ input: DescribeReplayRequest, in context: ReadContext) throws
        -> DescribeReplayResponse
    {
        context.access("events:DescribeReplay", on: StoredReplay.arn(input.replayName, in: context).description)
        let replay = try StoredReplay.required(input.replayName, in: context)
        return DescribeReplayResponse(
            replayName: replay.name, replayArn: replay.arn.description, description: replay.description,
            state: replay.state, stateReason: replay.stateReason, eventSourceArn: replay.archiveARN.description,
            destination: ReplayDestination(
                arn: replay.bus.description, filterArns: replay.filters.isEmpty ? nil : replay.filters),
            eventStartTime: replay.start.wholeSeconds, eventEndTime: replay.end.wholeSeconds,
            eventLastReplayedTime: replay.lastReplayed, replayStartTime: replay.started, replayEndTime: replay.ended)
    }

    @Sendable static func listReplays(_ input: ListReplaysRequest, in context: ReadContext) throws
        -> ListReplaysResponse
    {
        context.access("events:ListReplays", on: "*")
        let list = try FilteredList(
            "ListReplays", prefix: input.namePrefix, source: input.eventSourceArn, state: input.state?.rawValue,
            token: input.nextToken, limit: input.limit, in: context)
        let (replays, next) = list.page(of: try StoredReplay.list(list, in: context), name: \.name, in: context)
        return ListReplaysResponse(
            replays: replays.map { replay in
                Replay(
                    replayName: replay.name, eventSourceArn: replay.archiveARN.description, state: replay.state,
                    stateReason: replay.stateReason, eventStartTime: replay.start.wholeSeconds,
                    eventEndTime: replay.end.wholeSeconds, eventLastReplayedTime: replay.lastReplayed,
                    replayStartTime: replay.started, replayEndTime: replay.ended)
            }, nextToken: next)
    }

    @Sendable static func cancelReplay(_ input: CancelReplayRequest, in context: WriteContext) throws
        -> CancelReplayResponse
    {
        context.access("events:CancelReplay", on: StoredReplay.arn(input.replayName, in: context).description)
        var replay = try StoredReplay.required(input.replayName, in: context)
        guard replay.isActive else {
            throw AWSError(
                "IllegalStatusException", "Replay \(replay.name) is not in a valid state for this operation.")
        }
        replay.state = .cancelling
        try replay.save(in: context)
        try context.record(.changed, replay.arn, operation: "CancelReplay")
        try ReplayJob.begin(replay, in: context)
        return CancelReplayResponse(replayArn: replay.arn.description, state: replay.state)
    }
}
