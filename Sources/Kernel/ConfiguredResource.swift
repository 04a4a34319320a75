import JSON
import Model

/// A resource as AWS Config sees it: the content of a configuration item, without what Config adds by itself.
public struct ConfiguredResource: Sendable, Equatable {
    /// `AWS::SQS::Queue`
    public let type: String
    /// What Config calls the resource: the URL of a queue, the ARN of a topic, the name of a bus.
    public var id: String
    public var name: String?
    public var arn: String?
    /// `Regional`, `Not Applicable`, or a zone.
    public var availabilityZone: String?
    public var created: Timestamp?
    /// With the names of members that the type's items have in AWS; null of a deleted resource.
    public var configuration: JSON
    /// By name, as real JSON: the API shows each value as text.
    public var supplementaryConfiguration: JSONObject
    /// By key.
    public var tags: [Tag]
    public var relationships: [Relationship]

    /// Another resource that this one has to do with.
    public struct Relationship: Sendable, Equatable {
        public let type: String
        public let id: String?
        public let name: String?
        /// `Is associated with `, with AWS's blank at the end.
        public let relation: String

        public init(type: String, id: String?, name: String?, relation: String) {
            self.type = type
            self.id = id
            self.name = name
            self.relation = relation
        }
    }

    public init(
        type: String, id: String, name: String? = nil, arn: String? = nil, availabilityZone: String? = nil,
        created: Timestamp? = nil, configuration: JSON, supplementaryConfiguration: JSONObject = JSONObject(),
        tags: [Tag] = [], relationships: [Relationship] = []
    ) {
        self.type = type
        self.id = id
        self.name = name
        self.arn = arn
        self.availabilityZone = availabilityZone
        self.created = created
        self.configuration = configuration
        self.supplementaryConfiguration = supplementaryConfiguration
        self.tags = tags.sorted { $0.key < $1.key }
        self.relationships = relationships
    }
}
