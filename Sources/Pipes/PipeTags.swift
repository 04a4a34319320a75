import JSON
import Kernel
import Model

extension Pipes {
    private static let tagLimit = 50

    @Sendable static func tagResource(_ input: TagResourceRequest, in context: WriteContext) throws
        -> TagResourceResponse
    {
        let arn = try taggedPipe(input.resourceArn, for: "TagResource", in: context)
        try setTags(input.tags.entries, on: arn, in: context)
        try context.record(
            .changed, arn, operation: "TagResource",
            detail: .object(["keys": .array(input.tags.entries.map { .string($0.key) })]))
        return TagResourceResponse()
    }

    @Sendable static func untagResource(_ input: UntagResourceRequest, in context: WriteContext) throws
        -> UntagResourceResponse
    {
        let arn = try taggedPipe(input.resourceArn, for: "UntagResource", in: context)
        for key in input.tagKeys { try context.removeTag(key, from: arn) }
        try context.record(
            .changed, arn, operation: "UntagResource",
            detail: .object(["keys": .array(input.tagKeys.map(JSON.string))]))
        return UntagResourceResponse()
    }

    @Sendable static func listTagsForResource(_ input: ListTagsForResourceRequest, in context: ReadContext) throws
        -> ListTagsForResourceResponse
    {
        let arn = try taggedPipe(input.resourceArn, for: "ListTagsForResource", in: context)
        let tags = try context.tags(of: arn).map { ($0.key, JSON.string($0.value)) }
        return ListTagsForResourceResponse(json: .object(["tags": .object(JSONObject(tags))]))
    }

    static func setTags(_ tags: [(key: String, value: String)], on arn: ARN, in context: WriteContext) throws {
        guard !tags.isEmpty else { return }
        context.access("pipes:TagResource", on: arn.description)
        for tag in tags {
            guard !tag.key.lowercased().hasPrefix("aws:") else {
                throw AWSError.pipeField("Tags", "aws: prefixed tag key names are not allowed for external use.")
            }
            try context.setTag(.init(key: tag.key, value: tag.value), on: arn)
        }
        guard try context.tags(of: arn).count <= tagLimit else {
            throw AWSError.pipeField("Tags", "A pipe can have at most \(tagLimit) tags.")
        }
    }

    private static func taggedPipe(_ text: String, for operation: String, in context: ReadContext) throws -> ARN {
        context.access("pipes:\(operation)", on: text)
        let name = ARN(text)?.resource.split(separator: "/").last.map(String.init) ?? ""
        let arn = StoredPipe.arn(name, in: context)
        guard arn.description == text else { throw AWSError.pipeNotFound(name) }
        return try pipe(name, in: context).arn
    }
}
