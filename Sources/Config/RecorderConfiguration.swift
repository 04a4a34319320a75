import JSON
import Kernel
import Model

/// What Config records of its own recorder: an item of a type that is always recorded and has no ARN.
enum RecorderConfiguration {
    private static let type = "AWS::Config::ConfigurationRecorder"

    static let source = ConfigurationSource(types: [type], observe: observe, list: list)

    @Sendable private static func observe(_ arn: ARN, _ context: ReadContext) throws -> ResourceObservation? {
        let parts = arn.resource.split(separator: "/").map(String.init)
        guard parts.count == 3, parts[0] == "configuration-recorder", !parts[1].hasPrefix(Config.serviceLinkedPrefix)
        else { return nil }
        guard let recorder = try StoredRecorder.own(in: context), recorder.name == parts[1] else {
            return .gone(type: type, id: parts[1])
        }
        var configuration = JSONObject([
            ("Id", .string(recorder.name)), ("Name", .string(recorder.name)),
            ("Recording", .bool(recorder.isRecording)),
        ])
        configuration["RoleARN"] = recorder.settings.roleARN.map(JSON.string)
        configuration["RecordingGroup"] = recorder.settings.recordingGroup.map { capitalized($0.json) }
        configuration["RecordingMode"] = recorder.settings.recordingMode.map { capitalized($0.json) }
        configuration["RecordingScope"] = recorder.settings.recordingScope.map { .string($0.rawValue) }
        return .present(
            ConfiguredResource(
                type: type, id: recorder.name, configuration: .object(configuration),
                tags: try context.tags(of: recorder.arn(in: context))))
    }

    @Sendable private static func list(_ type: String, _ after: ARN?, _ limit: Int, _ context: ReadContext) throws
        -> [ARN]
    {
        guard after == nil, let recorder = try StoredRecorder.own(in: context) else { return [] }
        return [recorder.arn(in: context)]
    }

    /// The API's members begin with small letters, those of the item with capitals.
    private static func capitalized(_ json: JSON) -> JSON {
        switch json {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { ($0.name.prefix(1).uppercased() + $0.name.dropFirst(), capitalized($0.value)) }
                ))
        case .array(let items): .array(items.map(capitalized))
        default: json
        }
    }
}
