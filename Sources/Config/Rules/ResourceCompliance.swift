import JSON
import Kernel
import Model

/// The configuration items that tell what rules say of a resource.
enum ResourceCompliance {
    static let type = "AWS::Config::ResourceCompliance"

    /// To be called when a rule says something new of a resource.
    static func record(on type: String, _ id: String, in context: WriteContext) throws {
        // An item about such an item would lead to the next one.
        guard type != self.type, try Recording.plan(in: context)?.records(self.type) == true else { return }
        let itemID = "\(type)/\(id)"
        let current = try StoredItem.current(self.type, itemID, in: context)
        let results = try StoredResult.list(on: type, id, in: context).filter { $0.compliance != .notApplicable }
        guard !results.isEmpty else {
            guard let current, current.isRecorded else { return }
            return try Recording.write(
                Recording.gone(current.resource), .resourceDeleted, after: current, in: context)
        }
        let rules = try results.map { result in
            let rule = try StoredRule.find(result.rule, in: context)
            return JSON.object([
                "configRuleArn": .string(rule?.arn ?? ""), "configRuleId": .string(rule?.id ?? ""),
                "configRuleName": .string(result.rule), "complianceType": result.compliance.json,
            ])
        }
        let resource = ConfiguredResource(
            type: self.type, id: itemID,
            configuration: .object([
                "complianceType": ComplianceValue(results.map(\.compliance)).json, "targetResourceId": .string(id),
                "targetResourceType": .string(type), "configRuleList": .array(rules),
            ]), relationships: [.init(type: type, id: id, name: nil, relation: "Is associated with ")])
        guard current?.isRecorded != true || current?.resource != resource else { return }
        try Recording.write(
            resource, current?.isRecorded == true ? .ok : .resourceDiscovered, after: current, in: context)
    }
}
