import JSON
import Kernel
import Model

/// What a replay does by the clock: it begins after a second, puts the events on the bus after another, some at a time, and
/// is forgotten after 90 days.
///
/// AWS takes a minute for the same steps; a script that waits for a state meets all of them here too.
enum ReplayJob {
    static let kind = "events.replay"
    private static let stepMilliseconds: Int64 = 1000
    /// So many events at most are put on the bus at once, lest the writer keep others waiting.
    private static let eventsAtATime = 64
    private static let historySeconds = 90 * 86_400

    /// Asks for the next step of a replay that was started or cancelled.
    static func begin(_ replay: StoredReplay, in context: WriteContext) throws {
        try next(replay, at: context.now.adding(milliseconds: stepMilliseconds), in: context)
    }

    private static func next(_ replay: StoredReplay, at due: Timestamp, in context: WriteContext) throws {
        try context.schedule(
            kind, subject: replay.name, due: due,
            detail: .object(["cause": context.cause.map(JSON.number) ?? .null]))
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let replay = try StoredReplay.find(job.subject, in: context) else { return }
        context.continue(from: job.detail["cause"]?.int.map(Int64.init))
        switch replay.state {
        case .cancelling: try end(replay, as: .cancelled, in: context)
        case .starting, .running:
            guard let archive = try StoredArchive.find(number: replay.archive, in: context) else {
                return try end(replay, as: .failed, because: "Archive resource not found.", in: context)
            }
            if replay.state == .starting {
                try run(replay, in: context)
            } else {
                try step(replay, of: archive, in: context)
            }
        case .completed, .cancelled, .failed: try replay.delete(in: context)
        }
    }

    private static func run(_ replay: StoredReplay, in context: WriteContext) throws {
        var replay = replay
        replay.state = .running
        try replay.save(in: context)
        try note(replay, in: context)
        try begin(replay, in: context)
    }

    private static func step(_ replay: StoredReplay, of archive: StoredArchive, in context: WriteContext) throws {
        var replay = replay
        let entries = try ArchivedEvents.list(
            of: archive, from: replay.start.wholeMinutes,
            to: replay.end.adding(milliseconds: 59_999).wholeMinutes, after: replay.cursor ?? (.min, 0),
            limit: eventsAtATime, in: context)
        let cause = context.cause
        for entry in entries where entry.time >= replay.start && entry.time < replay.end {
            context.continue(from: cause)
            try put(entry.envelope, for: replay, in: context)
        }
        context.continue(from: cause)
        if let last = entries.last { replay.cursor = (last.time.milliseconds, last.number) }
        guard entries.count == eventsAtATime else { return try end(replay, as: .completed, in: context) }
        try replay.save(in: context)
        try next(replay, at: context.now, in: context)
    }

    private static func put(_ archived: JSON, for replay: StoredReplay, in context: WriteContext) throws {
        let envelope = envelope(archived, replay: replay.name, id: context.random.uuid())
        try context.noteCause("event", replay.bus.description, detail: envelope)
        try Routing.route(
            RoutedEvent(envelope: envelope), on: replay.bus,
            only: replay.filters.isEmpty ? nil : Set(replay.filters), in: context)
    }

    /// An archived event as it comes again: with an id of its own and the name of the replay behind its Region.
    static func envelope(_ archived: JSON, replay: String, id: String) -> JSON {
        var envelope = JSONObject()
        for member in archived.object ?? JSONObject() where member.name != "replay-name" {
            envelope[member.name] = member.name == "id" ? .string(id) : member.value
            if member.name == "region" { envelope["replay-name"] = .string(replay) }
        }
        return .object(envelope)
    }

    private static func end(
        _ replay: StoredReplay, as state: ReplayState, because reason: String? = nil, in context: WriteContext
    ) throws {
        var replay = replay
        replay.state = state
        replay.stateReason = reason
        replay.ended = context.now.wholeSeconds
        try replay.save(in: context)
        try note(replay, in: context)
        try next(replay, at: context.now.adding(seconds: historySeconds), in: context)
    }

    private static func note(_ replay: StoredReplay, in context: WriteContext) throws {
        try context.record(
            .changed, replay.arn, operation: "StartReplay",
            detail: .object(["state": .string(replay.state.rawValue)]))
    }
}
