import JSON
import Kernel
import Model

/// Partner event sources for the customer, who makes a bus of the same name to get their events.
extension Events {
    private static let pageLimit = 100

    @Sendable static func activateEventSource(_ input: ActivateEventSourceRequest, in context: WriteContext) throws {
        var source = try eventSource(input.name, for: "ActivateEventSource", in: context)
        // Without a bus there is nothing that would get its events.
        guard source.state == .pending, try StoredBus.find(source.bus, in: context) != nil else {
            throw AWSError.eventSourceState(source.name)
        }
        try source.activate(in: context)
        try context.record(.changed, source.arn, operation: "ActivateEventSource")
    }

    @Sendable static func deactivateEventSource(_ input: DeactivateEventSourceRequest, in context: WriteContext) throws
    {
        var source = try eventSource(input.name, for: "DeactivateEventSource", in: context)
        guard source.state == .active else { throw AWSError.eventSourceState(source.name) }
        try source.wait(in: context)
        try context.record(.changed, source.arn, operation: "DeactivateEventSource")
    }

    @Sendable static func describeEventSource(_ input: DescribeEventSourceRequest, in context: ReadContext) throws
        -> DescribeEventSourceResponse
    {
        let source = try eventSource(input.name, for: "DescribeEventSource", in: context)
        return DescribeEventSourceResponse(
            arn: source.arn.description, createdBy: source.createdBy, creationTime: source.created,
            expirationTime: source.expires, name: source.name, state: source.state)
    }

    @Sendable static func listEventSources(_ input: ListEventSourcesRequest, in context: ReadContext) throws
        -> ListEventSourcesResponse
    {
        context.access("events:ListEventSources", on: "*")
        let limit = input.limit ?? pageLimit
        let sources = try StoredEventSource.list(
            prefix: input.namePrefix ?? "", after: try position(input.nextToken, "ListEventSources", in: context),
            limit: limit + 1, in: context)
        let page = sources.prefix(limit)
        return ListEventSourcesResponse(
            eventSources: page.map { source in
                EventSource(
                    arn: source.arn.description, createdBy: source.createdBy, creationTime: source.created,
                    expirationTime: source.expires, name: source.name, state: source.state)
            },
            nextToken: sources.count > limit
                ? context.token(for: page.last?.name ?? "", purpose: "ListEventSources") : nil)
    }

    private static func eventSource(_ name: String, for action: String, in context: ReadContext) throws
        -> StoredEventSource
    {
        context.access(
            "events:\(action)", on: StoredEventSource.arn(name, region: context.region).description)
        return try StoredEventSource.required(name, in: context)
    }

    // MARK: Buses

    /// The source that a new bus is to be joined to.
    static func eventSource(toJoin input: CreateEventBusRequest, in context: ReadContext) throws -> StoredEventSource? {
        guard let name = input.eventSourceName else { return nil }
        guard name == input.name else {
            throw AWSError.validation("Event bus name must match event source name.")
        }
        let source = try StoredEventSource.required(name, in: context)
        guard source.state != .deleted else { throw AWSError.eventSourceState(name) }
        return source
    }

    /// A source whose bus is deleted waits for another one; what the partner has withdrawn is gone with the bus.
    static func leaveEventSource(of bus: StoredBus, in context: WriteContext) throws {
        guard bus.text("EventSourceName") != nil,
            var source = try StoredEventSource.find(bus.name, of: bus.arn.account, in: context)
        else { return }
        if source.state == .deleted { try source.delete(in: context) } else { try source.wait(in: context) }
    }
}
