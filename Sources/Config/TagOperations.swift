import JSON
import Kernel
import Model

/// All texts were recorded from AWS, but for that of ARNs that are nobody's.
extension Config {
    private static let tagLimit = 50

    @Sendable static func tagResource(_ input: TagResourceRequest, in context: WriteContext) throws {
        let arn = try taggedResource(input.resourceArn, for: "TagResource", in: context)
        try setTags(input.tags, on: arn, in: context)
        try context.record(
            .changed, arn, operation: "TagResource",
            detail: .object(["keys": .array(input.tags.map { .string($0.key ?? "") })]))
    }

    @Sendable static func untagResource(_ input: UntagResourceRequest, in context: WriteContext) throws {
        let arn = try taggedResource(input.resourceArn, for: "UntagResource", in: context)
        for key in input.tagKeys { try context.removeTag(key, from: arn) }
        try context.record(
            .changed, arn, operation: "UntagResource",
            detail: .object(["keys": .array(input.tagKeys.map(JSON.string))]))
    }

    /// Shows all tags, whatever the limit (recorded from AWS).
    @Sendable static func listTagsForResource(_ input: ListTagsForResourceRequest, in context: ReadContext) throws
        -> ListTagsForResourceResponse
    {
        let arn = try taggedResource(input.resourceArn, for: "ListTagsForResource", in: context)
        return ListTagsForResourceResponse(tags: try context.tags(of: arn).map { Tag(key: $0.key, value: $0.value) })
    }

    static func setTags(_ tags: [Tag], on arn: ARN, in context: WriteContext) throws {
        let keys = tags.map { $0.key ?? "" }
        guard Set(keys).count == keys.count else { throw AWSError.validation("Duplicate tags exists in tags list") }
        guard !keys.contains(where: { $0.isEmpty || $0.lowercased().hasPrefix("aws:") }) else {
            throw AWSError.validation("One or more parameter value is invalid")
        }
        for tag in tags { try context.setTag(.init(key: tag.key ?? "", value: tag.value ?? ""), on: arn) }
        guard try context.tags(of: arn).count <= tagLimit else {
            throw AWSError(
                "TooManyTagsException", "You have exceeded maximum tag limit of 50 tags for this resource")
        }
    }

    /// The resource that a request means, be it of any kind that has tags.
    private static func taggedResource(_ text: String, for operation: String, in context: ReadContext) throws -> ARN {
        context.access("config:\(operation)", on: text)
        let arn = ARN(text)
        guard let arn, arn.service == "config", arn.account == context.account, arn.region == context.region,
            try exists(arn, in: context)
        else { throw AWSError("ResourceNotFoundException", "ResourceArn '\(text)' does not exist") }
        return arn
    }

    /// Whether there is such a resource. Each kind that has tags is asked by the first part of its ARN's resource.
    private static func exists(_ arn: ARN, in context: ReadContext) throws -> Bool {
        let parts = arn.resource.split(separator: "/").map(String.init)
        switch parts.first {
        case "config-rule":
            return try StoredRule.find(id: parts.last ?? "", in: context)?.arn == arn.description
        case "configuration-recorder":
            return try StoredRecorder.all(in: context).contains { $0.arn(in: context) == arn }
        case "config-aggregator":
            return try StoredAggregator.list(in: context).contains { $0.arn(in: context) == arn }
        case "aggregation-authorization":
            return try StoredAuthorization.list(in: context).contains { $0.arn(in: context) == arn }
        case "conformance-pack":
            return try StoredPack.find(id: parts.last ?? "", in: context)?.arn(in: context) == arn
        case "stored-query":
            return try KeptQuery.find(parts.dropFirst().first ?? "", in: context)?.arn(in: context) == arn
        default: return false
        }
    }
}
