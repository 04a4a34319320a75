import Kernel

/// Which resources a rule is about.
struct RuleScope: Sendable {
    /// Nil for all types.
    let types: Set<String>?
    let resourceID: String?
    let tagKey: String?
    let tagValue: String?

    /// - Parameter managed: the types that a managed rule can judge; a scope of the user's can only narrow them.
    init(_ scope: Scope?, managed: [String]?) {
        let asked = scope?.complianceResourceTypes ?? []
        let known = managed.map { Set($0) }
        types = asked.isEmpty ? known : known.map { $0.intersection(asked) } ?? Set(asked)
        resourceID = scope?.complianceResourceId
        tagKey = scope?.tagKey
        tagValue = scope?.tagValue
    }

    func contains(_ resource: ConfiguredResource) -> Bool {
        if let types, !types.contains(resource.type) { return false }
        if let resourceID, resource.id != resourceID { return false }
        guard let tagKey else { return true }
        return resource.tags.contains { $0.key == tagKey && (tagValue == nil || $0.value == tagValue) }
    }
}
