import JSON
import Kernel
import Model

/// What a recorder records, and how often: the recording group and the recording mode, in their complete form.
struct RecordingPlan: Sendable {
    let group: RecordingGroup
    let mode: RecordingMode
    let beyondAWS: Bool

    static let continuous = RecordingMode(recordingFrequency: .continuous, recordingModeOverrides: [])

    /// AWS calls these global, and records them only where that is asked for.
    private static let globalTypes: Set = ["AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"]
    private static let recorderType = "AWS::Config::ConfigurationRecorder"
    /// These cannot be recorded once a day. Source: the page of RecordingMode.
    private static let alwaysContinuous: Set = [
        recorderType, "AWS::Config::ConformancePackCompliance", "AWS::Config::ResourceCompliance",
    ]

    func records(_ type: String) -> Bool {
        if type == Self.recorderType { return true }
        // Resources of third parties are recorded because somebody puts them.
        guard ResourceTypes.isSupported(type) else { return beyondAWS || ResourceTypes.isThirdParty(type) }
        switch group.recordingStrategy?.useOnly {
        case .inclusion: return group.resourceTypes?.contains(type) == true
        case .exclusion: return group.exclusionByResourceTypes?.resourceTypes?.contains(type) != true
        default: return !Self.globalTypes.contains(type) || group.includeGlobalResourceTypes == true
        }
    }

    /// Whether the type is recorded once a day.
    func isDaily(_ type: String) -> Bool {
        guard !Self.alwaysContinuous.contains(type) else { return false }
        let override = mode.recordingModeOverrides?.first { $0.resourceTypes.contains(type) }
        return (override?.recordingFrequency ?? mode.recordingFrequency) == .daily
    }

    // MARK: As the recorder shows them

    static func inclusion(_ types: [String]) -> RecordingGroup { shown(.inclusion, types: types) }

    static func exclusion(_ types: [String]) -> RecordingGroup { shown(.exclusion, excluded: types) }

    private static func shown(
        _ strategy: RecordingStrategyType, isGlobal: Bool = false, types: [String] = [], excluded: [String] = []
    ) -> RecordingGroup {
        RecordingGroup(
            allSupported: strategy == .all, includeGlobalResourceTypes: isGlobal,
            resourceTypes: types, exclusionByResourceTypes: ExclusionByResourceTypes(resourceTypes: excluded),
            recordingStrategy: RecordingStrategy(useOnly: strategy))
    }

    // MARK: Reading requests

    private static let invalidGroup = AWSError(
        "InvalidRecordingGroupException", "The recording group provided is not valid")

    /// Which members go together is said on the page of RecordingGroup.
    static func group(_ asked: RecordingGroup?, in context: ReadContext) throws -> RecordingGroup {
        guard let asked else { return shown(.all) }
        let types = asked.resourceTypes ?? []
        let excluded = asked.exclusionByResourceTypes?.resourceTypes ?? []
        let strategy = asked.recordingStrategy?.useOnly
        let isGlobal = asked.includeGlobalResourceTypes ?? false
        let path = "configurationRecorder.recordingGroup"
        try ResourceTypes.check(types, at: "\(path).resourceTypes", in: context)
        try ResourceTypes.check(excluded, at: "\(path).exclusionByResourceTypes.resourceTypes", in: context)
        if strategy == .exclusion {
            guard !excluded.isEmpty else { throw invalidGroup }
            return exclusion(excluded)
        }
        guard excluded.isEmpty else { throw invalidGroup }
        if asked.allSupported == true {
            guard types.isEmpty, strategy != .inclusion else { throw invalidGroup }
            return shown(.all, isGlobal: isGlobal)
        }
        guard !types.isEmpty, !isGlobal, strategy != .all else { throw invalidGroup }
        return inclusion(types)
    }

    static func mode(_ asked: RecordingMode?, in context: ReadContext) throws -> RecordingMode {
        guard let asked else { return continuous }
        let overrides = asked.recordingModeOverrides ?? []
        for (offset, override) in overrides.enumerated() {
            let path = "configurationRecorder.recordingMode.recordingModeOverrides.\(offset + 1).member.resourceTypes"
            try ResourceTypes.check(override.resourceTypes, at: path, in: context)
            guard override.recordingFrequency != .daily || alwaysContinuous.isDisjoint(with: override.resourceTypes)
            else { throw invalidGroup }
        }
        return RecordingMode(recordingFrequency: asked.recordingFrequency, recordingModeOverrides: overrides)
    }
}

extension RecordingStrategyType {
    static let all = allSUPPORTEDRESOURCETYPES
    static let inclusion = inclusionBYRESOURCETYPES
    static let exclusion = exclusionBYRESOURCETYPES
}
