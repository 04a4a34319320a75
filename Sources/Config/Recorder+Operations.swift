import JSON
import Kernel
import Model

extension Config {
    /// What a recorder or channel is called that was given no name.
    static let defaultName = "default"
    static let serviceLinkedPrefix = "AWSConfigurationRecorderFor"

    /// The role is taken for one that exists and may do what it must: IAM is not served.
    @Sendable static func putConfigurationRecorder(_ input: PutConfigurationRecorderRequest, in context: WriteContext)
        throws
    {
        let wanted = input.configurationRecorder
        let name = wanted.name ?? defaultName
        context.access("config:PutConfigurationRecorder", on: "*")
        context.access("iam:PassRole", on: wanted.roleARN ?? "*")
        guard !name.hasPrefix(serviceLinkedPrefix) else {
            throw AWSError(
                "InvalidConfigurationRecorderNameException",
                "The configuration recorder name '\(name)' is not valid, the prefix '\(serviceLinkedPrefix)' is reserved for service-linked configuration recorders."
            )
        }
        guard wanted.servicePrincipal == nil else { throw AWSError.unmodifiable }
        guard let role = wanted.roleARN, let arn = ARN(role), arn.service == "iam", arn.resource.hasPrefix("role/")
        else { throw AWSError("InvalidRoleException", "The role arn passed is not valid.") }
        let group = try RecordingPlan.group(wanted.recordingGroup, in: context)
        let mode = try RecordingPlan.mode(wanted.recordingMode, in: context)
        let earlier = try StoredRecorder.own(in: context)
        guard earlier == nil || earlier?.name == name else {
            throw AWSError(
                "MaxNumberOfConfigurationRecordersExceededException",
                "Failed to put configuration recorder '\(name)' because the maximum number of configuration recorders: 1 is reached."
            )
        }
        guard wanted.recordingScope != .internal,
            wanted.arn == nil || wanted.arn == earlier?.arn(in: context).description
        else {
            throw AWSError.validation(
                "The arn and the recordingScope of a configuration recorder are set by AWS Config and cannot be changed."
            )
        }
        var recorder =
            earlier
            ?? StoredRecorder(
                name: name, id: resourceID(16, in: context), servicePrincipal: nil,
                settings: ConfigurationRecorder(json: [:]))
        recorder.settings = ConfigurationRecorder(
            arn: recorder.arn(in: context).description, name: name, roleARN: role, recordingGroup: group,
            recordingMode: mode, recordingScope: .paid)
        // As in AWS, tags of a recorder that is there already are left as they are.
        if earlier == nil { try setTags(input.tags ?? [], on: recorder.arn(in: context), in: context) }
        try recorder.save(in: context)
        try context.record(
            earlier == nil ? .created : .changed, recorder.arn(in: context), operation: "PutConfigurationRecorder")
        try Inventory.begin(in: context)
        if earlier == nil { try OrganizationDeployment.join(in: context) }
    }

    @Sendable static func deleteConfigurationRecorder(
        _ input: DeleteConfigurationRecorderRequest, in context: WriteContext
    ) throws {
        let recorder = try ownRecorder(input.configurationRecorderName, for: "DeleteConfigurationRecorder", in: context)
        // What was recorded stays.
        try recorder.delete(in: context)
        try context.record(.deleted, recorder.arn(in: context), operation: "DeleteConfigurationRecorder")
        try Inventory.begin(in: context)
    }

    @Sendable static func startConfigurationRecorder(
        _ input: StartConfigurationRecorderRequest, in context: WriteContext
    ) throws {
        var recorder = try ownRecorder(input.configurationRecorderName, for: "StartConfigurationRecorder", in: context)
        guard try StoredChannel.own(in: context) != nil else {
            throw AWSError(
                "NoAvailableDeliveryChannelException",
                "Delivery channel is not available to start configuration recorder.")
        }
        guard !recorder.isRecording else { return }
        (recorder.isRecording, recorder.started) = (true, context.now)
        (recorder.status, recorder.statusChanged) = ("PENDING", context.now)
        try recorder.save(in: context)
        try context.record(.changed, recorder.arn(in: context), operation: "StartConfigurationRecorder")
        try Inventory.begin(in: context)
    }

    @Sendable static func stopConfigurationRecorder(
        _ input: StopConfigurationRecorderRequest, in context: WriteContext
    ) throws {
        var recorder = try ownRecorder(input.configurationRecorderName, for: "StopConfigurationRecorder", in: context)
        guard recorder.isRecording else { return }
        (recorder.isRecording, recorder.stopped) = (false, context.now)
        try recorder.save(in: context)
        try context.record(.changed, recorder.arn(in: context), operation: "StopConfigurationRecorder")
        try Inventory.begin(in: context)
    }

    // MARK: Reading

    @Sendable static func describeConfigurationRecorders(
        _ input: DescribeConfigurationRecordersRequest, in context: ReadContext
    ) throws -> DescribeConfigurationRecordersResponse {
        context.access("config:DescribeConfigurationRecorders", on: "*")
        let recorders = try recorders(
            input.configurationRecorderNames, input.servicePrincipal, input.arn, in: context)
        return DescribeConfigurationRecordersResponse(configurationRecorders: recorders.map(\.settings))
    }

    @Sendable static func describeConfigurationRecorderStatus(
        _ input: DescribeConfigurationRecorderStatusRequest, in context: ReadContext
    ) throws -> DescribeConfigurationRecorderStatusResponse {
        context.access("config:DescribeConfigurationRecorderStatus", on: "*")
        let recorders = try recorders(
            input.configurationRecorderNames, input.servicePrincipal, input.arn, in: context)
        return DescribeConfigurationRecorderStatusResponse(
            configurationRecordersStatus: recorders.map { recorder in
                ConfigurationRecorderStatus(
                    json: .object([
                        "arn": .string(recorder.arn(in: context).description), "name": .string(recorder.name),
                        "lastStartTime": recorder.started?.json, "lastStopTime": recorder.stopped?.json,
                        "recording": .bool(recorder.isRecording), "lastStatus": recorder.status.map(JSON.string),
                        "lastStatusChangeTime": recorder.statusChanged?.json,
                        "servicePrincipal": recorder.servicePrincipal.map(JSON.string),
                    ]))
            })
    }

    /// Shows the recorders of services too.
    @Sendable static func listConfigurationRecorders(
        _ input: ListConfigurationRecordersRequest, in context: ReadContext
    ) throws -> ListConfigurationRecordersResponse {
        context.access("config:ListConfigurationRecorders", on: "*")
        let scopes = Set((input.filters ?? []).flatMap { $0.filterValue ?? [] })
        let limit = max(5, ListPage.limit(input.maxResults, default: 20))
        let purpose = "ListConfigurationRecorders \(scopes.sorted())"
        let start = try ListPage.position(input.nextToken, purpose, in: context) ?? ""
        let found = try StoredRecorder.all(in: context).filter { recorder in
            recorder.name > start
                && (scopes.isEmpty || scopes.contains(recorder.settings.recordingScope?.rawValue ?? ""))
        }
        return ListConfigurationRecordersResponse(
            configurationRecorderSummaries: found.prefix(limit).map { recorder in
                ConfigurationRecorderSummary(
                    arn: recorder.arn(in: context).description, name: recorder.name,
                    servicePrincipal: recorder.servicePrincipal,
                    recordingScope: recorder.settings.recordingScope ?? .paid)
            },
            nextToken: found.count > limit ? context.token(for: found[limit - 1].name, purpose: purpose) : nil)
    }

    /// The account's own recorder, unless others are asked for.
    private static func recorders(
        _ names: [String]?, _ principal: String?, _ arn: String?, in context: ReadContext
    ) throws -> [StoredRecorder] {
        let names = names ?? []
        guard names.count <= 1 else {
            throw AWSError.validation("You can only specify one configuration recorder name in the request.")
        }
        guard !names.isEmpty || principal != nil || arn != nil else {
            return try StoredRecorder.own(in: context).map { [$0] } ?? []
        }
        let found = try StoredRecorder.all(in: context).filter { recorder in
            names.allSatisfy { $0 == recorder.name } && (principal == nil || recorder.servicePrincipal == principal)
                && (arn == nil || recorder.arn(in: context).description == arn)
        }
        guard !found.isEmpty else { throw AWSError.noSuchRecorder }
        return found
    }

    // MARK: Helpers

    /// The account's own recorder by its name.
    private static func ownRecorder(_ name: String, for operation: String, in context: WriteContext) throws
        -> StoredRecorder
    {
        guard let recorder = try StoredRecorder.find(name, in: context) else {
            context.access("config:\(operation)", on: "*")
            throw AWSError.noSuchRecorder
        }
        context.access("config:\(operation)", on: recorder.arn(in: context).description)
        guard recorder.servicePrincipal == nil else { throw AWSError.unmodifiable }
        return recorder
    }

    /// Small letters and digits, as AWS's ids are made of.
    static func resourceID(_ length: Int, in context: WriteContext) -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<length).map { _ in alphabet[Int(context.random.next() % UInt64(alphabet.count))] })
    }
}

extension AWSError {
    static let unmodifiable = AWSError(
        "UnmodifiableEntityException",
        "The requested operation is not valid. The configuration recorder is service-linked, and only its service can change it."
    )
}
