import JSON
import Kernel
import Model
import SQLite

extension SNS {
    static let pageSize = 100
    private static let tagLimit = 50

    @Sendable static func createTopic(_ input: CreateTopicInput, in context: WriteContext) throws -> CreateTopicResponse
    {
        let attributes = input.attributes ?? MapView([])
        let isFIFO = attributes["FifoTopic"]?.lowercased() == "true"
        try checkName(input.name, isFIFO: isFIFO)
        let arn = context.arn(input.name)
        context.access("sns:CreateTopic", on: arn.description)
        let tags = input.tags ?? []
        try checkTags(tags)
        if let topic = try StoredTopic.find(arn, in: context) {
            try checkSame(topic, attributes, tags, in: context)
            return CreateTopicResponse(topicArn: arn.description)
        }
        var topic = StoredTopic(
            arn: arn, isFIFO: isFIFO, created: context.now, attributes: JSONObject(), policy: nil, dataProtection: nil)
        try set(attributes, of: &topic)
        for (name, value) in attributes.entries { try TopicAttributes.note(name, value, of: topic, in: context) }
        if let policy = input.dataProtectionPolicy { topic.dataProtection = policy }
        if let policy = topic.dataProtection { try DataProtection.check(policy, of: arn, in: context) }
        try topic.save(in: context)
        try context.record(.created, arn, operation: "CreateTopic")
        if !tags.isEmpty { context.access("sns:TagResource", on: arn.description) }
        for tag in tags { try context.setTag(.init(key: tag.key, value: tag.value), on: arn) }
        return CreateTopicResponse(topicArn: arn.description)
    }

    private static func checkName(_ name: String, isFIFO: Bool) throws {
        let base = name.hasSuffix(".fifo") ? name.dropLast(5) : name[...]
        guard !base.isEmpty, name.utf8.count <= 256, base.utf8.allSatisfy(isNameByte), name.hasSuffix(".fifo") == isFIFO
        else { throw AWSError.invalidParameter("Topic Name") }
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// A topic that exists is made again only with what it has; it may have more.
    private static func checkSame(
        _ topic: StoredTopic, _ attributes: MapView<String>, _ tags: [Tag], in context: ReadContext
    ) throws {
        var wanted = topic
        try set(attributes, of: &wanted)
        guard wanted.isSame(as: topic) else {
            throw AWSError.invalidParameter("Attributes Reason: Topic already exists with different attributes")
        }
        let present = Set(try context.tags(of: topic.arn).map { "\($0.key)\n\($0.value)" })
        guard present.isSuperset(of: tags.map { "\($0.key)\n\($0.value)" }) else {
            throw AWSError.invalidParameter("Tags Reason: Topic already exists with different tags")
        }
    }

    /// Takes over the attributes of a CreateTopic call.
    private static func set(_ attributes: MapView<String>, of topic: inout StoredTopic) throws {
        for (name, value) in attributes.entries where name != "FifoTopic" {
            if name == "DataProtectionPolicy" {
                topic.dataProtection = value
                continue
            }
            guard TopicAttributes.isKnown(name, isFIFO: topic.isFIFO) else {
                throw AWSError.invalidParameter("Attributes Reason: Unknown attribute \(name)")
            }
            try set(name, value, of: &topic, prefix: "Attributes Reason: ")
        }
    }

    /// - Parameter prefix: `Attributes Reason: ` where several attributes were given.
    private static func set(_ name: String, _ value: String, of topic: inout StoredTopic, prefix: String) throws {
        if name == "Policy" {
            if !value.isEmpty { try TopicAttributes.checkPolicy(value, prefix: prefix) }
            topic.policy = value.isEmpty ? nil : value
        } else {
            topic.attributes[name] = try TopicAttributes.checked(name, value, of: topic, prefix: prefix)
        }
    }

    @Sendable static func deleteTopic(_ input: DeleteTopicInput, in context: WriteContext) throws {
        let topic: StoredTopic
        do {
            topic = try self.topic(input.topicArn, for: "DeleteTopic", in: context)
        } catch let error as AWSError where error == .topicNotFound {
            return  // As in AWS, what is gone can be deleted.
        }
        let arn = topic.arn
        guard topic.text("ArchivePolicy") == nil else {
            throw AWSError("InvalidStateException", "Invalid state: Cannot delete a topic with an ArchivePolicy")
        }
        try context.database.run(
            "DELETE FROM sns_topic WHERE account = ? AND region = ? AND name = ?", arn.account, arn.region, topic.name)
        for table in ["sns_subscription", "sns_deduplication", "sns_archive"] {
            try context.database.run(
                composed: "DELETE FROM \(table) WHERE account = ? AND region = ? AND topic = ?",
                [arn.account, arn.region, topic.name])
        }
        try context.removeTags(of: arn)
        try context.record(.deleted, arn, operation: "DeleteTopic")
    }

    @Sendable static func listTopics(_ input: ListTopicsInput, in context: ReadContext) throws -> ListTopicsResponse {
        context.access("sns:ListTopics", on: "*")
        let start = try position(input.nextToken, "ListTopics", in: context)
        var names: [String] = []
        try context.database.query(
            "SELECT name FROM sns_topic WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
            context.account, context.region, start, pageSize + 1
        ) { names.append($0.text(0)) }
        return ListTopicsResponse(
            topics: names.prefix(pageSize).map { Topic(topicArn: context.arn($0).description) },
            nextToken: names.count > pageSize
                ? context.token(for: names[pageSize - 1], purpose: "ListTopics") : nil)
    }

    static func position(_ token: String?, _ purpose: String, in context: ReadContext) throws -> String {
        guard let token, !token.isEmpty else { return "" }
        guard let position = context.position(in: token, purpose: purpose) else {
            throw AWSError.invalidParameter("NextToken Reason: Invalid token")
        }
        return position
    }

    @Sendable static func getTopicAttributes(_ input: GetTopicAttributesInput, in context: ReadContext) throws
        -> GetTopicAttributesResponse
    {
        let topic = try topic(input.topicArn, for: "GetTopicAttributes", in: context)
        var attributes = try TopicConfiguration.attributes(of: topic, in: context)
        if topic.text("ArchivePolicy") != nil, let start = try Archive.beginning(of: topic, in: context) {
            attributes.append(("BeginningArchiveTime", start.iso8601()))
        }
        return GetTopicAttributesResponse(attributes: MapView(attributes))
    }

    @Sendable static func setTopicAttributes(_ input: SetTopicAttributesInput, in context: WriteContext) throws {
        var topic = try topic(input.topicArn, for: "SetTopicAttributes", in: context)
        let value = input.attributeValue ?? ""
        guard TopicAttributes.isKnown(input.attributeName, isFIFO: topic.isFIFO) else {
            throw AWSError.invalidParameter("AttributeName")
        }
        try set(input.attributeName, value, of: &topic, prefix: "")
        try topic.save(in: context)
        // Who ends an archive throws it away.
        if topic.text("ArchivePolicy") == nil { try Archive.clear(topic, in: context) }
        try context.record(
            .changed, topic.arn, operation: "SetTopicAttributes",
            detail: .object(["attribute": .string(input.attributeName)]))
        try TopicAttributes.note(input.attributeName, value, of: topic, in: context)
    }

    // MARK: Tags

    private static func checkTags(_ tags: [Tag]) throws {
        guard Set(tags.map(\.key)).count == tags.count else {
            throw AWSError.invalidParameter("Duplicated keys are not allowed.")
        }
        guard tags.count <= tagLimit else {
            throw AWSError(
                "TagLimitExceededException", "Could not complete request: tag quota of per resource exceeded")
        }
        guard !tags.contains(where: { $0.key.lowercased().hasPrefix("aws:") }) else {
            throw AWSError("TagPolicyException", "aws: prefixed tag key names are not allowed for external use.")
        }
    }

    private static func taggedTopic(_ text: String, for action: String, in context: ReadContext) throws -> ARN {
        let arn = try arn(text, "ResourceArn")
        context.access("sns:\(action)", on: text)
        guard arn.account == context.account, arn.region == context.region,
            try StoredTopic.find(arn, in: context) != nil
        else { throw AWSError("ResourceNotFoundException", "Resource does not exist") }
        return arn
    }

    @Sendable static func tagResource(_ input: TagResourceRequest, in context: WriteContext) throws
        -> TagResourceResponse
    {
        let arn = try taggedTopic(input.resourceArn, for: "TagResource", in: context)
        try checkTags(input.tags)
        for tag in input.tags { try context.setTag(.init(key: tag.key, value: tag.value), on: arn) }
        guard try context.tags(of: arn).count <= tagLimit else {
            throw AWSError(
                "TagLimitExceededException", "Could not complete request: tag quota of per resource exceeded")
        }
        try context.record(
            .changed, arn, operation: "TagResource",
            detail: .object(["keys": .array(input.tags.map { .string($0.key) })]))
        return TagResourceResponse()
    }

    @Sendable static func untagResource(_ input: UntagResourceRequest, in context: WriteContext) throws
        -> UntagResourceResponse
    {
        let arn = try taggedTopic(input.resourceArn, for: "UntagResource", in: context)
        for key in input.tagKeys { try context.removeTag(key, from: arn) }
        try context.record(
            .changed, arn, operation: "UntagResource",
            detail: .object(["keys": .array(input.tagKeys.map(JSON.string))]))
        return UntagResourceResponse()
    }

    @Sendable static func listTagsForResource(_ input: ListTagsForResourceRequest, in context: ReadContext) throws
        -> ListTagsForResourceResponse
    {
        let arn = try taggedTopic(input.resourceArn, for: "ListTagsForResource", in: context)
        return ListTagsForResourceResponse(tags: try context.tags(of: arn).map { Tag(key: $0.key, value: $0.value) })
    }

    // MARK: Data protection

    @Sendable static func getDataProtectionPolicy(_ input: GetDataProtectionPolicyInput, in context: ReadContext) throws
        -> GetDataProtectionPolicyResponse
    {
        let topic = try topic(input.resourceArn, member: "ResourceArn", for: "GetDataProtectionPolicy", in: context)
        return GetDataProtectionPolicyResponse(dataProtectionPolicy: topic.dataProtection ?? "")
    }

    @Sendable static func putDataProtectionPolicy(_ input: PutDataProtectionPolicyInput, in context: WriteContext)
        throws
    {
        var topic = try topic(input.resourceArn, member: "ResourceArn", for: "PutDataProtectionPolicy", in: context)
        if !input.dataProtectionPolicy.isEmpty {
            try DataProtection.check(input.dataProtectionPolicy, of: topic.arn, in: context)
        }
        topic.dataProtection = input.dataProtectionPolicy.isEmpty ? nil : input.dataProtectionPolicy
        try topic.save(in: context)
        try context.record(.changed, topic.arn, operation: "PutDataProtectionPolicy")
    }
}
