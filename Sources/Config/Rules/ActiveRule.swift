import ConfigFacts
import JSON
import Kernel
import Model

/// A rule made ready to judge; an object, since every configuration item looks at all of its account.
final class ActiveRule: Sendable {
    let rule: StoredRule
    let owner: StoredRule.Owner
    /// Nil for custom rules.
    let managed: ManagedRule?
    let scope: RuleScope
    let parameters: RuleParameters
    /// Nil where nobody here can judge: functions judge elsewhere, and of AWS's rules some are not known.
    let judge: Judge?
    /// Whether changes of resources start it.
    let isTriggeredByChanges: Bool

    init(_ rule: StoredRule) {
        self.rule = rule
        owner = rule.owner
        managed = owner == .aws ? ManagedRule(rule.identifier) : nil
        scope = RuleScope(
            rule.settings.scope, managed: managed.flatMap { $0.resourceTypes.isEmpty ? nil : $0.resourceTypes })
        parameters = RuleParameters(rule.settings.inputParameters, of: managed)
        judge =
            switch owner {
            case .aws:
                managed.flatMap(Judge.init).flatMap { judge in
                    Self.given(rule).allSatisfy(judge.reads) ? judge : nil
                }
            case .policy: try? Judge(policy: rule.policy ?? "")
            case .function: nil
            }
        isTriggeredByChanges =
            switch owner {
            case .aws: managed?.isTriggeredByChanges == true
            case .policy: true
            case .function:
                rule.messageTypes.contains("ConfigurationItemChangeNotification")
                    || rule.messageTypes.contains("OversizedConfigurationItemChangeNotification")
            }
    }

    /// The names of the parameters that the rule was given.
    private static func given(_ rule: StoredRule) -> [String] {
        let text = rule.settings.inputParameters ?? "{}"
        return (try? JSON(parsing: text))?.object?.members.map(\.name) ?? []
    }

    var isPeriodic: Bool {
        switch rule.owner {
        case .aws: managed?.isPeriodic == true
        case .policy: false
        case .function: rule.messageTypes.contains("ScheduledNotification")
        }
    }

    /// How many hours lie between two runs of a periodic rule.
    var hours: Int64 {
        let detail = rule.settings.source.sourceDetails?.first { $0.messageType?.rawValue == "ScheduledNotification" }
        let frequency = detail?.maximumExecutionFrequency ?? rule.settings.maximumExecutionFrequency
        return Self.hours[frequency?.rawValue ?? ""] ?? 24
    }

    private static let hours: [String: Int64] = [
        "One_Hour": 1, "Three_Hours": 3, "Six_Hours": 6, "Twelve_Hours": 12, "TwentyFour_Hours": 24,
    ]

    /// Whether it judges resources that are yet to be made: policies of users see what they are given, and tags are tags. Other
    /// rules of AWS's go by configuration items, whose members have other names.
    var judgesAhead: Bool {
        guard judge != nil else { return false }
        return rule.owner == .policy || rule.identifier == "REQUIRED_TAGS"
            || managed?.parameters.contains { $0.name == "requiredKeyTags" } == true
    }

    var isProactive: Bool {
        (rule.settings.evaluationModes ?? []).contains { $0.mode?.rawValue == "PROACTIVE" }
    }

    /// Whether it judges the resource as the item has it.
    func isAbout(_ item: StoredItem) -> Bool { item.isRecorded && scope.contains(item.resource) }

    func judgement(on subject: RuleSubject) -> Judgement {
        guard let judge else { return .insufficientData("This rule is not evaluated here.") }
        return judge.judgement(on: subject, parameters)
    }

    /// Whether another rule says the same of every resource.
    func judgesLike(_ other: ActiveRule) -> Bool {
        owner == other.owner && rule.identifier == other.rule.identifier && rule.policy == other.rule.policy
            && parameters.values == other.parameters.values
    }
}
