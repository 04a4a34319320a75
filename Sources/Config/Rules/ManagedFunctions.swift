import ConfigFacts

/// The managed rules that no policy can say.
enum ManagedFunctions {
    static func function(of rule: ManagedRule) -> Judge.Function? {
        if let function = byIdentifier[rule.identifier] { return function }
        if rule.parameters.contains(where: { $0.name == "requiredKeyTags" }) { return TagRules.tagged }
        if rule.identifier.hasSuffix("_DESCRIPTION") { return described }
        return nil
    }

    /// All parameters that one of them reads; none has one that only another reads.
    static let parameters: Set = Set(
        (1...6).flatMap { ["tag\($0)Key", "tag\($0)Value", "blockedPort\($0)"] }
            + [
                "authorizedTcpPorts", "authorizedUdpPorts", "blacklistedActionPattern", "blockedActionsPatterns",
                "blockedPorts", "daysToExpiration", "requiredKeyTags",
            ])

    private static let byIdentifier: [String: Judge.Function] = ["REQUIRED_TAGS": TagRules.requiredTags]
        .merging(PolicyRules.functions) { first, _ in first }.merging(NetworkRules.functions) { first, _ in first }

    /// Whether there is a description, wherever in the item it stands: the services spell it differently.
    @Sendable private static func described(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        let places = ["description", "Description", "alarmDescription", "AlarmDescription"]
        let value = places.lazy.compactMap { name in
            subject.configuration[name].map { (name, $0) }
        }.first
        guard let (name, text) = value, let text = text.string, !text.allSatisfy({ $0 == " " }) else {
            return .nonCompliant(
                "There is no description.", clause: "description is not empty",
                path: "/configuration/\(value?.0 ?? "description")", value: value?.1)
        }
        return Judgement(
            compliance: .compliant,
            findings: [
                .init(
                    clause: "description is not empty", path: "/configuration/\(name)", value: .string(text),
                    text: "There is a description.")
            ])
    }
}
