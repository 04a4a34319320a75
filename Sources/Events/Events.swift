import Kernel
import Model

/// Amazon EventBridge: buses, rules and their targets.
public enum Events {
    public static let service = Service(
        model: .events,
        operations: [
            .write("CreateEventBus", createEventBus),
            .write("DeleteEventBus", deleteEventBus),
            .write("DeleteRule", deleteRule),
            .read("DescribeEventBus", describeEventBus),
            .read("DescribeRule", describeRule),
            .write("DisableRule", disableRule),
            .write("EnableRule", enableRule),
            .read("ListEventBuses", listEventBuses),
            .read("ListRuleNamesByTarget", listRuleNamesByTarget),
            .read("ListRules", listRules),
            .read("ListTagsForResource", listTagsForResource),
            .read("ListTargetsByRule", listTargetsByRule),
            .write("PutEvents", putEvents),
            .write("PutPermission", putPermission),
            .write("PutRule", putRule),
            .write("PutTargets", putTargets),
            .write("RemovePermission", removePermission),
            .write("RemoveTargets", removeTargets),
            .write("TagResource", tagResource),
            .read("TestEventPattern", testEventPattern),
            .write("UntagResource", untagResource),
            .write("UpdateEventBus", updateEventBus),
        ],
        jobRunners: [ScheduledRule.jobKind: ScheduledRule.run],
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
        dataOperations: ["PutEvents"])
}
