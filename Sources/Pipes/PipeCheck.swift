import EventPattern
import JSON
import Kernel
import Model

/// What CreatePipe and UpdatePipe look at beyond what the model says. Sources and targets that do not run here are refused
/// by name: a pipe that shows as running and moves nothing would be worse.
struct PipeCheck {
    /// Members of DescribePipeResponse.
    let json: JSON
    let context: ReadContext

    private var settings: PipeSettings { PipeSettings(stored: json) }

    func check() throws(AWSError) {
        try checkSource()
        try checkEnrichment()
        try checkTarget()
        guard Role(arn: settings.roleArn) != nil else {
            throw .pipeField("RoleArn", "\(settings.roleArn) is no role.")
        }
    }

    private func checkSource() throws(AWSError) {
        guard let arn = ARN(settings.source), arn.service == "sqs" else {
            throw .pipeField(
                "Source", "\(settings.source) is not supported: Windtunnel runs pipes from SQS queues only.")
        }
        guard arn.account == context.account, arn.region == context.region else {
            throw .pipeField("Source", "The source must be in the account and Region of the pipe.")
        }
        for member in json["SourceParameters"]?.object ?? JSONObject()
        where member.name != "SqsQueueParameters" && member.name != "FilterCriteria" {
            throw .pipeField(member.name, "Invalid source parameter provided for source.")
        }
        for (index, pattern) in settings.filters.enumerated() {
            do {
                _ = try Pattern(pattern, dialect: .eventBridge)
            } catch {
                throw .pipeField(
                    "SourceParameters.FilterCriteria.Filters[\(index)].Pattern",
                    "Event pattern is not valid. Reason: \(error.text(in: pattern))")
            }
        }
    }

    private func checkEnrichment() throws(AWSError) {
        guard let enrichment = settings.enrichment else {
            guard json["EnrichmentParameters"] == nil else { throw .missingPipeField("Enrichment") }
            return
        }
        guard let arn = ARN(enrichment), PipeTarget(arn) == .apiDestination else {
            throw .pipeField(
                "Enrichment", "\(enrichment) is not supported: Windtunnel runs enrichment by API destinations only.")
        }
        try checkPlace(arn, "Enrichment")
    }

    private func checkTarget() throws(AWSError) {
        guard let arn = ARN(settings.target), let target = PipeTarget(arn) else {
            throw .pipeField(
                "Target", "\(settings.target) is not supported: Windtunnel runs pipes to \(PipeTarget.served).")
        }
        for member in json["TargetParameters"]?.object ?? JSONObject()
        where member.name != "InputTemplate" && member.name != target.parameters {
            // As AWS was seen to answer.
            throw .pipeField(member.name, "Invalid target parameter provided for target.")
        }
        switch target {
        case .queue, .topic:
            guard arn.region == context.region else {
                throw .pipeField("Target", "The target must be in the Region of the pipe.")
            }
            if target == .topic, arn.resource.hasSuffix(".fifo") {
                throw .pipeField("Target", "FIFO topics are not supported.")
            }
            if target == .queue, arn.resource.hasSuffix(".fifo"),
                settings.targetParameters?.sqsQueueParameters?.messageGroupId == nil
            {
                throw .missingPipeField("TargetParameters.SqsQueueParameters.MessageGroupId")
            }
        case .bus, .apiDestination, .logGroup: try checkPlace(arn, "Target")
        }
    }

    private func checkPlace(_ arn: ARN, _ field: String) throws(AWSError) {
        guard arn.account == context.account, arn.region == context.region else {
            throw .pipeField(field, "The \(field.lowercased()) must be in the account and Region of the pipe.")
        }
    }

    /// Sources: the user guide's pages "… batching and concurrency" and "Amazon Simple Queue Service as a source", and what
    /// Lambda, whose pollers these are, says of queues.
    func checkBatch() throws(AWSError) {
        let window = "MaximumBatchingWindowInSeconds"
        let isFIFO = settings.source.hasSuffix(".fifo")
        let (size, limit) = (settings.batchSize, settings.batchLimit)
        guard size <= limit else {
            // Recorded of an enrichment.
            let target = ARN(settings.target).flatMap(PipeTarget.init)?.name ?? ""
            let taker = settings.enrichment != nil ? "enrichment api-destination" : "target \(target)"
            throw .pipeField(
                "BatchSize",
                "The configured batch size \(size) is greater than the max supported batch size \(limit) for \(taker).")
        }
        if isFIFO, size > 10 { throw .pipeField("BatchSize", "FIFO queues give batches of at most 10.") }
        if isFIFO, settings.windowSeconds > 0 {
            throw .pipeField(window, "Batching window is not supported for FIFO queues.")
        }
        if size > 10, settings.windowSeconds == 0 {
            throw .pipeField(
                window,
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10.")
        }
    }
}
