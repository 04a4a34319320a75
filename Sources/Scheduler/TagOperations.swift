import JSON
import Kernel
import Model

extension Scheduler {
    private static let tagLimit = 50

    @Sendable static func tagResource(_ input: TagResourceInput, in context: WriteContext) throws -> TagResourceOutput {
        let arn = try taggedGroup(input.resourceArn, for: "TagResource", in: context)
        try setTags(input.tags, on: arn, in: context)
        try context.record(
            .changed, arn, operation: "TagResource",
            detail: .object(["keys": .array(input.tags.map { .string($0.key) })]))
        return TagResourceOutput()
    }

    @Sendable static func untagResource(_ input: UntagResourceInput, in context: WriteContext) throws
        -> UntagResourceOutput
    {
        let arn = try taggedGroup(input.resourceArn, for: "UntagResource", in: context)
        for key in input.tagKeys { try context.removeTag(key, from: arn) }
        try context.record(
            .changed, arn, operation: "UntagResource",
            detail: .object(["keys": .array(input.tagKeys.map(JSON.string))]))
        return UntagResourceOutput()
    }

    @Sendable static func listTagsForResource(_ input: ListTagsForResourceInput, in context: ReadContext) throws
        -> ListTagsForResourceOutput
    {
        let arn = try taggedGroup(input.resourceArn, for: "ListTagsForResource", in: context)
        return ListTagsForResourceOutput(tags: try context.tags(of: arn).map { Tag(key: $0.key, value: $0.value) })
    }

    static func setTags(_ tags: [Tag], on arn: ARN, in context: WriteContext) throws {
        context.access("scheduler:TagResource", on: arn.description)
        for tag in tags {
            guard !tag.key.lowercased().hasPrefix("aws:") else {
                throw AWSError.validation("aws: prefixed tag key names are not allowed for external use.")
            }
            try context.setTag(.init(key: tag.key, value: tag.value), on: arn)
        }
        guard try context.tags(of: arn).count <= tagLimit else {
            throw AWSError.validation("A resource can have at most \(tagLimit) tags.")
        }
    }

    /// The model lets ARNs of groups through only: schedules have no tags.
    private static func taggedGroup(_ text: String, for operation: String, in context: ReadContext) throws -> ARN {
        context.access("scheduler:\(operation)", on: text)
        let name = ARN(text)?.resource.split(separator: "/").last.map(String.init) ?? ""
        let arn = StoredGroup.arn(name, in: context)
        guard arn.description == text else { throw AWSError.groupNotFound(name) }
        _ = try group(name, in: context)
        return arn
    }
}
