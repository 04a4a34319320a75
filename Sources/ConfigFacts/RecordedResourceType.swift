/// A type of resource whose configuration items can be queried, and the properties of those items.
///
/// The schema lists scalar properties only, whether or not an array lies on the way; maps, policies and tags are not in it
/// (https://github.com/awslabs/aws-config-resource-schema).
///
/// ```swift
/// RecordedResourceType("AWS::SQS::Queue")?.propertyType(at: "configuration.VisibilityTimeout")    // .integer
/// RecordedResourceType.propertyType(at: "tags.key")                                               // .string
/// ```
public struct RecordedResourceType: Sendable {
    public let name: String
    private let lines: Range<Int>

    /// Nil for a type that is not in the schema.
    public init?(_ name: String) {
        guard let lines = PropertyTree.schema.types[name] else { return nil }
        self.name = name
        self.lines = lines
    }

    /// The names of all types, in no order.
    public static var names: some Collection<String> & Sendable { PropertyTree.schema.types.keys }

    /// The paths below `configuration` and `supplementaryConfiguration`, in alphabetic order of their parts.
    public var properties: [(path: String, type: PropertyType)] {
        var properties: [(path: String, type: PropertyType)] = []
        PropertyTree.schema.visit(lines) { properties.append((path: $0, type: $1)) }
        return properties
    }

    public func propertyType(at path: String) -> PropertyType? {
        properties.first { $0.path == path }?.type
    }

    /// The type of a property whatever the resource; the schema gives a path the same type wherever it occurs.
    public static func propertyType(at path: String) -> PropertyType? { typesByPath[path] }

    private static let typesByPath: [String: PropertyType] = {
        var types: [String: PropertyType] = [:]
        for path in commonProperties { types[path] = .string }
        let schema = PropertyTree.schema
        schema.visit(schema.all) { types[$0] = $1 }
        return types
    }()

    /// What items of every type have, times and numbers as text.
    private static let commonProperties = [
        "accountId", "arn", "availabilityZone", "awsRegion", "configurationItemCaptureTime", "configurationItemStatus",
        "configurationStateId", "relationships.relationshipName", "relationships.resourceId",
        "relationships.resourceName", "relationships.resourceType", "resourceCreationTime", "resourceId",
        "resourceName", "resourceType", "tags.key", "tags.tag", "tags.value", "version",
    ]
}
