import JSON
import Kernel
import Model

/// Takes what is delivered to an event bus, and to a log group until CloudWatch Logs is served.
enum BusDestination {
    @Sendable static func accept(_ item: DeliveryItem, _ arn: ARN, _ sender: Sender, _ context: WriteContext) throws
        -> String
    {
        if arn.service == "logs" { return try LogGroup.write(item, to: arn, in: context) }
        guard StoredBus.isBus(arn), let bus = try StoredBus.find(arn, in: context) else {
            throw DeliveryFailure("NO_RESOURCE", "The event bus \(arn) does not exist.")
        }
        if sender.account != arn.account {
            try context.permitAccount(of: sender, "events:PutEvents", on: arn, policy: bus.policy)
        }
        guard let passage = item.passage else {
            throw DeliveryFailure("INVALID_PARAMETER", "An event bus takes events only.")
        }
        let event = try forwarded(RoutedEvent(content: passage), from: sender, to: arn, in: context)
        try context.noteCause("event", arn.description, detail: event.envelope)
        try Routing.route(event, on: arn, in: context)
        return "EventId \(event.id)"
    }

    /// One hop within a Region and one between Regions is as far as an event goes (recorded behaviour). Between Regions it
    /// gets a new id and time.
    private static func forwarded(
        _ event: RoutedEvent, from sender: Sender, to bus: ARN, in context: WriteContext
    ) throws -> RoutedEvent {
        let isLocal = ARN(sender.source)?.region == bus.region
        guard (isLocal ? event.localHops : event.regionalHops) == 0 else {
            throw DeliveryFailure(
                isLocal ? "THIRD_ACCOUNT_HOP_DETECTED" : "THIRD_REGION_HOP_DETECTED",
                "The event was sent on from another bus already.")
        }
        var envelope = event.envelope.object ?? JSONObject()
        if !isLocal {
            envelope["id"] = .string(context.random.uuid())
            envelope["time"] = .string(context.now.iso8601(fraction: false))
        }
        var next = RoutedEvent(envelope: .object(envelope), traceHeader: event.traceHeader)
        next.localHops = event.localHops + (isLocal ? 1 : 0)
        next.regionalHops = event.regionalHops + (isLocal ? 0 : 1)
        return next
    }
}
