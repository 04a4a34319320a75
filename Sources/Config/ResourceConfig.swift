import JSON
import Kernel
import Model

/// Resources of third parties, whose configuration is put by whoever knows it.
extension Config {
    /// Source: the page of PutResourceConfig.
    private static let resourceLimit = 100_000

    /// In AWS, the type's schema is that of its version in the registry of CloudFormation; here it is one that was given to
    /// `/_windtunnel/config/schemas`.
    @Sendable static func putResourceConfig(_ input: PutResourceConfigRequest, in context: WriteContext) throws {
        context.access("config:PutResourceConfig", on: "*")
        let type = input.resourceType
        try checkThirdParty(type)
        guard let configuration = try? JSON(parsing: input.configuration), configuration.object != nil else {
            throw AWSError.validation("The configuration of the resource is not a valid JSON object.")
        }
        guard try StoredRecorder.own(in: context)?.isRecording == true else { throw AWSError.noRunningRecorder }
        if let schema = try ResourceSchema.find(type, in: context) {
            if let complaint = schema.complaint(about: configuration) {
                throw AWSError.validation("The configuration does not match the schema of \(type): \(complaint)")
            }
        } else {
            try context.notEnforced(
                "SchemaVersionId of \(type)",
                reason: "CloudFormation is not served, and no schema was given for the type")
        }
        let previous = try StoredItem.current(type, input.resourceId, in: context)
        if previous?.isRecorded != true,
            try StoredItem.thirdPartyCount(in: context) >= resourceLimit
        {
            throw AWSError(
                "MaxActiveResourcesExceededException",
                "You have reached the limit of \(resourceLimit) active custom resource types in your account.")
        }
        // An item is written though nothing may have changed.
        try Recording.write(
            ConfiguredResource(
                type: type, id: input.resourceId, name: input.resourceName, configuration: configuration,
                tags: (input.tags?.entries ?? []).map { .init(key: $0.key, value: $0.value) }),
            previous?.isRecorded == true ? .ok : .resourceDiscovered, after: previous, in: context)
    }

    @Sendable static func deleteResourceConfig(_ input: DeleteResourceConfigRequest, in context: WriteContext) throws {
        context.access("config:DeleteResourceConfig", on: "*")
        try checkThirdParty(input.resourceType)
        guard try StoredRecorder.own(in: context)?.isRecording == true else { throw AWSError.noRunningRecorder }
        let current = try StoredItem.current(input.resourceType, input.resourceId, in: context)
        guard let current, current.isRecorded else {
            throw AWSError.validation(
                "Resource \(input.resourceId) of resourceType:\(input.resourceType) is unknown or has not been discovered"
            )
        }
        try Recording.write(Recording.gone(current.resource), .resourceDeleted, after: current, in: context)
    }

    private static func checkThirdParty(_ type: String) throws(AWSError) {
        guard ResourceTypes.isThirdParty(type) else {
            throw .validation(
                "The resource type \(type) is not valid. It must be a custom resource type registered with AWS CloudFormation."
            )
        }
    }
}
