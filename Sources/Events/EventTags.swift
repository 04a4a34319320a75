import JSON
import Kernel
import Model

extension Events {
    private static let tagLimit = 50

    @Sendable static func tagResource(_ input: TagResourceRequest, in context: WriteContext) throws {
        let arn = try taggable(input.resourceARN, for: "TagResource", in: context)
        try setTags(input.tags, on: arn, in: context)
        try context.record(.changed, arn, operation: "TagResource")
    }

    @Sendable static func untagResource(_ input: UntagResourceRequest, in context: WriteContext) throws {
        let arn = try taggable(input.resourceARN, for: "UntagResource", in: context)
        for key in input.tagKeys { try context.removeTag(key, from: arn) }
        try context.record(.changed, arn, operation: "UntagResource")
    }

    @Sendable static func listTagsForResource(_ input: ListTagsForResourceRequest, in context: ReadContext) throws
        -> ListTagsForResourceResponse
    {
        let arn = try taggable(input.resourceARN, for: "ListTagsForResource", in: context)
        return ListTagsForResourceResponse(
            tags: try context.tags(of: arn).map { Tag(key: $0.key, value: $0.value) })
    }

    static func setTags(_ tags: [Tag], on arn: ARN, in context: WriteContext) throws {
        for tag in tags { try context.setTag(.init(key: tag.key, value: tag.value), on: arn) }
        guard try context.tags(of: arn).count <= tagLimit else { throw AWSError.limitExceeded }
    }

    /// A resource that is there and is the caller's.
    private static func taggable(_ text: String, for action: String, in context: ReadContext) throws -> ARN {
        context.access("events:\(action)", on: text)
        guard let arn = ARN(text), arn.service == "events" else {
            throw AWSError.validation(
                "Parameter ResourceARN is not valid. Reason: \(text) is not an ARN of EventBridge.")
        }
        if let (name, bus) = StoredRule.parts(of: arn) {
            guard try StoredBus.find(bus, in: context) != nil else {
                throw AWSError.busNotFound(StoredBus.name(of: bus))
            }
            let rule = try StoredRule.required(name, on: bus, in: context)
            try checkOwner(bus, in: context)
            if rule.managedBy != nil, action != "ListTagsForResource" { throw AWSError.managedRuleTags(name) }
        } else {
            guard StoredBus.isBus(arn) else { throw AWSError.notFound("Resource \(text) does not exist.") }
            _ = try StoredBus.required(text, in: context)
            try checkOwner(arn, in: context)
        }
        return arn
    }
}
