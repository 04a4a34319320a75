import Kernel
import Model

/// Amazon EventBridge: buses, rules and their targets.
public enum Events {
    public static let service = Service(
        model: .events,
        operations: [
            .write("ActivateEventSource", activateEventSource),
            .write("CancelReplay", cancelReplay),
            .write("CreateArchive", createArchive),
            .write("CreateEndpoint", createEndpoint),
            .write("CreateEventBus", createEventBus),
            .write("CreatePartnerEventSource", createPartnerEventSource),
            .write("DeactivateEventSource", deactivateEventSource),
            .write("DeleteArchive", deleteArchive),
            .write("DeleteEndpoint", deleteEndpoint),
            .write("DeleteEventBus", deleteEventBus),
            .write("DeletePartnerEventSource", deletePartnerEventSource),
            .write("DeleteRule", deleteRule),
            .read("DescribeArchive", describeArchive),
            .read("DescribeEndpoint", describeEndpoint),
            .read("DescribeEventBus", describeEventBus),
            .read("DescribeEventSource", describeEventSource),
            .read("DescribePartnerEventSource", describePartnerEventSource),
            .read("DescribeReplay", describeReplay),
            .read("DescribeRule", describeRule),
            .write("DisableRule", disableRule),
            .write("EnableRule", enableRule),
            .read("ListArchives", listArchives),
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
            .write("UpdateArchive", updateArchive),
            .write("UpdateEndpoint", updateEndpoint),
            .write("UpdateEventBus", updateEventBus),
        ],
        jobRunners: [
            ScheduledRule.jobKind: ScheduledRule.run, ReplayJob.kind: ReplayJob.run, EndpointJob.kind: EndpointJob.run,
            ArchivedEvents.discardKind: ArchivedEvents.runDiscard,
            StoredEventSource.expiryKind: StoredEventSource.expire,
        ],
        pages: [
            Page("GET", "/_windtunnel/logs", .read(LogGroup.show)),
            Page("GET", "/_windtunnel/events", .read(EventPages.list)),
            Page("POST", "/_windtunnel/events/match", .read(EventPages.match)),
        ],
        destination: Destination(others: ["logs"], accept: BusDestination.accept),
        deliveryOwner: DeliveryOwner(
            item: TargetDelivery.item, deadLetter: TargetDelivery.deadLetter, sourceARN: { $0.source },
            isRetryable: TargetDelivery.isRetryable, explain: EventExplanation.verdicts),
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
        dataOperations: ["PutEvents", "PutPartnerEvents"])
}
