import JSON
import Kernel
import Model

/// The deliveries of pipes, to their enrichments and targets.
enum PipeDelivery {
    /// So much of an enrichment's answer is taken, in bytes. AWS was seen to take one more than 6 MiB.
    private static let answerLimit = 8_388_608

    private static func settings(_ content: JSON) -> PipeSettings { PipeSettings(stored: content["pipe"] ?? [:]) }

    private static func isEnrichment(_ delivery: Delivery) -> Bool {
        delivery.detail["stage"]?.string == Execution.Stage.enrichment.rawValue
    }

    @Sendable static func item(_ delivery: Delivery, _ content: JSON, _ context: ReadContext) throws -> DeliveryItem {
        let settings = settings(content)
        let input = PipeInput(content, item: delivery.detail["item"])
        let isEnrichment = isEnrichment(delivery)
        let template =
            isEnrichment ? settings.enrichmentParameters?.inputTemplate : settings.targetParameters?.inputTemplate
        let body = try input.body(template, now: context.now)
        guard let arn = ARN(delivery.destination), PipeTarget(arn) == .apiDestination else {
            return DeliveryItem(body: body)
        }
        let web: WebDestination.Input
        if isEnrichment {
            let http = settings.enrichmentParameters?.httpParameters
            web = try input.web(
                body, path: http?.pathParameterValues, headers: http?.headerParameters,
                query: http?.queryStringParameters)
        } else {
            let http = settings.targetParameters?.httpParameters
            web = try input.web(
                body, path: http?.pathParameterValues, headers: http?.headerParameters,
                query: http?.queryStringParameters)
        }
        var item = try context.webItem(for: arn, web)
        item.web?.answerLimit = answerLimit
        return item
    }

    @Sendable static func shownRequest(_ delivery: Delivery, _ content: JSON, _ context: ReadContext) throws -> JSON? {
        guard let item = try? item(delivery, content, context), let parts = item.shown?.split(separator: " "),
            parts.count == 2
        else { return nil }
        return .object([
            "method": .string(String(parts[0])), "url": .string(String(parts[1])), "body": .string(item.body),
        ])
    }

    @Sendable static func prepare(_ delivery: Delivery, _ context: WriteContext) throws -> Bool {
        try ARN(delivery.destination).map { try context.prepareWeb($0) } ?? true
    }

    /// A target may say in its answer that it failed though its status does not.
    ///
    /// Source: "Partial batch failure" of the user guide's page "Amazon EventBridge Pipes batching and concurrency".
    @Sendable static func judge(_ delivery: Delivery, _ answer: inout WebAnswer, _ context: WriteContext) throws
        -> DeliveryFailure?
    {
        guard let arn = ARN(delivery.destination) else { return nil }
        if let failure = try context.judgeWeb(arn, &answer) { return failure }
        guard !isEnrichment(delivery),
            let failures = (try? JSON(parsing: answer.body))?["batchItemFailures"]?.array, !failures.isEmpty
        else { return nil }
        return DeliveryFailure("BATCH_ITEM_FAILURE", "The target named the message in batchItemFailures")
    }

    /// Calls the target's operation in the pipe's role.
    @Sendable static func perform(
        _ item: DeliveryItem, _ destination: String, _ delivery: Delivery, _ context: WriteContext
    ) throws -> String {
        guard let content = try context.publication(delivery.publication), let arn = ARN(destination),
            let target = PipeTarget(arn)
        else { throw DeliveryFailure("NO_RESOURCE", "\(destination) is no target.") }
        let input = PipeInput(content, item: delivery.detail["item"])
        let parameters = settings(content).targetParameters
        if target == .logGroup {
            return try log(item, parameters?.cloudWatchLogsParameters, input, arn, delivery, in: context)
        }
        let call = try TargetCall(target, arn, item.body, parameters, input, pipe: content["name"]?.string ?? "")
        do {
            let principal = try settings(content).principal(sessionName: content["executionId"]?.string ?? "")
            return try call.perform(as: principal, in: context)
        } catch let error as AWSError {
            throw DeliveryFailure(error.code, error.message ?? error.code)
        }
    }

    private static func log(
        _ item: DeliveryItem, _ parameters: PipeTargetCloudWatchLogsParameters?, _ input: PipeInput, _ arn: ARN,
        _ delivery: Delivery, in context: WriteContext
    ) throws -> String {
        var time = context.now.milliseconds
        if let path = parameters?.timestamp {
            let text = try input.value(path, "Timestamp")
            guard let given = Int64(text) ?? Timestamp(iso8601: text)?.milliseconds else {
                throw DeliveryFailure("INVALID_PARAMETER", "Timestamp: \(text) is no time.")
            }
            time = given
        }
        var item = item
        item.body = JSON.object(["timestamp": .number(time), "message": .string(item.body)]).description
        let sender = Sender(service: "pipes.amazonaws.com", source: delivery.origin, account: delivery.account)
        return try context.hand(item, to: arn.description, by: sender)
    }

    // MARK: For people

    @Sendable static func beginning(_ delivery: Delivery, _ messageID: String) -> [String] {
        isEnrichment(delivery)
            ? ["\(delivery.origin) received message \(messageID).", "\(delivery.destination) was to enrich it."]
            : [
                "\(delivery.origin) received message \(messageID) from \(delivery.source).",
                "It was to go to \(delivery.destination).",
            ]
    }

    @Sendable static func explain(_ pipe: ARN, _ content: JSON, _ time: Timestamp, _ context: ReadContext) throws
        -> [DeliveryVerdict]
    {
        let settings = settings(content)
        guard content["passes"] == true else {
            let why = try PipeFilter(settings.filters).explain(PipeRecord(event: content["record"] ?? [:]))
            return [
                DeliveryVerdict(
                    source: settings.source, endpoint: settings.target,
                    text: "The pipe's filter let it not through, and it was deleted from the queue. \(why.text)",
                    failures: why.failures)
            ]
        }
        let target = DeliveryVerdict(
            source: settings.source, endpoint: settings.target,
            text: settings.enrichment == nil
                ? "It was not sent."
                : "It is sent only when the enrichment has answered, and not with an empty answer.",
            failures: [])
        guard let enrichment = settings.enrichment else { return [target] }
        return [
            DeliveryVerdict(source: pipe.description, endpoint: enrichment, text: "It was not sent.", failures: []),
            target,
        ]
    }
}
