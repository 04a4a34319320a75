import JSON
import Kernel
import Model

/// What changed between two items of a resource, as notifications say it: each property by its path, with its values.
///
/// A path leads through members of objects; the items of a list are compared as a whole, whatever their order, and named by
/// their places (both recorded from AWS).
struct ItemDiff {
    enum Kind: String {
        case created = "CREATE"
        case updated = "UPDATE"
        case deleted = "DELETE"
        case none = "NONE"
    }

    struct Property {
        let path: String
        let previous: JSON?
        let updated: JSON?

        var kind: Kind { previous == nil ? .created : updated == nil ? .deleted : .updated }
    }

    let kind: Kind
    private(set) var properties: [Property] = []

    init(from previous: StoredItem?, to item: StoredItem) {
        switch item.status {
        case .resourceDiscovered: kind = .created
        case .resourceNotRecorded: kind = .none
        case .ok, .resourceDeleted, .resourceDeletedNotRecorded:
            var properties: [Property] = []
            if let previous { Self.compare(previous.resource, item.resource, &properties) }
            self.properties = properties
            kind = item.isDeleted ? .deleted : properties.isEmpty ? .none : .updated
        }
    }

    private static func compare(_ old: ConfiguredResource, _ new: ConfiguredResource, _ found: inout [Property]) {
        let oldParts = parts(old)
        let newParts = parts(new)
        compare(oldParts, newParts, to: "", &found)
        compare(old.tags, new.tags, &found)
        compare("Relationships", relationships(of: old), relationships(of: new), &found)
    }

    private static func parts(_ resource: ConfiguredResource) -> JSONObject {
        var parts = JSONObject()
        if !resource.configuration.isNull { parts["Configuration"] = resource.configuration }
        for (name, value) in resource.supplementaryConfiguration.members {
            parts["SupplementaryConfiguration.\(name)"] = value
        }
        return parts
    }

    private static func relationships(of resource: ConfiguredResource) -> [JSON] {
        resource.relationships.map { relationship in
            .object([
                "resourceId": relationship.id.map(JSON.string), "resourceName": relationship.name.map(JSON.string),
                "resourceType": .string(relationship.type), "name": .string(relationship.relation),
            ])
        }
    }

    /// Tags are the same by their keys, and named by their places among the tags in order.
    private static func compare(_ old: [ResourceTag], _ new: [ResourceTag], _ found: inout [Property]) {
        var previous: [Int: JSON] = [:]
        var updated: [Int: JSON] = [:]
        for (place, tag) in old.enumerated() where !new.contains(where: { $0.key == tag.key }) {
            previous[place] = .string(tag.value)
        }
        for (place, tag) in new.enumerated() where !old.contains(tag) {
            updated[place] = .string(tag.value)
            if let same = old.first(where: { $0.key == tag.key }) { previous[place] = .string(same.value) }
        }
        for place in Set(previous.keys).union(updated.keys).sorted() {
            found.append(Property(path: "Tags.\(place)", previous: previous[place], updated: updated[place]))
        }
    }

    /// - Parameter prefix: what leads to the members, with the dot behind it.
    private static func compare(
        _ old: JSONObject, _ new: JSONObject, to prefix: String, _ found: inout [Property]
    ) {
        // Most members are as they were: their paths need not be put together.
        for (place, (name, value)) in old.members.enumerated() {
            let twin = new.value(of: name, expectedAt: place)
            if twin != value { compare("\(prefix)\(name)", value, twin, &found) }
        }
        for (place, (name, value)) in new.members.enumerated() where old.value(of: name, expectedAt: place) == nil {
            compare("\(prefix)\(name)", nil, value, &found)
        }
    }

    /// Of two values that are not the same.
    private static func compare(_ path: String, _ old: JSON?, _ new: JSON?, _ found: inout [Property]) {
        switch (old, new) {
        case (.object(let old), .object(let new)): compare(old, new, to: "\(path).", &found)
        case (.array(let old), .array(let new)):
            compare(path, old, new, &found)
        default: found.append(Property(path: path, previous: old, updated: new))
        }
    }

    private static func compare(_ path: String, _ old: [JSON], _ new: [JSON], _ found: inout [Property]) {
        var left = old.map { Optional($0) }
        var added: [Int: JSON] = [:]
        for (place, value) in new.enumerated() {
            if let same = left.firstIndex(of: value) { left[same] = nil } else { added[place] = value }
        }
        for place in 0..<max(left.count, new.count) {
            let gone = place < left.count ? left[place] : nil
            guard gone != nil || added[place] != nil else { continue }
            found.append(Property(path: "\(path).\(place)", previous: gone, updated: added[place]))
        }
    }

    /// - Parameter withNulls: whether a side that there is not is there as null, as in messages of SNS.
    func json(withNulls: Bool) -> JSON {
        func side(_ value: JSON?) -> JSON? { value ?? (withNulls ? .null : nil) }
        let changed = properties.map { property in
            (
                property.path,
                JSON.object([
                    "previousValue": side(property.previous), "updatedValue": side(property.updated),
                    "changeType": .string(property.kind.rawValue),
                ])
            )
        }
        return .object(["changedProperties": .object(JSONObject(changed)), "changeType": .string(kind.rawValue)])
    }
}
