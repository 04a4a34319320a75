import JSON
import Kernel
import Model

extension SQS {
    private static let tagLimit = 50
    private static let badTagKey = AWSError.invalidParameter("Tag keys must be between 1 and 128 characters in length.")

    @Sendable static func tagQueue(_ input: TagQueueRequest, in context: WriteContext) throws {
        let queue = try queue(input.queueUrl, for: "TagQueue", in: context)
        guard !input.tags.entries.isEmpty else { throw AWSError.missingParameter("Tags") }
        try setTags(input.tags, on: queue, in: context)
        try context.record(
            .changed, queue.arn, operation: "TagQueue",
            detail: .object(["keys": .array(input.tags.entries.map { .string($0.key) })]))
    }

    @Sendable static func untagQueue(_ input: UntagQueueRequest, in context: WriteContext) throws {
        let queue = try queue(input.queueUrl, for: "UntagQueue", in: context)
        guard !input.tagKeys.isEmpty else { throw badTagKey }
        for key in input.tagKeys { try context.removeTag(key, from: queue.arn) }
        try context.record(
            .changed, queue.arn, operation: "UntagQueue",
            detail: .object(["keys": .array(input.tagKeys.map(JSON.string))]))
    }

    @Sendable static func listQueueTags(_ input: ListQueueTagsRequest, in context: ReadContext) throws
        -> ListQueueTagsResult
    {
        let queue = try queue(input.queueUrl, for: "ListQueueTags", in: context)
        let tags = try context.tags(of: queue.arn)
        return ListQueueTagsResult(tags: tags.isEmpty ? nil : MapView(tags.map { ($0.key, $0.value) }))
    }

    static func setTags(_ tags: MapView<String>, on queue: Queue, in context: WriteContext) throws {
        context.access("sqs:TagQueue", on: queue.arn.description)
        for (key, value) in tags.entries {
            guard (1...128).contains(key.count) else { throw badTagKey }
            guard value.count <= 256 else {
                throw AWSError.invalidParameter("Tag values must be between 0 and 256 characters in length.")
            }
            guard !key.lowercased().hasPrefix("aws:") else {
                throw AWSError.invalidParameter("Tag keys that begin with aws: are reserved for system use.")
            }
            try context.setTag(Tag(key: key, value: value), on: queue.arn)
        }
        guard try context.tags(of: queue.arn).count <= tagLimit else {
            throw AWSError.invalidParameter("Too many tags added for queue \(queue.address.name).")
        }
    }
}
