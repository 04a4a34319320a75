import SQLite

/// Tags of a resource, the same for every service.
public struct Tag: Sendable, Hashable {
    public let key: String
    public let value: String

    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// The name of a tag in services whose models have a `Tag` of their own.
public typealias ResourceTag = Tag

extension ReadContext {
    /// The tags of a resource, by key.
    public func tags(of resource: ARN) throws -> [Tag] {
        var tags: [Tag] = []
        try database.query(
            "SELECT key, value FROM tag WHERE account = ? AND region = ? AND resource = ? ORDER BY key", account,
            region,
            resource.description
        ) { tags.append(Tag(key: $0.text(0), value: $0.text(1))) }
        return tags
    }
}

extension WriteContext {
    public func setTag(_ tag: Tag, on resource: ARN) throws {
        try database.run(
            "INSERT OR REPLACE INTO tag (account, region, resource, key, value) VALUES (?, ?, ?, ?, ?)", account,
            region,
            resource.description, tag.key, tag.value)
    }

    public func removeTag(_ key: String, from resource: ARN) throws {
        try database.run(
            "DELETE FROM tag WHERE account = ? AND region = ? AND resource = ? AND key = ?", account, region,
            resource.description, key)
    }

    public func removeTags(of resource: ARN) throws {
        try database.run(
            "DELETE FROM tag WHERE account = ? AND region = ? AND resource = ?", account, region, resource.description)
    }
}
