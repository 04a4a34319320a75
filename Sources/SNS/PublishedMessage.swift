import JSON
import Kernel
import Model

/// A message as it was given to be published, checked against the rules of its topic.
struct PublishedMessage {
    private(set) var text: String
    let subject: String?
    /// The texts of the protocols, for a message that has several.
    private(set) var structure: JSONObject?
    let attributes: JSONObject?
    let group: String?
    let deduplicationID: String?

    static let byteLimit = 262_144

    static let subjectError = AWSError.invalidParameter("Subject")
    static let structureErrors: [AWSError] = [
        .invalidParameter("Message Structure - JSON message body failed to parse"),
        .invalidParameter("Message Structure - No default entry in JSON message body"),
    ]

    /// - Parameters:
    ///   - input: of Publish or of an entry of PublishBatch, which have the same members.
    ///   - topic: nil for a message to a phone or a device.
    ///   - platform: of a device, for which a text of its own is enough.
    init(_ input: JSON, topic: StoredTopic?, platform: String? = nil) throws {
        text = input["Message"]?.string ?? ""
        guard !text.isEmpty else { throw AWSError.invalidParameter("Empty message") }
        subject = input["Subject"]?.string
        if let subject, !Self.isSubject(subject) { throw Self.subjectError }
        attributes = input["MessageAttributes"]?.object
        try MessageAttributes.check(attributes)
        guard text.utf8.count + MessageAttributes.byteCount(attributes) <= Self.byteLimit else {
            throw AWSError.invalidParameter("Message too long")
        }
        structure = try Self.structure(input["MessageStructure"]?.string, text, platform)
        group = input["MessageGroupId"]?.string
        let givenID = input["MessageDeduplicationId"]?.string
        for (name, value) in [("MessageGroupId", group), ("MessageDeduplicationId", givenID)] {
            if let value, !Self.isIdentifier(value) {
                throw AWSError.invalidParameter(
                    "\(name) Reason: \(name) can only include alphanumeric and punctuation characters. 1 to 128 in length"
                )
            }
        }
        guard let topic, topic.isFIFO else {
            if givenID != nil {
                throw AWSError.invalidParameter(
                    "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid "
                        + "for this topic type")
            }
            deduplicationID = nil
            return
        }
        guard group != nil else {
            throw AWSError.invalidParameter("The MessageGroupId parameter is required for FIFO topics")
        }
        guard givenID != nil || topic.deduplicatesByContent else {
            throw AWSError.invalidParameter(
                "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
            )
        }
        deduplicationID = givenID ?? Deduplication.hash(text)
    }

    /// The same message with other texts.
    func mapTexts(_ change: (String) throws -> String) rethrows -> PublishedMessage {
        var message = self
        message.text = try change(text)
        for member in structure ?? JSONObject() {
            message.structure?[member.name] = .string(try change(member.value.string ?? ""))
        }
        return message
    }

    /// 100 characters of ASCII at most, of which the first is no blank; no control characters.
    private static func isSubject(_ subject: String) -> Bool {
        guard (1...100).contains(subject.utf16.count), let first = subject.unicodeScalars.first else { return false }
        return first.isASCII && first != " "
            && subject.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    private static func isIdentifier(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func structure(_ name: String?, _ text: String, _ platform: String?) throws -> JSONObject? {
        guard let name else { return nil }
        guard name == "json" else { throw AWSError.invalidParameter("MessageStructure") }
        guard let json = try? JSON(parsing: text), let object = json.object else { throw structureErrors[0] }
        // Numbers and null count as their texts (recorded behaviour).
        var texts = JSONObject()
        for member in object {
            switch member.value {
            case .string: texts[member.name] = member.value
            case .array, .object: break
            default: texts[member.name] = .string(member.value.description)
            }
        }
        guard texts["default"] != nil || platform.map({ texts[$0] != nil }) == true else { throw structureErrors[1] }
        return texts
    }

    /// What is kept of the message for its deliveries.
    func content(messageID: String, topic: StoredTopic?, sequence: Int64?, in context: WriteContext) -> JSON {
        var content = JSONObject([
            ("messageId", .string(messageID)), ("message", .string(text)),
            ("timestamp", .number(context.now.milliseconds)), ("endpoint", .string(context.caller.endpoint)),
        ])
        if let subject { content["subject"] = .string(subject) }
        if let structure { content["structure"] = .object(structure) }
        if let attributes, !attributes.isEmpty { content["attributes"] = .object(attributes) }
        if let group { content["group"] = .string(group) }
        if let deduplicationID { content["deduplicationId"] = .string(deduplicationID) }
        if let sequence { content["sequence"] = .number(sequence) }
        if let header = context.caller.traceHeader { content["traceHeader"] = .string(header) }
        content["signatureVersion"] = .string(topic?.text("SignatureVersion") ?? "1")
        return .object(content)
    }

    /// The text that a subscriber of a protocol gets, or a device of a platform.
    static func text(of content: JSON, for messageProtocol: String) -> String {
        guard let structure = content["structure"] else { return content["message"]?.string ?? "" }
        return (structure[messageProtocol] ?? structure["default"])?.string ?? ""
    }
}
