import JSON
import Kernel
import Model

/// Events from a partner to the buses that customers have joined to its event sources.
extension Events {
    @Sendable static func putPartnerEvents(_ input: PutPartnerEventsRequest, in context: WriteContext) throws
        -> PutPartnerEventsResponse
    {
        context.access("events:PutPartnerEvents", on: "*")
        var failed = 0
        let results = try input.entries.map { entry -> PutPartnerEventsResultEntry in
            do {
                return PutPartnerEventsResultEntry(eventId: try put(entry, in: context))
            } catch let fault as EventEntry.Fault {
                failed += 1
                return PutPartnerEventsResultEntry(errorCode: fault.code, errorMessage: fault.message)
            }
        }
        return PutPartnerEventsResponse(failedEntryCount: failed, entries: results)
    }

    /// Each customer gets the event as one of its own account.
    ///
    /// Throws an `EventEntry.Fault` before it has changed anything.
    private static func put(_ entry: PutPartnerEventsRequestEntry, in context: WriteContext) throws -> String {
        let event = try EventEntry(
            source: entry.source, detailType: entry.detailType, detail: entry.detail, resources: entry.resources ?? []
        ).event()
        let sources = try StoredEventSource.made(event.source, in: context)
        guard !sources.isEmpty else { throw EventEntry.Fault.notAuthorized }
        let id = context.random.uuid()
        let cause = context.cause
        for source in sources {
            let envelope = event.json(
                id: id, account: source.account, region: source.region, time: entry.time ?? context.now)
            guard source.state == .active else {
                try context.note(
                    "eventDropped", source.arn.description,
                    detail: .object(["reason": "no event bus is joined to the event source", "event": envelope]))
                continue
            }
            context.continue(from: cause)
            try context.noteCause("event", source.bus.description, detail: envelope)
            try Routing.route(
                RoutedEvent(envelope: envelope, traceHeader: context.caller.traceHeader), on: source.bus, in: context)
        }
        context.continue(from: cause)
        return id
    }
}
