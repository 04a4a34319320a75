import JSON
import Kernel
import Model

extension SSM {
    private static let tagLimit = 50

    @Sendable static func addTagsToResource(
        _ input: AddTagsToResourceRequest, in context: WriteContext
    ) throws -> AddTagsToResourceResult {
        let arn = try tagged(input.resourceType, input.resourceId, in: context)
        try addTags(input.tags, to: arn, in: context)
        try context.record(
            .changed, arn, operation: "AddTagsToResource",
            detail: .object(["keys": .array(input.tags.map { .string($0.key) })]))
        return AddTagsToResourceResult()
    }

    @Sendable static func removeTagsFromResource(
        _ input: RemoveTagsFromResourceRequest, in context: WriteContext
    ) throws -> RemoveTagsFromResourceResult {
        let arn = try tagged(input.resourceType, input.resourceId, in: context)
        context.access("ssm:RemoveTagsFromResource", on: arn.description)
        for key in input.tagKeys { try context.removeTag(key, from: arn) }
        try context.record(
            .changed, arn, operation: "RemoveTagsFromResource",
            detail: .object(["keys": .array(input.tagKeys.map(JSON.string))]))
        return RemoveTagsFromResourceResult()
    }

    @Sendable static func listTagsForResource(
        _ input: ListTagsForResourceRequest, in context: ReadContext
    ) throws -> ListTagsForResourceResult {
        let arn = try tagged(input.resourceType, input.resourceId, in: context)
        context.access("ssm:ListTagsForResource", on: arn.description)
        return ListTagsForResourceResult(tagList: try context.tags(of: arn).map { Tag(key: $0.key, value: $0.value) })
    }

    static func addTags(_ tags: [Tag], to arn: ARN, in context: WriteContext) throws {
        guard !tags.isEmpty else { return }
        context.access("ssm:AddTagsToResource", on: arn.description)
        try checkTags(tags)
        for tag in tags { try context.setTag(.init(key: tag.key, value: tag.value), on: arn) }
        guard try context.tags(of: arn).count <= tagLimit else { throw AWSError("TooManyTagsError") }
    }

    static func checkTags(_ tags: [Tag]) throws(AWSError) {
        guard !tags.contains(where: { $0.key.lowercased().hasPrefix("aws:") }) else {
            throw .validation("aws: prefixed tag key names are not allowed for external use.")
        }
        guard tags.count <= tagLimit else { throw AWSError("TooManyTagsError") }
    }

    /// Of the resources that SSM can tag, parameters, documents and executions are served.
    private static func tagged(
        _ type: ResourceTypeForTagging, _ id: String, in context: ReadContext
    ) throws -> ARN {
        switch type {
        case .parameter:
            let owner = Owner(account: context.account, region: context.region)
            guard try ParameterVersion.latest(id, owner: owner, in: context) != nil else { break }
            return ParameterName.arn(id, in: context)
        case .document:
            guard try StoredDocument.defaultVersion(of: id, account: context.account, in: context) != nil else { break }
            return StoredDocument.arn(id, account: context.account, in: context)
        case .automation:
            guard try StoredExecution.find(id, in: context) != nil else { break }
            return StoredExecution.arn(id, in: context)
        default: break
        }
        throw AWSError("InvalidResourceId")
    }
}
