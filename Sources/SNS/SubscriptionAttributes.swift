import EventPattern
import JSON
import Kernel
import Model

/// What the attributes of a subscription may be. `Subscribe` and `SetSubscriptionAttributes` name the same faults with
/// another beginning.
struct SubscriptionAttributes {
    let prefix: String
    let topic: StoredTopic
    let messageProtocol: String
    let endpoint: String

    private func invalid(_ reason: String) -> AWSError { .invalidParameter("\(prefix)\(reason)") }

    /// - Returns: the value as it is kept; nil where an empty one takes the attribute away.
    func checked(_ name: String, _ value: String, beside attributes: JSONObject, in context: ReadContext) throws
        -> JSON?
    {
        switch name {
        case "RawMessageDelivery":
            // In any case, and kept in small letters (recorded behaviour).
            let flag = value.lowercased()
            guard ["true", "false"].contains(flag) else {
                throw invalid("RawMessageDelivery: Invalid value [\(value)]. Must be true or false.")
            }
            guard flag == "false" || ["sqs", "http", "https", "firehose"].contains(messageProtocol) else {
                throw invalid("Delivery protocol [\(messageProtocol)] does not support raw message delivery.")
            }
            return .string(flag)
        case "FilterPolicyScope":
            guard FilterPolicyScope(rawValue: value) != nil else {
                throw invalid(
                    "FilterPolicyScope: Invalid value [\(value)]. Please use either MessageBody or MessageAttributes")
            }
        case "FilterPolicy":
            if value.isEmpty || value == "{}" { return nil }
            try checkFilterPolicy(value, scope: attributes["FilterPolicyScope"]?.string)
        case "RedrivePolicy":
            if value.isEmpty || value == "{}" { return nil }
            try checkRedrivePolicy(value)
        case "DeliveryPolicy":
            let isRaw = attributes["RawMessageDelivery"]?.string == "true"
            do {
                return try DeliveryPolicy.subscriptionText(value, isRaw: isRaw).map(JSON.string)
            } catch let fault as DeliveryPolicy.Fault {
                throw invalid(fault.reason)
            }
        case "SubscriptionRoleArn": break
        case "ReplayPolicy":
            if value.isEmpty || value == "{}" { return nil }
            guard topic.isFIFO else { throw invalid("ReplayPolicy is supported for FIFO topics only.") }
            try Replay.check(value, topic, invalid)
        default: throw AWSError.invalidParameter("AttributeName")
        }
        return .string(value)
    }

    /// A new scope must fit the policy that is there.
    func checkScope(_ attributes: JSONObject) throws {
        guard let policy = attributes["FilterPolicy"]?.string else { return }
        try checkFilterPolicy(policy, scope: attributes["FilterPolicyScope"]?.string)
    }

    private func checkFilterPolicy(_ text: String, scope: String?) throws {
        try checkJSON(text, "FilterPolicy")
        let scope = scope.flatMap(FilterPolicyScope.init) ?? .messageAttributes
        do {
            // What is wrong in either scope is said first.
            _ = try Pattern(text, dialect: .filterPolicy(.messageBody))
            if scope != .messageBody { _ = try Pattern(text, dialect: .filterPolicy(scope)) }
        } catch {
            let isOwnText = error.message.hasPrefix("Filter policy scope")
            throw invalid(isOwnText ? error.message : "FilterPolicy: \(error.text(in: text))")
        }
    }

    @discardableResult
    private func checkJSON(_ text: String, _ name: String) throws -> JSON {
        do throws(JSONError) {
            return try JSON(parsing: text)
        } catch {
            throw invalid("\(name): failed to parse JSON. \(JacksonComplaint.text(of: error, in: text))")
        }
    }

    private func checkRedrivePolicy(_ text: String) throws {
        let policy = try checkJSON(text, "RedrivePolicy")
        guard let target = policy["deadLetterTargetArn"]?.string else {
            throw invalid("RedrivePolicy: Missing deadLetterTargetArn attribute")
        }
        if let other = policy.object?.first(where: { $0.name != "deadLetterTargetArn" }) {
            throw invalid("RedrivePolicy: invalid JSON. Attribute \(other.name) is unknown.")
        }
        guard let arn = ARN(target) else { throw invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn") }
        guard arn.service == "sqs" else { throw invalid("RedrivePolicy: deadLetterTargetArn must be a SQS queue") }
        guard arn.region == topic.arn.region else {
            throw invalid("RedrivePolicy: deadLetterTargetArn must be in the same region as the subscription")
        }
        guard arn.account == topic.arn.account else {
            throw invalid("RedrivePolicy: deadLetterTargetArn must be in the same account as the subscription")
        }
        let isFIFO = arn.resource.hasSuffix(".fifo")
        if topic.isFIFO, endpoint.hasSuffix(".fifo"), !isFIFO {
            throw invalid("RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.")
        }
        if isFIFO, !topic.isFIFO || !endpoint.hasSuffix(".fifo") {
            throw invalid("RedrivePolicy: must use a standard queue as DLQ for a subscription of a standard endpoint.")
        }
    }
}

extension SubscriptionAttributes {
    /// As it was given, or what counts without it.
    static func value(_ name: String, in attributes: JSONObject) -> JSON? {
        if let value = attributes[name] { return value }
        return switch name {
        case "RawMessageDelivery": "false"
        case "FilterPolicyScope": .string(FilterPolicyScope.messageAttributes.rawValue)
        default: nil
        }
    }
}

extension StoredSubscription {
    func value(_ name: String) -> JSON? { SubscriptionAttributes.value(name, in: attributes) }

    /// As GetSubscriptionAttributes shows it.
    func shown(_ topic: StoredTopic?) -> [(key: String, value: String)] {
        var shown: [(key: String, value: String)] = [
            ("SubscriptionPrincipal", principal), ("Owner", owner), ("RawMessageDelivery", String(isRaw)),
            ("TopicArn", self.topic.description), ("Endpoint", SNS.masked(endpoint)), ("Protocol", messageProtocol),
            ("PendingConfirmation", String(state == .pending)),
            ("ConfirmationWasAuthenticated", String(isAuthenticated)), ("SubscriptionArn", arn),
        ]
        let isHTTP = messageProtocol.hasPrefix("http")
        for attribute in attributes where attribute.name != "RawMessageDelivery" {
            if attribute.name == "FilterPolicyScope", attributes["FilterPolicy"] == nil { continue }
            shown.append((attribute.name, attribute.value.string ?? ""))
        }
        if attributes["FilterPolicy"] != nil, attributes["FilterPolicyScope"] == nil {
            shown.append(("FilterPolicyScope", FilterPolicyScope.messageAttributes.rawValue))
        }
        if isHTTP || attributes["DeliveryPolicy"] != nil {
            shown.append(
                (
                    "EffectiveDeliveryPolicy",
                    DeliveryPolicy.effectiveSubscriptionText(
                        topic: topic?.text("DeliveryPolicy"), subscription: text("DeliveryPolicy"))
                ))
        }
        return shown
    }
}
