import JSON
import Kernel
import Model

/// Recorders that services keep in an account. Those there are of scope INTERNAL: they record always, for their service
/// alone, and nothing of it comes to the account's channel.
extension Config {
    /// What the services call themselves in the names of their recorders, and what they record.
    /// Source: the developer guide's page "Service-linked configuration recorder for AWS Config".
    private static let services: [String: (name: String, types: [String])] = [
        "observabilityadmin.amazonaws.com": (
            "ObservabilityAdmin", ["AWS::EC2::Instance", "AWS::EC2::VPC", "AWS::Lambda::Function"]
        )
    ]

    @Sendable static func putServiceLinkedConfigurationRecorder(
        _ input: PutServiceLinkedConfigurationRecorderRequest, in context: WriteContext
    ) throws -> PutServiceLinkedConfigurationRecorderResponse {
        context.access("config:PutServiceLinkedConfigurationRecorder", on: "*")
        let principal = input.servicePrincipal
        guard let service = services[principal] else {
            throw AWSError.validation("The service principal \(principal) is not valid.")
        }
        guard try serviceLinked(principal, in: context) == nil else {
            throw AWSError(
                "ConflictException",
                "A service-linked configuration recorder for the service principal \(principal) already exists.")
        }
        let id = resourceID(16, in: context)
        let name = "\(serviceLinkedPrefix)\(service.name)_\(id)"
        var recorder = StoredRecorder(
            name: name, id: id, servicePrincipal: principal, isRecording: true, started: context.now,
            status: "SUCCESS", statusChanged: context.now, settings: ConfigurationRecorder(json: [:]))
        let arn = recorder.arn(in: context)
        recorder.settings = ConfigurationRecorder(
            arn: arn.description, name: name,
            roleARN:
                "arn:\(arn.partition):iam::\(context.account):role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
            recordingGroup: RecordingPlan.inclusion(service.types), recordingMode: RecordingPlan.continuous,
            recordingScope: .internal, servicePrincipal: principal)
        try setTags(input.tags ?? [], on: arn, in: context)
        try recorder.save(in: context)
        try context.record(.created, arn, operation: "PutServiceLinkedConfigurationRecorder")
        return PutServiceLinkedConfigurationRecorderResponse(arn: arn.description, name: name)
    }

    @Sendable static func deleteServiceLinkedConfigurationRecorder(
        _ input: DeleteServiceLinkedConfigurationRecorderRequest, in context: WriteContext
    ) throws -> DeleteServiceLinkedConfigurationRecorderResponse {
        context.access("config:DeleteServiceLinkedConfigurationRecorder", on: "*")
        guard let recorder = try serviceLinked(input.servicePrincipal, in: context) else {
            throw AWSError.noSuchRecorder
        }
        let arn = recorder.arn(in: context)
        try recorder.delete(in: context)
        try context.record(.deleted, arn, operation: "DeleteServiceLinkedConfigurationRecorder")
        return DeleteServiceLinkedConfigurationRecorderResponse(arn: arn.description, name: recorder.name)
    }

    private static func serviceLinked(_ principal: String, in context: ReadContext) throws -> StoredRecorder? {
        try StoredRecorder.all(in: context).first { $0.servicePrincipal == principal }
    }
}
