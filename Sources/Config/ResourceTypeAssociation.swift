import JSON
import Kernel
import Model

/// Operations that add types to what a recorder records, or take some away.
extension Config {
    @Sendable static func associateResourceTypes(_ input: AssociateResourceTypesRequest, in context: WriteContext)
        throws
        -> AssociateResourceTypesResponse
    {
        AssociateResourceTypesResponse(
            configurationRecorder: try associate(
                input.resourceTypes, isRecorded: true, input.configurationRecorderArn,
                operation: "AssociateResourceTypes", in: context))
    }

    @Sendable static func disassociateResourceTypes(_ input: DisassociateResourceTypesRequest, in context: WriteContext)
        throws -> DisassociateResourceTypesResponse
    {
        DisassociateResourceTypesResponse(
            configurationRecorder: try associate(
                input.resourceTypes, isRecorded: false, input.configurationRecorderArn,
                operation: "DisassociateResourceTypes", in: context))
    }

    private static func associate(
        _ types: [String], isRecorded: Bool, _ arn: String, operation: String, in context: WriteContext
    ) throws -> ConfigurationRecorder {
        context.access("config:\(operation)", on: arn)
        try ResourceTypes.check(types, at: "resourceTypes", in: context)
        guard
            var recorder = try StoredRecorder.all(in: context).first(where: { $0.arn(in: context).description == arn })
        else { throw AWSError.noSuchRecorder }
        let group = recorder.settings.recordingGroup
        var settings = recorder.settings.json.object ?? JSONObject()
        switch group?.recordingStrategy?.useOnly {
        case .inclusion:
            let changed = try change(group?.resourceTypes ?? [], types, adds: isRecorded)
            guard !changed.isEmpty else {
                throw AWSError.validation("The recording group must include at least one resource type.")
            }
            settings["recordingGroup"] = RecordingPlan.inclusion(changed).json
        case .exclusion:
            let excluded = group?.exclusionByResourceTypes?.resourceTypes ?? []
            let changed = try change(excluded, types, adds: !isRecorded)
            settings["recordingGroup"] = RecordingPlan.exclusion(changed).json
        default:
            throw AWSError.validation(
                "The recording strategy of the configuration recorder must be INCLUSION_BY_RESOURCE_TYPES or EXCLUSION_BY_RESOURCE_TYPES."
            )
        }
        recorder.settings = ConfigurationRecorder(json: .object(settings))
        try recorder.save(in: context)
        try context.record(.changed, recorder.arn(in: context), operation: operation)
        if recorder.servicePrincipal == nil { try Inventory.begin(in: context) }
        return recorder.settings
    }

    private static func change(_ list: [String], _ types: [String], adds: Bool) throws -> [String] {
        let wrong = types.filter { list.contains($0) == adds }
        guard wrong.isEmpty else {
            throw AWSError.validation(
                "The resource types \(wrong.joined(separator: ", ")) are already \(adds ? "listed in" : "missing from") the recording group."
            )
        }
        return adds ? list + types : list.filter { !types.contains($0) }
    }
}
