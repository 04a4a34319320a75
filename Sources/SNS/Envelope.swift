import JSON
import Kernel
import Model

/// The JSON text in which a message travels.
///
/// Its layout is AWS's to the blank: two spaces before each member and ` : ` after its name.
struct Envelope {
    /// What was published, as `PublishedMessage` or `Confirmation` wrote it.
    let content: JSON
    let topic: ARN
    let subscription: String
    /// Chosen for the protocol of the subscription.
    let message: String

    private var type: String { content["type"]?.string ?? "Notification" }

    private var timestamp: String {
        Timestamp(milliseconds: Int64(content["timestamp"]?.int ?? 0)).iso8601()
    }

    private var endpoint: String { content["endpoint"]?.string ?? "" }

    private var unsubscribeURL: String { "\(endpoint)/?Action=Unsubscribe&SubscriptionArn=\(subscription)" }

    private func text(_ name: String) -> String? { content[name]?.string }

    /// Messages of FIFO topics are not signed (recorded behaviour).
    private var isSigned: Bool { content["sequence"] == nil }

    private var signatureVersion: String { text("signatureVersion") ?? "1" }

    func signature(_ signer: MessageSigner, version: String) throws -> String {
        var signed = ""
        func add(_ name: String, _ value: String?) {
            guard let value else { return }
            for part in [name, "\n", value, "\n"] { signed += part }
        }
        add("Message", message)
        add("MessageId", text("messageId"))
        if type == "Notification" {
            add("Subject", text("subject"))
            add("Timestamp", timestamp)
        } else {
            add("SubscribeURL", text("subscribeURL"))
            add("Timestamp", timestamp)
            add("Token", text("token"))
        }
        add("TopicArn", topic.description)
        add("Type", type)
        return try signer.signature(of: signed, version: version)
    }

    func certificateURL(_ signer: MessageSigner) -> String {
        "\(endpoint)/SimpleNotificationService-\(signer.certificate.id).pem"
    }

    /// The body for queues, web servers and `email-json`.
    func json(_ signer: MessageSigner) throws -> String {
        var json = "{"
        func add(_ name: String, _ value: JSON) {
            json += json.utf8.count == 1 ? "\n  \"" : ",\n  \""
            json += name
            json += "\" : "
            json += value.description
        }
        add("Type", .string(type))
        add("MessageId", .string(text("messageId") ?? ""))
        if let token = text("token") { add("Token", .string(token)) }
        if let sequence = content["sequence"]?.int {
            add("SequenceNumber", .string(StoredTopic.sequenceNumber(Int64(sequence))))
        }
        add("TopicArn", .string(topic.description))
        if let subject = text("subject") { add("Subject", .string(subject)) }
        add("Message", .string(message))
        if let url = text("subscribeURL") { add("SubscribeURL", .string(url)) }
        add("Timestamp", .string(timestamp))
        if isSigned {
            add("SignatureVersion", .string(signatureVersion))
            add("Signature", .string(try signature(signer, version: signatureVersion)))
            add("SigningCertURL", .string(certificateURL(signer)))
        }
        if type == "Notification" { add("UnsubscribeURL", .string(unsubscribeURL)) }
        if content["replayed"] == true { add("Replayed", "true") }
        if let attributes, !attributes.isEmpty {
            let inner = attributes.map { "    \(JSON.string($0.name)) : \($0.value)" }.joined(separator: ",\n")
            json += ",\n  \"MessageAttributes\" : {\n\(inner)\n  }"
        }
        return json + "\n}"
    }

    /// `{"name": {"Type": …, "Value": …}}`.
    private var attributes: JSONObject? {
        content["attributes"]?.object.map { attributes in
            JSONObject(
                attributes.map { attribute in
                    (
                        attribute.name,
                        .object([
                            "Type": attribute.value["DataType"] ?? .null,
                            "Value": attribute.value["StringValue"] ?? attribute.value["BinaryValue"] ?? .null,
                        ])
                    )
                })
        }
    }

    /// The event for a function, whose spelling differs.
    func lambdaEvent(_ signer: MessageSigner) throws -> String {
        JSON.object([
            "Records": [
                .object([
                    "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": .string(subscription),
                    "Sns": .object([
                        "Type": .string(type), "MessageId": .string(text("messageId") ?? ""),
                        "TopicArn": .string(topic.description), "Subject": text("subject").map(JSON.string) ?? .null,
                        "Message": .string(message), "Timestamp": .string(timestamp), "SignatureVersion": "1",
                        "Signature": .string(try signature(signer, version: "1")),
                        "SigningCertUrl": .string(certificateURL(signer)), "UnsubscribeUrl": .string(unsubscribeURL),
                        "MessageAttributes": .object(attributes ?? JSONObject()),
                    ]),
                ])
            ]
        ]).description
    }

    /// A stream's record, which ends with a line feed.
    func firehoseRecord() -> String {
        var record = JSONObject([
            ("Type", .string(type)), ("MessageId", .string(text("messageId") ?? "")),
            ("TopicArn", .string(topic.description)),
        ])
        if let subject = text("subject") { record["Subject"] = .string(subject) }
        record["Message"] = .string(message)
        record["Timestamp"] = .string(timestamp)
        record["UnsubscribeURL"] = .string(unsubscribeURL)
        if let attributes, !attributes.isEmpty { record["MessageAttributes"] = .object(attributes) }
        return JSON.object(record).description + "\n"
    }

    /// The subject of a mail that was given none.
    static func mailSubject(_ type: String) -> String {
        switch type {
        case Confirmation.Kind.subscription.rawValue: "AWS Notification - Subscription Confirmation"
        case Confirmation.Kind.unsubscription.rawValue: "AWS Notification - Unsubscribe Confirmation"
        default: "AWS Notification Message"
        }
    }

    /// What a person reads.
    func mail() -> JSON {
        let footer =
            "\n\n--\nIf you wish to stop receiving notifications from this topic, please click or visit the link below to "
            + "unsubscribe:\n\(unsubscribeURL)\n"
        let link = text("subscribeURL").map { "\n\n\($0)\n" }
        return .object([
            "type": .string(type), "subject": .string(text("subject") ?? Self.mailSubject(type)),
            "text": .string(message + (link ?? footer)),
            "link": .string(text("subscribeURL") ?? unsubscribeURL),
        ])
    }
}
