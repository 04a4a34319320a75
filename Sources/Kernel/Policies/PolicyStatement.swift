import JSON
import Model

/// One statement of a policy.
struct PolicyStatement: Sendable {
    let sid: String?
    let allows: Bool
    private let principal: JSON
    private let isPrincipalNegated: Bool
    private let actions: [String]
    private let isActionNegated: Bool
    private let resources: [String]?
    private let isResourceNegated: Bool
    private let conditions: [PolicyCondition]

    init?(_ json: JSON, hasVariables: Bool) {
        func texts(_ json: JSON) -> [String]? {
            let texts = json.listed.compactMap(\.string)
            return texts.count == json.listed.count ? texts : nil
        }
        guard let effect = json["Effect"]?.string, ["Allow", "Deny"].contains(effect) else { return nil }
        sid = json["Sid"]?.string
        allows = effect == "Allow"
        guard let principal = json["Principal"] ?? json["NotPrincipal"] else { return nil }
        self.principal = principal
        isPrincipalNegated = json["Principal"] == nil
        guard let actions = (json["Action"] ?? json["NotAction"]).flatMap(texts) else { return nil }
        self.actions = actions
        isActionNegated = json["Action"] == nil
        let resource = json["Resource"] ?? json["NotResource"]
        resources = resource.flatMap(texts)
        if resource != nil, resources == nil { return nil }
        isResourceNegated = json["Resource"] == nil && resource != nil
        var conditions: [PolicyCondition] = []
        for entry in json["Condition"]?.object ?? JSONObject() {
            for member in entry.value.object ?? JSONObject() {
                let values = member.value.listed.map { $0.string ?? $0.description }
                guard
                    let condition = PolicyCondition(
                        entry.name, key: member.name, values: values, hasVariables: hasVariables)
                else { return nil }
                conditions.append(condition)
            }
        }
        self.conditions = conditions
    }

    /// Why the statement is not about the request; the deeper, the more of it fits. Nil where all fits.
    func mismatch(_ request: PolicyRequest) -> (depth: Int, reason: String)? {
        let action = request.action.lowercased()
        let names = actions.contains { Wildcard.matches(Array($0.lowercased().utf8), Array(action.utf8)) }
        guard names != isActionNegated else {
            return (1, "its Action \(actions.joined(separator: ", ")) is not \(request.action)")
        }
        guard (resources.map { covers(request.resource, $0) } ?? true) != isResourceNegated else {
            return (2, "its Resource \(resources?.joined(separator: ", ") ?? "") is not \(request.resource)")
        }
        guard matches(request.principal) != isPrincipalNegated else {
            return (3, "its Principal \(principal) is not \(request.principal.service ?? request.principal.arn ?? "")")
        }
        for condition in conditions {
            if let reason = condition.mismatch(request.conditions) { return (4, reason) }
        }
        return nil
    }

    private func covers(_ resource: String, _ patterns: [String]) -> Bool {
        patterns.contains { Wildcard.matches(Array($0.utf8), Array(resource.utf8)) }
    }

    private func matches(_ who: PolicyRequest.Who) -> Bool {
        if principal.string == "*" { return true }
        for entry in principal.object ?? JSONObject() {
            let values = entry.value.listed.compactMap(\.string)
            switch entry.name {
            case "Service":
                if let service = who.service, values.contains(service) || values.contains("*") { return true }
            case "AWS": if values.contains("*") || values.contains(where: { names($0, who) }) { return true }
            default: break
            }
        }
        return false
    }

    /// An account by its number or its root names everybody in it; a role names its sessions.
    private func names(_ value: String, _ who: PolicyRequest.Who) -> Bool {
        guard let account = who.account, let arn = who.arn else { return false }
        if value == account || value == arn { return true }
        guard let named = ARN(value), named.account == account else { return false }
        if named.resource == "root" { return true }
        guard named.resource.hasPrefix("role/"), let caller = ARN(arn), caller.resource.hasPrefix("assumed-role/")
        else {
            return false
        }
        return named.resource.split(separator: "/").last == caller.resource.split(separator: "/").dropFirst().first
    }
}

/// `*` for any text and `?` for any character.
public enum Wildcard {
    /// Takes time by the product of the lengths at most: only the latest `*` is ever tried again.
    public static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var (place, position) = (0, 0)
        var star: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == text[position] || pattern[place] == UInt8(ascii: "?") {
                place += 1
                position += 1
            } else if let last = star {
                place = last.place + 1
                position = last.position + 1
                star = (last.place, position)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
