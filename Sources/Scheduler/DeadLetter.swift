import JSON
import Kernel
import Model

/// What a dead-letter queue gets of an invocation that failed: the input of the operation that was called, and attributes
/// that say why. Source: the user guide's page "Configuring a schedule's dead-letter queue in EventBridge Scheduler".
enum DeadLetter {
    /// Where the fault is not the target's.
    static let ownError = "AWS.Scheduler.InternalServerError"

    @Sendable static func item(
        _ delivery: Delivery, _ failure: DeliveryFailure, _ content: JSON, _ context: ReadContext
    ) -> DeliveryItem {
        var item = Invocation.item(delivery, content, context)
        let attributes = ContextAttributes(content, attempt: delivery.attempts)
        let target = Target(json: content["target"] ?? [:])
        if let arn = ARN(target.arn), case .templated(let template)? = try? TargetKind(arn),
            let input = try? TargetCall.input(template, target, arn, item.body, attributes)
        {
            item.body = input.description
        }
        func add(_ name: String, _ value: String) {
            item.attributes[name] = .object(["DataType": "String", "StringValue": .string(value)])
        }
        add("ERROR_CODE", failure.code)
        add("ERROR_MESSAGE", failure.message)
        add("EXECUTION_ID", attributes.executionID)
        // An error that another attempt cannot mend has no such attribute.
        if let bound = failure.exhausted { add("EXHAUSTED_RETRY_CONDITION", bound.rawValue) }
        add("IS_PAYLOAD_TRUNCATED", "false")
        add("RETRY_ATTEMPTS", String(max(0, delivery.attempts - 1)))
        add("SCHEDULED_TIME", attributes.time)
        add("SCHEDULE_ARN", attributes.schedule)
        add("TARGET_ARN", targetARN(delivery.destination))
        return item
    }

    /// As AWS documents it, the operation that was called and not the resource.
    private static func targetARN(_ text: String) -> String {
        guard let arn = ARN(text), let kind = try? TargetKind(arn) else { return text }
        return kind.universalARN(partition: arn.partition)
    }
}
