import JSON
import Kernel
import Model

/// What the attributes of a topic may be.
enum TopicAttributes {
    private static let feedback = ["HTTP", "Firehose", "Lambda", "Application", "SQS"].flatMap { kind in
        ["SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn"].map { kind + $0 }
    }
    private static let any: Set<String> = Set(
        feedback + ["DeliveryPolicy", "DisplayName", "Policy", "KmsMasterKeyId", "SignatureVersion", "TracingConfig"])
    private static let ofFIFO: Set<String> = ["ContentBasedDeduplication", "ArchivePolicy", "FifoThroughputScope"]

    static func isKnown(_ name: String, isFIFO: Bool) -> Bool {
        any.contains(name) || (isFIFO && ofFIFO.contains(name))
    }

    /// - Returns: the value as it is kept; nil where an empty one takes the attribute away.
    static func checked(_ name: String, _ value: String, of topic: StoredTopic, prefix: String) throws -> JSON? {
        func invalid(_ reason: String) -> AWSError { .invalidParameter("\(prefix)\(reason)") }
        switch name {
        case "DisplayName":
            guard value.utf16.count <= 100 else { throw invalid("DisplayName") }
        case "SignatureVersion":
            guard ["1", "2"].contains(value) else {
                throw invalid("SignatureVersion: Invalid value. Must be 1 or 2.")
            }
        case "TracingConfig":
            guard ["PassThrough", "Active"].contains(value) else {
                throw invalid("Invalid tracing config value: \(value)")
            }
        case "ArchivePolicy" where !value.isEmpty && value != "{}":
            guard let policy = try? JSON(parsing: value), let days = policy["MessageRetentionPeriod"],
                let number = days.int ?? days.string.flatMap(Int.init), (1...365).contains(number)
            else { throw invalid("ArchivePolicy: MessageRetentionPeriod value is invalid") }
        case "FifoThroughputScope":
            guard ["Topic", "MessageGroup"].contains(value) else {
                throw invalid("FifoThroughputScope: Invalid value. Must be Topic or MessageGroup.")
            }
            guard value == "MessageGroup" || topic.text(name) != "MessageGroup" else {
                throw invalid("FifoThroughputScope: Cannot be changed from MessageGroup to Topic.")
            }
        case "ContentBasedDeduplication":
            let flag = value.lowercased()
            guard ["true", "false"].contains(flag) else {
                throw invalid("ContentBasedDeduplication: Invalid value [\(value)]. Must be true or false.")
            }
            return .string(flag)
        case "DeliveryPolicy":
            do {
                return try DeliveryPolicy.topicText(value).map(JSON.string)
            } catch let fault as DeliveryPolicy.Fault {
                throw invalid(fault.reason)
            }
        case let name where name.hasSuffix("SampleRate"):
            if let fault = sampleRateFault(value) { throw invalid("\(name): \(fault)") }
        default: break
        }
        if ["KmsMasterKeyId", "ArchivePolicy"].contains(name) || name.contains("Feedback") {
            return value.isEmpty || value == "{}" ? nil : .string(value)
        }
        return .string(value)
    }

    /// What is wrong with a share of messages in percent.
    static func sampleRateFault(_ value: String) -> String? {
        Int(value).map((0...100).contains) == true ? nil : "\(value) value provided is not an integer between 0-100"
    }

    static func checkPolicy(_ text: String, prefix: String) throws {
        guard let policy = try? JSON(parsing: text), policy.object != nil, PolicyDocument(text) != nil else {
            throw AWSError.invalidParameter("\(prefix)Policy Error: null")
        }
        for statement in policy["Statement"]?.array ?? [] {
            for action in statement["Action"]?.listed ?? [] {
                let name = action.string?.lowercased() ?? ""
                guard name.isEmpty || name == "*" || TopicPermissions.isKnown(name) else {
                    throw AWSError.invalidParameter("\(prefix)\(TopicPermissions.outOfScope)")
                }
            }
        }
    }

    /// What is kept without effect is said openly.
    static func note(_ name: String, _ value: String, of topic: StoredTopic, in context: WriteContext) throws {
        guard !value.isEmpty else { return }
        switch name {
        case "KmsMasterKeyId":
            try context.notEnforced(
                topic.arn.description,
                reason: "KMS is not served: publishing to a topic with a key fails as to a missing key")
        case "TracingConfig" where value == "Active":
            try context.notEnforced(topic.arn.description, reason: "X-Ray is not served: no segments are sent")
        case let name where name.contains("Feedback"):
            try context.notEnforced(
                topic.arn.description,
                reason: "\(name): CloudWatch Logs is not served; the journal has every delivery's outcome")
        default: break
        }
    }
}
