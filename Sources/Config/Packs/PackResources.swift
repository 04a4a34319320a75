import JSON
import Model

/// What a pack's template asks for: rules, and the remediation of what they find.
struct PackResources {
    /// Inputs of PutConfigRule by the resource's name in the template; rules bear their own names, without the pack's end.
    let rules: [(id: String, rule: ConfigRule)]
    /// Items of PutRemediationConfigurations.
    let remediations: [JSON]

    private static let ruleMembers: Set = [
        "ConfigRuleName", "Description", "Scope", "Source", "InputParameters", "MaximumExecutionFrequency",
        "EvaluationModes",
    ]
    private static let remediationMembers: Set = [
        "ConfigRuleName", "TargetType", "TargetId", "TargetVersion", "Parameters", "ResourceType", "Automatic",
        "ExecutionControls", "MaximumAutomaticAttempts", "RetryAttemptSeconds",
    ]

    /// - Parameter evaluation: knows what parameters and pseudo parameters are.
    init(_ evaluation: TemplateEvaluation) throws(TemplateError) {
        var evaluation = evaluation
        var rules: [(id: String, rule: ConfigRule)] = []
        var remediations: [JSON] = []
        let resources = evaluation.template.resources
        // A resource may name a rule that stands behind it.
        for resource in resources where resource.isRule {
            guard try Self.isWanted(resource, evaluation) else { continue }
            let name = try resource.properties["ConfigRuleName"].flatMap { json throws(TemplateError) in
                try evaluation.value(of: json)
            }
            evaluation.references[resource.id] = name.map(templateText) ?? resource.id
        }
        for resource in resources where resource.isRule {
            guard try Self.isWanted(resource, evaluation) else { continue }
            var others = evaluation
            others.references[resource.id] = nil
            var members = try Self.properties(of: resource, Self.ruleMembers, others)
            members["InputParameters"] = members["InputParameters"].flatMap(Self.inputParameters)
            if members["ConfigRuleName"] == nil { members["ConfigRuleName"] = .string(resource.id) }
            let rule = Self.texts(.object(members))
            let name = rule["ConfigRuleName"]?.string ?? resource.id
            guard !rules.contains(where: { $0.rule.configRuleName == name }) else {
                throw TemplateError("The ConfigRuleName \(name) is used by more than one resource")
            }
            rules.append((resource.id, ConfigRule(json: rule)))
        }
        for resource in resources where !resource.isRule {
            guard try Self.isWanted(resource, evaluation) else { continue }
            var members = try Self.properties(of: resource, Self.remediationMembers, evaluation)
            guard let name = members["ConfigRuleName"]?.string,
                rules.contains(where: { $0.rule.configRuleName == name })
            else {
                throw TemplateError("Resource \(resource.id) is about no rule of the template")
            }
            members["Parameters"] = members["Parameters"].map(Self.remediationParameters)
            remediations.append(Self.typed(.object(members)))
        }
        self.rules = rules
        self.remediations = remediations
    }

    private static func isWanted(_ resource: PackTemplate.Resource, _ evaluation: TemplateEvaluation)
        throws(TemplateError)
        -> Bool
    {
        guard let condition = resource.condition else { return true }
        return try evaluation.isTrue(condition)
    }

    private static func properties(
        of resource: PackTemplate.Resource, _ known: Set<String>, _ evaluation: TemplateEvaluation
    ) throws(TemplateError) -> JSONObject {
        guard let members = try evaluation.value(of: resource.properties)?.object else {
            throw TemplateError("Template format error: [/Resources/\(resource.id)/Properties] must be an object.")
        }
        if let unknown = members.members.first(where: { !known.contains($0.name) }) {
            throw TemplateError("Encountered unsupported property \(unknown.name) of resource \(resource.id)")
        }
        return members
    }

    // MARK: Types

    /// An object in templates, where the API has its text; of a rule without any parameter, none.
    private static func inputParameters(_ json: JSON) -> JSON? {
        guard let object = json.object else { return json }
        guard !object.isEmpty else { return nil }
        return .string(
            JSON.object(
                JSONObject(
                    object.members.map { member in
                        let items = member.value.array?.map(templateText).joined(separator: ",")
                        return (member.name, .string(items ?? templateText(member.value)))
                    })
            ).description)
    }

    /// All scalars as text, whatever they look like.
    private static func texts(_ json: JSON) -> JSON {
        switch json {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map {
                        ($0.name, $0.name == "EnableDebugLogDelivery" ? typed($0.value, $0.name) : texts($0.value))
                    }))
        case .array(let items): .array(items.map(texts))
        default: .string(templateText(json))
        }
    }

    private static let numbers: Set = [
        "MaximumAutomaticAttempts", "RetryAttemptSeconds", "ConcurrentExecutionRatePercentage", "ErrorPercentage",
    ]

    /// Scalars with the types that the API gives them.
    private static func typed(_ json: JSON, _ name: String = "") -> JSON {
        switch json {
        case .object(let object): return .object(JSONObject(object.members.map { ($0.name, typed($0.value, $0.name)) }))
        case .array(let items): return .array(items.map { typed($0) })
        default:
            let text = templateText(json)
            if numbers.contains(name), let number = Int(text) { return .number(number) }
            if name == "Automatic" || name == "EnableDebugLogDelivery", text == "true" || text == "false" {
                return .bool(text == "true")
            }
            return .string(text)
        }
    }

    /// What CloudFormation calls `Value` of a static value is a list of `Values` in the API.
    private static func remediationParameters(_ json: JSON) -> JSON {
        guard let parameters = json.object else { return json }
        return .object(
            JSONObject(
                parameters.members.map { parameter in
                    guard let value = parameter.value["StaticValue"]?["Value"] else {
                        return (parameter.name, parameter.value)
                    }
                    let values = value.array ?? [value]
                    return (parameter.name, ["StaticValue": ["Values": .array(values)]])
                }))
    }
}

// MARK: - Keeping them

extension PackResources {
    /// What `json` wrote.
    init(json: JSON) {
        rules = (json["rules"]?.array ?? []).map {
            ($0["id"]?.string ?? "", ConfigRule(json: $0["rule"] ?? .object(JSONObject())))
        }
        remediations = json["remediations"]?.array ?? []
    }

    var json: JSON {
        [
            "rules": .array(rules.map { ["id": .string($0.id), "rule": $0.rule.json] }),
            "remediations": .array(remediations),
        ]
    }
}
