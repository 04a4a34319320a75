import Kernel
import Model

/// Amazon EventBridge: buses, rules and their targets, connections and API destinations.
public enum Events {
    public static let service = Service(
        model: .events,
        operations: [
            .write("ActivateEventSource", activateEventSource),
            .write("CancelReplay", cancelReplay),
            .write("CreateApiDestination", createApiDestination),
            .write("CreateArchive", createArchive),
            .write("CreateConnection", createConnection),
            .write("CreateEndpoint", createEndpoint),
            .write("CreateEventBus", createEventBus),
            .write("CreatePartnerEventSource", createPartnerEventSource),
            .write("DeactivateEventSource", deactivateEventSource),
            .write("DeauthorizeConnection", deauthorizeConnection),
            .write("DeleteApiDestination", deleteApiDestination),
            .write("DeleteArchive", deleteArchive),
            .write("DeleteConnection", deleteConnection),
            .write("DeleteEndpoint", deleteEndpoint),
            .write("DeleteEventBus", deleteEventBus),
            .write("DeletePartnerEventSource", deletePartnerEventSource),
            .write("DeleteRule", deleteRule),
            .read("DescribeApiDestination", describeApiDestination),
            .read("DescribeArchive", describeArchive),
            .read("DescribeConnection", describeConnection),
            .read("DescribeEndpoint", describeEndpoint),
            .read("DescribeEventBus", describeEventBus),
            .read("DescribeEventSource", describeEventSource),
            .read("DescribePartnerEventSource", describePartnerEventSource),
            .read("DescribeReplay", describeReplay),
            .read("DescribeRule", describeRule),
            .write("DisableRule", disableRule),
            .write("EnableRule", enableRule),
            .read("ListApiDestinations", listApiDestinations),
            .read("ListArchives", listArchives),
            .read("ListConnections", listConnections),
            .read("ListEndpoints", listEndpoints),
            .read("ListEventBuses", listEventBuses),
            .read("ListEventSources", listEventSources),
            .read("ListPartnerEventSourceAccounts", listPartnerEventSourceAccounts),
            .read("ListPartnerEventSources", listPartnerEventSources),
            .read("ListReplays", listReplays),
            .read("ListRuleNamesByTarget", listRuleNamesByTarget),
            .read("ListRules", listRules),
            .read("ListTagsForResource", listTagsForResource),
            .read("ListTargetsByRule", listTargetsByRule),
            .write("PutEvents", putEvents),
            .write("PutPartnerEvents", putPartnerEvents),
            .write("PutPermission", putPermission),
            .write("PutRule", putRule),
            .write("PutTargets", putTargets),
            .write("RemovePermission", removePermission),
            .write("RemoveTargets", removeTargets),
            .write("StartReplay", startReplay),
            .write("TagResource", tagResource),
            .read("TestEventPattern", testEventPattern),
            .write("UntagResource", untagResource),
            .write("UpdateApiDestination", updateApiDestination),
            .write("UpdateArchive", updateArchive),
            .write("UpdateConnection", updateConnection),
            .write("UpdateEndpoint", updateEndpoint),
            .write("UpdateEventBus", updateEventBus),
        ],
        jobRunners: [
            ScheduledRule.jobKind: ScheduledRule.run, ReplayJob.kind: ReplayJob.run, EndpointJob.kind: EndpointJob.run,
            ArchivedEvents.discardKind: ArchivedEvents.runDiscard,
            StoredEventSource.expiryKind: StoredEventSource.expire,
            ConnectionAuthorization.jobKind: ConnectionAuthorization.run,
        ],
        webCallRunners: [ConnectionAuthorization.callKind: ConnectionAuthorization.finish],
        pages: [
            Page("GET", "/_windtunnel/logs", .read(LogGroup.show)),
            Page("GET", "/_windtunnel/events", .read(EventPages.list)),
            Page("POST", "/_windtunnel/events/match", .read(EventPages.match)),
        ],
        destination: Destination(others: ["logs"], web: ApiDelivery.destination, accept: BusDestination.accept),
        deliveryOwner: DeliveryOwner(
            item: TargetDelivery.item, deadLetter: TargetDelivery.deadLetter, sourceARN: { $0.source },
            judge: ApiDelivery.judge, prepare: ApiDelivery.prepare, shownRequest: TargetDelivery.shownRequest,
            explain: EventExplanation.verdicts),
        eventRouter: EventRouter { envelope, context in
            try Routing.route(
                RoutedEvent(envelope: envelope, traceHeader: context.caller.traceHeader),
                on: StoredBus.arn(nil, in: context), in: context)
        } hasListeners: {
            try BusRules.of(StoredBus.arn(nil, in: $0), in: $0).asksForCalls
        } explain: {
            try EventExplanation.explain(event: $0, rule: $1, in: $2)
        } nearMiss: {
            try EventExplanation.nearMiss($0, in: $1)
        },
        configurationSource: EventsConfiguration.source,
        dataOperations: ["PutEvents", "PutPartnerEvents"])
}
