import ConfigFacts

/// A property of a configuration item, `configuration.state.name`. Arrays on the way are gone through without saying so.
struct PropertyPath: Hashable, Sendable {
    /// No property of the published schema lies deeper than ten.
    static let maximumParts = 16

    let parts: [String]

    var text: String { parts.joined(separator: ".") }

    /// Nil for what the schema does not list: maps, embedded documents, and names that do not exist.
    var type: PropertyType? { RecordedResourceType.propertyType(at: text) }

    /// Whether this is text at the item's top, as `arn`.
    var isTopScalar: Bool { parts.count == 1 && type != nil }

    /// The path in SQLite's notation of the first `count` parts, the parts quoted.
    func sqlitePath(_ count: Int) -> String {
        parts.prefix(count).reduce(into: "$") { $0 += ".\"\($1)\"" }
    }
}
