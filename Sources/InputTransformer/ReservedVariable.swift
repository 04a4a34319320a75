import JSON

/// The variables that need no path.
enum ReservedVariable: String {
    case ruleARN = "aws.events.rule-arn"
    case ruleName = "aws.events.rule-name"
    case ingestionTime = "aws.events.event.ingestion-time"
    /// The event without its detail.
    case envelope = "aws.events.event"
    case wholeEvent = "aws.events.event.json"

    func value(_ event: JSON, _ context: TargetContext) -> JSON {
        switch self {
        case .ruleARN: .string(context.ruleARN)
        case .ruleName: .string(context.ruleName)
        case .ingestionTime: .string(context.ingestionTime)
        case .envelope:
            // The names, the order and the form of the time are AWS's.
            .object([
                "id": event["id"], "account": event["account"], "detailType": event["detail-type"],
                "time": .number(context.eventTime), "source": event["source"], "region": event["region"],
                "resources": event["resources"], "version": event["version"],
            ])
        case .wholeEvent: event
        }
    }
}
