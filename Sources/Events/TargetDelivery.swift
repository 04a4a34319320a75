import InputTransformer
import JSON
import Kernel
import Model

/// What a rule's target gets, and what its dead-letter queue gets where it does not.
enum TargetDelivery {
    private static let retries = 185
    private static let ageSeconds = 86_400

    static func delivery(
        of publication: Int64, _ event: RoutedEvent, _ rule: StoredRule, _ target: StoredTarget,
        in context: WriteContext
    ) throws -> Delivery {
        let limits = target.json["RetryPolicy"]
        let api = try ApiDelivery.destination(of: target, in: context)
        return Delivery(
            publication: publication, origin: rule.bus, source: rule.arn.description, destination: target.arn,
            url: api.map { ApiEndpoint.url($0.endpoint) },
            detail: .object(["rule": .string(rule.name), "target": target.json]),
            policy: .eventBridge(
                retries: limits?["MaximumRetryAttempts"]?.int ?? retries,
                ageSeconds: limits?["MaximumEventAgeInSeconds"]?.int ?? ageSeconds, perSecond: api?.perSecond),
            deadLetterQueue: target.json["DeadLetterConfig"]?["Arn"]?.string, in: context)
    }

    /// Made anew for each attempt.
    @Sendable static func item(_ delivery: Delivery, _ content: JSON, _ context: ReadContext) throws -> DeliveryItem {
        let event = RoutedEvent(content: content)
        let target = StoredTarget(delivery.detail["target"] ?? .null)
        let body = try body(of: event, target, delivery, content)
        if let arn = target.resource, StoredApiDestination.isOne(arn) {
            return try ApiDelivery.item(delivery, body, event.envelope, in: context)
        }
        var item = DeliveryItem(body: body)
        item.traceHeader = event.traceHeader
        if let group = target.json["SqsParameters"]?["MessageGroupId"]?.string {
            item.messageGroup = value(group, of: event.envelope)
        }
        if let arn = target.resource, StoredBus.isBus(arn) { item.passage = content }
        return item
    }

    /// What a target gets, for people: without the secrets that a connection adds.
    static func shownInput(_ delivery: Delivery, _ content: JSON, _ context: ReadContext) throws -> String {
        let event = RoutedEvent(content: content)
        return try body(of: event, StoredTarget(delivery.detail["target"] ?? .null), delivery, content)
    }

    /// The HTTP request to an API destination, for people; nil where none can be made any more.
    @Sendable static func shownRequest(_ delivery: Delivery, _ content: JSON, _ context: ReadContext) throws -> JSON? {
        do {
            let input = try shownInput(delivery, content, context)
            return try ApiDelivery.shown(delivery, input, RoutedEvent(content: content).envelope, in: context)
        } catch is DeliveryFailure {
            return nil
        }
    }

    private static func body(
        of event: RoutedEvent, _ target: StoredTarget, _ delivery: Delivery, _ content: JSON
    ) throws -> String {
        let ingested = Timestamp(milliseconds: content["ingested"]?.int.map(Int64.init) ?? 0)
        let time = event.envelope["time"]?.string.flatMap { Timestamp(iso8601: $0) } ?? ingested
        let context = TargetContext(
            ruleARN: delivery.source, ruleName: delivery.detail["rule"]?.string ?? "",
            ingestionTime: ingested.iso8601(), eventTime: time.milliseconds)
        switch try target.input().body(for: event.envelope, in: context) {
        case .text(let text): return text
        case .nothing: return ""
        case .invalidJSON(let text):
            // The text goes into the dead-letter queue in place of the event (recorded behaviour).
            var failure = DeliveryFailure("INVALID_JSON", "Invalid input for target.")
            failure.attempted = text
            throw failure
        }
    }

    /// A parameter may name a field of the event in place of a value.
    static func value(_ text: String, of event: JSON) -> String {
        guard text.hasPrefix("$."), let path = try? TargetInput(target: "", inputPath: text) else { return text }
        let context = TargetContext(ruleARN: "", ruleName: "", ingestionTime: "", eventTime: 0)
        guard case .text(let found) = path.body(for: event, in: context) else { return text }
        return (try? JSON(parsing: found))?.string ?? found
    }

    // MARK: Dead letters

    /// What the target was to get, or the event where there is nothing of that, with what went wrong in its attributes.
    ///
    /// Source: the user guide's page "Using dead-letter queues to process undelivered events in EventBridge", and AWS's
    /// recorded behaviour.
    @Sendable static func deadLetter(
        _ delivery: Delivery, _ failure: DeliveryFailure, _ content: JSON, _ context: ReadContext
    ) throws -> DeliveryItem {
        let event = RoutedEvent(content: content)
        let input = failure.attempted ?? (try? shownInput(delivery, content, context))
        var item = DeliveryItem(body: input.flatMap { $0.isEmpty ? nil : $0 } ?? event.envelope.description)
        var attributes: [(String, String)] = [
            ("RULE_ARN", delivery.source), ("TARGET_ARN", delivery.detail["target"]?["Arn"]?.string ?? ""),
            ("ERROR_CODE", code(of: failure)), ("ERROR_MESSAGE", message(of: failure, delivery, in: context)),
        ]
        if let bound = failure.exhausted {
            attributes.append(("RETRY_ATTEMPTS", String(delivery.attempts - 1)))
            attributes.append(("EXHAUSTED_RETRY_CONDITION", bound.rawValue))
        }
        for (name, value) in attributes {
            item.attributes[name] = .object(["DataType": "String", "StringValue": .string(value)])
        }
        item.traceHeader = event.traceHeader
        return item
    }

    /// What a queue says, in the words that AWS's own client for SQS puts it (recorded behaviour).
    private static func message(
        of failure: DeliveryFailure, _ delivery: Delivery, in context: ReadContext
    ) -> String {
        let text: String
        let status: Int
        switch failure.code {
        case "AWS.SimpleQueueService.NonExistentQueue":
            (text, status) = ("The specified queue does not exist or you do not have access to it.", 400)
        case "AccessDenied" where ARN(delivery.destination)?.service == "sqs":
            text = """
                User: events.amazonaws.com is not authorized to perform: sqs:sendmessage on resource: \
                \(delivery.destination) because no resource-based policy allows the sqs:sendmessage action
                """
            status = 403
        default: return failure.message
        }
        let details = [
            "Service: AmazonSQS", "Status Code: \(status)", "Error Code: \(failure.code)",
            "Request ID: \(context.random.uuid())", "Proxy: null",
        ]
        return "\(text) (\(details.joined(separator: "; ")))"
    }

    /// EventBridge's word for what a service said.
    private static func code(of failure: DeliveryFailure) -> String {
        switch failure.code {
        case "AccessDenied", "AccessDeniedException", "AuthorizationError": "NO_PERMISSIONS"
        case "AWS.SimpleQueueService.NonExistentQueue", "NotFound", "NO_SERVICE": "NO_RESOURCE"
        case "InvalidParameterValue", "InvalidParameter", "MissingParameter", "InvalidMessageContents":
            "INVALID_PARAMETER"
        case "NO_ANSWER": "CONNECTION_FAILURE"
        case "NO_ANSWER_IN_TIME": "TIMEOUT"
        case let code where code.hasPrefix("HTTP_"): "ERROR_FROM_TARGET"
        default: failure.code
        }
    }
}

extension StoredTarget {
    /// Its input, as it was checked when it was put.
    func input() throws -> TargetInput {
        let transformer = json["InputTransformer"]
        var paths: [String: String] = [:]
        for member in transformer?["InputPathsMap"]?.object ?? JSONObject() {
            paths[member.name] = member.value.string
        }
        return try TargetInput(
            target: id, input: json["Input"]?.string, inputPath: json["InputPath"]?.string, inputPathsMap: paths,
            inputTemplate: transformer?["InputTemplate"]?.string)
    }
}
