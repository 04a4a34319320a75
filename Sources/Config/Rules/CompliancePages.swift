import JSON
import Kernel
import Model

/// What rules say, for people.
enum CompliancePages {
    static let pages = [
        Page("GET", "/_windtunnel/compliance", .read(matrix)),
        Page("GET", "/_windtunnel/explain", parameter: "resource", .read(explain)),
    ]

    private static let resultsLimit = 10_000

    // MARK: All of them

    /// `/_windtunnel/compliance`: each resource with the verdicts of all rules on it, and each rule with its own.
    @Sendable private static func matrix(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        let counts = try ComplianceCounts.byRule(in: context)
        let rules = try StoredRule.list(in: context).map(ActiveRule.init)
        var resources: [(type: String, id: String, verdicts: JSONObject)] = []
        for result in try results(in: context) {
            if resources.last?.type != result.type || resources.last?.id != result.id {
                resources.append((result.type, result.id, JSONObject()))
            }
            resources[resources.count - 1].verdicts[result.rule] = .object([
                "compliance": result.compliance.json, "annotation": result.annotation.map(JSON.string),
            ])
        }
        var story = rules.map { rule in
            "\(rule.rule.name): \((counts[rule.rule.name] ?? ComplianceCounts()).value.rawValue)\(hint(rule))"
        }
        for resource in resources {
            let verdicts = resource.verdicts.members.map {
                "\($0.name) \($0.value["compliance"]?.string ?? "")\($0.value["annotation"]?.string.map { " (\($0))" } ?? "")"
            }
            story.append("\(resource.type) \(resource.id): \(verdicts.joined(separator: ", "))")
        }
        return .json([
            "rules": .array(
                rules.map { rule in
                    let count = counts[rule.rule.name] ?? ComplianceCounts()
                    return [
                        "name": .string(rule.rule.name), "identifier": .string(rule.rule.identifier),
                        "compliance": count.value.json, "compliant": .number(count.compliant),
                        "nonCompliant": .number(count.nonCompliant),
                        "isEvaluated": .bool(rule.judge != nil || rule.rule.owner == .function),
                    ]
                }),
            "resources": .array(
                resources.map {
                    ["type": .string($0.type), "id": .string($0.id), "verdicts": .object($0.verdicts)]
                }),
            "story": .array(story.map(JSON.string)),
        ])
    }

    private static func hint(_ rule: ActiveRule) -> String {
        rule.judge == nil && rule.rule.owner == .aws
            ? " (\(rule.rule.identifier) is not evaluated here)" : ""
    }

    private static func results(in context: ReadContext) throws -> [StoredResult] {
        try StoredResult.all(limit: resultsLimit, in: context)
    }

    // MARK: One of them

    /// `/_windtunnel/explain?rule=NAME&resource=ID`: what the rule says of the resource as it is now, clause by clause with
    /// the values in its configuration item. The resource is named by its id, its name or its ARN; `&type=` chooses.
    @Sendable private static func explain(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        let named = request.query["resource"] ?? ""
        guard let rule = try StoredRule.find(request.query["rule"] ?? "", in: context).map(ActiveRule.init) else {
            return notFound("There is no such rule: /_windtunnel/compliance lists them.")
        }
        guard let item = try item(named, type: request.query["type"], rule, in: context) else {
            return notFound(
                "No configuration item has the id, the name or the ARN \(named): what the recorder does not record, no rule can judge."
            )
        }
        let resource = item.resource
        let stored = try StoredResult.find(rule.rule.name, resource.type, resource.id, in: context)
        var story = ["The rule \(rule.rule.name) on \(resource.type) \(resource.id):"]
        var answer = JSONObject([
            ("rule", .string(rule.rule.name)), ("resourceType", .string(resource.type)),
            ("resourceId", .string(resource.id)),
        ])
        answer["recorded"] = stored.map { stored in
            .object([
                "compliance": stored.compliance.json, "annotation": stored.annotation.map(JSON.string),
                "recorded": .string(stored.recorded.iso8601()),
            ])
        }
        let reason = reason(rule, item)
        if let reason {
            story.append(reason)
            answer["compliance"] = stored?.compliance.json ?? ComplianceValue.insufficientData.json
        } else {
            let judgement = rule.judgement(on: RuleSubject(item, in: context))
            answer["compliance"] = judgement.compliance.json
            answer["findings"] = .array(judgement.findings.map(\.json))
            if let text = rule.judge?.policyText { answer["policy"] = .string(text) }
            story.append("It is \(judgement.compliance.rawValue).")
            story += judgement.findings.map(sentence)
            if judgement.findings.isEmpty { story.append(silence(judgement.compliance)) }
            if let text = rule.judge?.policyText {
                story.append("The policy is:")
                story += text.split(separator: "\n").map { "    \($0)" }
            }
        }
        answer["story"] = .array(story.map(JSON.string))
        return .json(.object(answer))
    }

    private static func notFound(_ message: String) -> PageAnswer {
        .json(["error": "NotFound", "message": .string(message)], status: 404)
    }

    private static func item(_ name: String, type: String?, _ rule: ActiveRule, in context: ReadContext) throws
        -> StoredItem?
    {
        if let type { return try StoredItem.current(type, name, in: context) }
        if let item = try StoredItem.current(arn: name, in: context) { return item }
        return try StoredItem.current(named: name, in: context).max { left, right in
            !rule.scope.contains(left.resource) && rule.scope.contains(right.resource)
        }
    }

    /// Why the rule is not asked; nil where it is.
    private static func reason(_ rule: ActiveRule, _ item: StoredItem) -> String? {
        if !item.isRecorded { return "The resource is deleted or not recorded any more: no rule is about it." }
        if let types = rule.scope.types, !types.contains(item.resource.type) {
            return "The rule is not about this type, only about \(types.sorted().joined(separator: ", "))."
        }
        if let id = rule.scope.resourceID, id != item.resource.id {
            return "The scope of the rule is the resource \(id)."
        }
        if let key = rule.scope.tagKey, !rule.scope.contains(item.resource) {
            return "The scope of the rule is the tag \(key)\(rule.scope.tagValue.map { " = \($0)" } ?? "")."
        }
        if rule.rule.owner == .function {
            return "The function \(rule.rule.identifier) judges; it says what it found only."
        }
        if rule.judge == nil {
            return "\(rule.rule.identifier) is not evaluated here: its compliance stays INSUFFICIENT_DATA."
        }
        return nil
    }

    private static func sentence(_ finding: Judgement.Finding) -> String {
        let place =
            finding.path.isEmpty
            ? "" : finding.value.map { " \(finding.path) is \($0)." } ?? " It is looked for at \(finding.path)."
        return "\(finding.text)\(place)\(finding.clause.isEmpty ? "" : " The clause is: \(finding.clause)")"
    }

    private static func silence(_ compliance: ComplianceValue) -> String {
        compliance == .notApplicable
            ? "The conditions under which the rule applies do not hold." : "Every clause that applies holds."
    }
}
