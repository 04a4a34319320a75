import JSON
import Kernel
import Model

/// What the attributes of a queue say, at first AWS's defaults.
struct QueueSettings: Equatable {
    var delaySeconds = 0
    var maximumMessageBytes = 1_048_576
    var retentionSeconds = 345_600
    var waitSeconds = 0
    var visibilitySeconds = 30
    var policy: String?
    var redrive: RedrivePolicy?
    var redriveAllowPolicy: String?
    var kmsKey: String?
    var kmsReuseSeconds: Int?
    var managedEncryption = true
    var contentBasedDeduplication = false
    var deduplicationScope = "queue"
    var throughputLimit = "perQueue"

    /// An attribute that is a whole number.
    private struct Number {
        let range: ClosedRange<Int>
        let field: WritableKeyPath<QueueSettings, Int>
    }

    private static func number(_ name: String) -> Number? {
        switch name {
        case "DelaySeconds": Number(range: 0...900, field: \.delaySeconds)
        case "MaximumMessageSize": Number(range: 1024...1_048_576, field: \.maximumMessageBytes)
        case "MessageRetentionPeriod": Number(range: 60...1_209_600, field: \.retentionSeconds)
        case "ReceiveMessageWaitTimeSeconds": Number(range: 0...20, field: \.waitSeconds)
        case "VisibilityTimeout": Number(range: 0...43_200, field: \.visibilitySeconds)
        default: nil
        }
    }

    /// Takes attributes as CreateQueue and SetQueueAttributes have them; an empty one goes back to its default.
    mutating func apply(_ attributes: MapView<String>, to address: QueueAddress, isFIFO: Bool, in context: ReadContext)
        throws
    {
        for (name, value) in attributes.entries {
            try apply(name, value, to: address, isFIFO: isFIFO, in: context)
        }
        guard throughputLimit == "perQueue" || deduplicationScope == "messageGroup" else {
            throw AWSError.invalidAttributeValue(
                "FifoThroughputLimit",
                reason:
                    "To set FifoThroughputLimit to perMessageGroupId, the DeduplicationScope must be messageGroup.")
        }
        if kmsKey != nil {
            guard attributes["SqsManagedSseEnabled"]?.lowercased() != "true" else {
                throw AWSError(
                    "InvalidAttributeName",
                    "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS "
                        + "SSE.")
            }
            managedEncryption = false
        }
    }

    private mutating func apply(
        _ name: String, _ value: String, to address: QueueAddress, isFIFO: Bool, in context: ReadContext
    ) throws {
        let isEmpty = value.isEmpty
        if let number = Self.number(name) {
            self[keyPath: number.field] =
                isEmpty ? QueueSettings()[keyPath: number.field] : try Self.int(value, name, number.range)
            return
        }
        switch name {
        case "Policy":
            if !isEmpty { try QueuePolicy.check(value) }
            policy = isEmpty ? nil : value
        case "RedrivePolicy":
            redrive = isEmpty ? nil : try RedrivePolicy(value, source: address, isFIFO: isFIFO, in: context)
        case "RedriveAllowPolicy":
            if !isEmpty { try RedriveAllowPolicy.check(value, queue: address) }
            redriveAllowPolicy = isEmpty ? nil : value
        case "KmsMasterKeyId": kmsKey = isEmpty ? nil : value
        case "KmsDataKeyReusePeriodSeconds":
            kmsReuseSeconds = isEmpty ? nil : try Self.int(value, name, 60...86_400)
        case "SqsManagedSseEnabled": managedEncryption = isEmpty ? true : try Self.bool(value, name)
        case "FifoQueue": try Self.checkType(value, isFIFO: isFIFO)
        case "ContentBasedDeduplication":
            guard isFIFO || isEmpty else { throw AWSError.unknownAttribute(name) }
            contentBasedDeduplication = isEmpty ? false : try Self.bool(value, name)
        case "DeduplicationScope":
            deduplicationScope = try Self.choice(value, name, ["queue", "messageGroup"], isFIFO: isFIFO)
        case "FifoThroughputLimit":
            throughputLimit = try Self.choice(value, name, ["perQueue", "perMessageGroupId"], isFIFO: isFIFO)
        default: throw AWSError.unknownAttribute(name)
        }
    }

    /// The type of a queue is what it was made as.
    private static func checkType(_ value: String, isFIFO: Bool) throws {
        if isFIFO, value.lowercased() == "false" {
            throw AWSError.invalidAttributeValue("FifoQueue", reason: "Modifying queue type is not supported.")
        }
        if !isFIFO { throw AWSError.unknownAttribute("FifoQueue") }
        _ = try bool(value, "FifoQueue")
    }

    static func int(_ text: String, _ name: String, _ range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(text), range.contains(number) else { throw AWSError.invalidAttributeValue(name) }
        return number
    }

    /// In any case of letters, as scripts in Python and templates write it.
    static func bool(_ text: String, _ name: String) throws -> Bool {
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: throw AWSError.invalidAttributeValue(name)
        }
    }

    private static func choice(_ text: String, _ name: String, _ choices: [String], isFIFO: Bool) throws -> String {
        if text.isEmpty { return choices[0] }
        guard isFIFO else {
            throw AWSError(
                "InvalidAttributeName", "You can specify the \(name) only when FifoQueue is set to true.")
        }
        guard choices.contains(text) else { throw AWSError.invalidAttributeValue(name) }
        return text
    }
}

extension Queue {
    /// The attributes that are set, as GetQueueAttributes shows them: all are texts.
    var attributes: [(name: String, value: String)] {
        var attributes: [(name: String, value: String)] = [
            ("CreatedTimestamp", String(created.milliseconds / 1000)), ("DelaySeconds", String(settings.delaySeconds)),
            ("LastModifiedTimestamp", String(modified.milliseconds / 1000)),
            ("MaximumMessageSize", String(settings.maximumMessageBytes)),
            ("MessageRetentionPeriod", String(settings.retentionSeconds)), ("QueueArn", arn.description),
            ("ReceiveMessageWaitTimeSeconds", String(settings.waitSeconds)),
            ("VisibilityTimeout", String(settings.visibilitySeconds)),
            ("SqsManagedSseEnabled", String(settings.managedEncryption)),
        ]
        if isFIFO {
            attributes += [
                ("FifoQueue", "true"), ("ContentBasedDeduplication", String(settings.contentBasedDeduplication)),
                ("DeduplicationScope", settings.deduplicationScope), ("FifoThroughputLimit", settings.throughputLimit),
            ]
        }
        if let policy = settings.policy { attributes.append(("Policy", policy)) }
        if let redrive = settings.redrive { attributes.append(("RedrivePolicy", redrive.text)) }
        if let allow = settings.redriveAllowPolicy { attributes.append(("RedriveAllowPolicy", allow)) }
        if let key = settings.kmsKey {
            attributes.append(("KmsMasterKeyId", key))
            attributes.append(("KmsDataKeyReusePeriodSeconds", String(settings.kmsReuseSeconds ?? 300)))
        }
        return attributes
    }
}
