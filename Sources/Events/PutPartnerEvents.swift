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
            let sources = try StoredEventSource.made(entry.source ?? "", in: context)
            if let failure = failure(of: entry, sources) {
                failed += 1
                return PutPartnerEventsResultEntry(errorCode: failure.code, errorMessage: failure.message)
            }
            return PutPartnerEventsResultEntry(eventId: try put(entry, from: sources, in: context))
        }
        return PutPartnerEventsResponse(failedEntryCount: failed, entries: results)
    }

    private static func failure(of entry: PutPartnerEventsRequestEntry, _ sources: [StoredEventSource])
        -> (code: String, message: String)?
    {
        for (name, value) in [
            ("Source", entry.source), ("DetailType", entry.detailType), ("Detail", entry.detail),
        ] where value?.isEmpty != false {
            return ("InvalidArgument", "Parameter \(name) is not valid. Reason: \(name) is a required argument.")
        }
        guard let detail = entry.detail.flatMap({ try? JSON(parsing: $0) }), detail.object != nil else {
            return ("MalformedDetail", "Detail is malformed.")
        }
        return sources.isEmpty ? ("NotAuthorizedForSourceException", "Not authorized for the source.") : nil
    }

    /// Each customer gets the event as one of its own account.
    private static func put(
        _ entry: PutPartnerEventsRequestEntry, from sources: [StoredEventSource], in context: WriteContext
    ) throws -> String {
        let id = context.random.uuid()
        let cause = context.cause
        for source in sources {
            let envelope: JSON = .object([
                "version": "0", "id": .string(id), "detail-type": .string(entry.detailType ?? ""),
                "source": .string(source.name), "account": .string(source.account),
                "time": .string((entry.time ?? context.now).iso8601(fraction: false)),
                "region": .string(source.region),
                "resources": .array((entry.resources ?? []).map(JSON.string)),
                "detail": try JSON(parsing: entry.detail ?? ""),
            ])
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
