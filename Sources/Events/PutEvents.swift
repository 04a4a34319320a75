import JSON
import Kernel
import Model

extension Events {
    /// Of all entries together, as EventBridge counts: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
    private static let byteLimit = 262_144

    @Sendable static func putEvents(_ input: PutEventsRequest, in context: WriteContext) throws -> PutEventsResponse {
        guard input.entries.reduce(0, { $0 + byteCount($1) }) <= byteLimit else {
            throw AWSError.validation("Total size of the entries in the request is over the limit.")
        }
        let endpoint = try input.endpointId.map { try StoredEndpoint.receiving($0, in: context) }
        let buses = try input.entries.map { try bus(of: $0, through: endpoint, in: context) }
        // Whoever may not write to one of the buses writes to none (recorded behaviour).
        var isThere: [ARN: Bool] = [:]
        for bus in buses where isThere[bus] == nil {
            try checkAccess(to: bus, in: context)
            isThere[bus] = try StoredBus.find(bus, in: context) != nil
        }
        var failed = 0
        let results = try zip(input.entries, buses).map { entry, bus -> PutEventsResultEntry in
            do {
                let id = try put(entry, on: bus, isThere: isThere[bus] == true, through: endpoint, in: context)
                return PutEventsResultEntry(eventId: id)
            } catch let fault as EventEntry.Fault {
                failed += 1
                return PutEventsResultEntry(errorCode: fault.code, errorMessage: fault.message)
            }
        }
        return PutEventsResponse(failedEntryCount: failed, entries: results)
    }

    private static func byteCount(_ entry: PutEventsRequestEntry) -> Int {
        let texts = [entry.source, entry.detailType, entry.detail].compactMap { $0 } + (entry.resources ?? [])
        return texts.reduce(entry.time == nil ? 0 : 14) { $0 + $1.utf8.count }
    }

    private static func bus(
        of entry: PutEventsRequestEntry, through endpoint: StoredEndpoint?, in context: ReadContext
    ) throws -> ARN {
        try endpoint?.bus(entry.eventBusName, in: context) ?? StoredBus.arn(entry.eventBusName, in: context)
    }

    private static func checkAccess(to bus: ARN, in context: ReadContext) throws {
        context.access("events:PutEvents", on: bus.description)
        guard bus.account != context.account else { return }
        let request = PolicyRequest(
            principal: .principal(context.principal), action: "events:PutEvents", resource: bus.description,
            conditions: ["aws:SourceAccount": [context.account]])
        let verdict = try StoredBus.find(bus, in: context)?.policy.flatMap { PolicyDocument($0)?.verdict(on: request) }
        guard verdict?.isAllowed == true else {
            throw AWSError.accessDenied(
                "User: \(context.principal.arn) is not authorized to perform: events:PutEvents on resource: \(bus) "
                    + "because no resource-based policy allows the events:PutEvents action")
        }
    }

    /// Throws an `EventEntry.Fault` before it has changed anything.
    ///
    /// - Returns: the event's id; an event for a bus that is not there has one too, and goes nowhere (recorded behaviour).
    private static func put(
        _ entry: PutEventsRequestEntry, on bus: ARN, isThere: Bool, through endpoint: StoredEndpoint?,
        in context: WriteContext
    ) throws -> String {
        let event = try EventEntry(
            source: entry.source, detailType: entry.detailType, detail: entry.detail, resources: entry.resources ?? []
        ).event()
        guard !event.source.hasPrefix("aws.") else { throw EventEntry.Fault.notAuthorized }
        let id = context.random.uuid()
        let envelope = event.json(
            id: id, account: context.account, region: endpoint?.arn.region ?? context.region,
            time: entry.time ?? context.now)
        guard isThere else {
            try context.note(
                "eventDropped", bus.description,
                detail: .object(["reason": "the event bus does not exist", "event": envelope]))
            return id
        }
        try context.noteCause("event", bus.description, detail: envelope)
        let routed = RoutedEvent(envelope: envelope, traceHeader: entry.traceHeader ?? context.caller.traceHeader)
        try Routing.route(routed, on: bus, in: context)
        try endpoint?.replicate(routed, in: context)
        return id
    }
}
