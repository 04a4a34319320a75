import JSON
import Kernel
import Model

/// How HTTP endpoints are retried: of a topic, and of a subscription, which overrides it.
///
/// Source: the developer guide's page "Amazon SNS message delivery retries", and recorded answers.
struct DeliveryPolicy {
    private static let retryDefaults = JSONObject([
        ("minDelayTarget", 20), ("maxDelayTarget", 20), ("numRetries", 3), ("numMaxDelayRetries", 0),
        ("numNoDelayRetries", 0), ("numMinDelayRetries", 0), ("backoffFunction", "linear"),
    ])
    static let contentTypeDefault = "text/plain; charset=UTF-8"
    private static let contentTypes: Set<String> = [
        "text/css", "text/csv", "text/html", "text/plain", "text/xml", "application/atom+xml", "application/json",
        "application/octet-stream", "application/soap+xml", "application/x-www-form-urlencoded",
        "application/xhtml+xml",
        "application/xml",
    ]
    /// Of the whole time that retries may take.
    private static let totalSecondsLimit = 3600

    let retry: RetryPolicy
    let contentType: String

    /// What is in force for a subscription.
    init(topic: String?, subscription: String?) {
        let http = topic.flatMap { try? JSON(parsing: $0) }?["http"]
        let overridden = http?["disableSubscriptionOverrides"]?.bool == true
        let own = overridden ? nil : subscription.flatMap { try? JSON(parsing: $0) }
        func given(_ own: JSON?, _ topics: JSON?) -> JSON? { own?.object != nil ? own : topics }
        let healthy = Self.filled(given(own?["healthyRetryPolicy"], http?["defaultHealthyRetryPolicy"])?.object)
        let throttle = given(own?["throttlePolicy"], http?["defaultThrottlePolicy"])
        let request = given(own?["requestPolicy"], http?["defaultRequestPolicy"])
        var retry = RetryPolicy()
        func int(_ name: String) -> Int { healthy[name]?.int ?? 0 }
        retry.immediate = int("numNoDelayRetries")
        retry.preBackOff = int("numMinDelayRetries")
        retry.postBackOff = int("numMaxDelayRetries")
        retry.backOff = max(0, int("numRetries") - retry.immediate - retry.preBackOff - retry.postBackOff)
        retry.leastSeconds = int("minDelayTarget")
        retry.greatestSeconds = int("maxDelayTarget")
        retry.function = healthy["backoffFunction"]?.string.flatMap(RetryPolicy.BackOffFunction.init) ?? .linear
        retry.perSecond = throttle?["maxReceivesPerSecond"]?.int
        self.retry = retry
        contentType = request?["headerContentType"]?.string ?? Self.contentTypeDefault
    }

    private static func filled(_ given: JSONObject?) -> JSONObject {
        var filled = retryDefaults
        for member in given ?? JSONObject() where !member.value.isNull { filled[member.name] = member.value }
        return filled
    }

    /// What is wrong with a policy; whoever was given it says where.
    struct Fault: Error, Equatable {
        let reason: String

        init(_ reason: String) { self.reason = "DeliveryPolicy: \(reason)" }
    }

    // MARK: Texts

    /// A topic's policy as it is kept; nil where nothing is left of it.
    static func topicText(_ text: String) throws -> String? {
        if text.isEmpty { return nil }
        guard let policy = try? JSON(parsing: text).object else {
            throw Fault("failed to parse JSON.")
        }
        try checkMembers(policy, ["http"])
        guard let http = policy["http"]?.object else { return nil }
        try checkMembers(
            http,
            [
                "defaultHealthyRetryPolicy", "disableSubscriptionOverrides", "defaultThrottlePolicy",
                "defaultRequestPolicy",
                "defaultSicklyRetryPolicy",
            ])
        var kept = JSONObject()
        func keep(_ name: String, _ check: (JSONObject, Bool) throws -> Void) throws {
            let members = (http[name]?.object ?? JSONObject()).filter { !$0.value.isNull }
            guard !members.isEmpty else { return }
            let part = JSONObject(members.map { ($0.name, $0.value) })
            try check(part, false)
            kept[name] = .object(part)
        }
        // In AWS's order.
        try keep("defaultHealthyRetryPolicy", checkRetry)
        kept["disableSubscriptionOverrides"] = .bool(http["disableSubscriptionOverrides"]?.bool ?? false)
        try keep("defaultThrottlePolicy", checkThrottle)
        try keep("defaultRequestPolicy", checkRequest)
        return JSON.object(["http": .object(kept)]).description
    }

    /// A subscription's policy as it is kept, with all its members.
    static func subscriptionText(_ text: String, isRaw: Bool) throws -> String? {
        if text.isEmpty { return nil }
        guard let policy = try? JSON(parsing: text).object else {
            throw Fault("failed to parse JSON.")
        }
        if policy.isEmpty { return nil }
        try checkMembers(
            policy, ["healthyRetryPolicy", "sicklyRetryPolicy", "throttlePolicy", "requestPolicy", "guaranteed"])
        if let retry = policy["healthyRetryPolicy"]?.object { try checkRetry(retry, true) }
        if let throttle = policy["throttlePolicy"]?.object { try checkThrottle(throttle, true) }
        if let request = policy["requestPolicy"]?.object { try checkRequest(request, isRaw) }
        func part(_ name: String) -> JSON { policy[name] ?? .null }
        return JSON.object([
            "healthyRetryPolicy": part("healthyRetryPolicy"), "sicklyRetryPolicy": .null,
            "throttlePolicy": part("throttlePolicy"), "requestPolicy": part("requestPolicy"),
            "guaranteed": part("guaranteed").bool.map(JSON.bool) ?? false,
        ]).description
    }

    /// What GetTopicAttributes shows as in force.
    static func effectiveTopicText(_ text: String?) -> String {
        text.map { effectiveText($0) } ?? effectiveDefault
    }

    private static let effectiveDefault = effectiveText("{}")

    private static func effectiveText(_ text: String) -> String {
        let http = (try? JSON(parsing: text))?["http"]
        var effective = JSONObject([
            ("defaultHealthyRetryPolicy", .object(filled(http?["defaultHealthyRetryPolicy"]?.object))),
            ("disableSubscriptionOverrides", .bool(http?["disableSubscriptionOverrides"]?.bool ?? false)),
        ])
        if let throttle = http?["defaultThrottlePolicy"], throttle.object != nil {
            effective["defaultThrottlePolicy"] = throttle
        }
        effective["defaultRequestPolicy"] =
            http?["defaultRequestPolicy"]
            ?? .object(["headerContentType": .string(contentTypeDefault)])
        return JSON.object(["http": .object(effective)]).description
    }

    /// What GetSubscriptionAttributes shows as in force.
    static func effectiveSubscriptionText(topic: String?, subscription: String?) -> String {
        let http = topic.flatMap { try? JSON(parsing: $0) }?["http"]
        let own =
            http?["disableSubscriptionOverrides"]?.bool == true ? nil : subscription.flatMap { try? JSON(parsing: $0) }
        func given(_ name: String, _ topics: String) -> JSON? {
            own?[name]?.object != nil ? own?[name] : http?[topics]
        }
        return JSON.object([
            "healthyRetryPolicy": .object(filled(given("healthyRetryPolicy", "defaultHealthyRetryPolicy")?.object)),
            "sicklyRetryPolicy": .null,
            "throttlePolicy": given("throttlePolicy", "defaultThrottlePolicy") ?? .null,
            "requestPolicy": given("requestPolicy", "defaultRequestPolicy")
                ?? .object(["headerContentType": .string(contentTypeDefault)]),
            "guaranteed": false,
        ]).description
    }

    // MARK: Checks

    private static func checkMembers(_ given: JSONObject, _ names: Set<String>) throws {
        if let unknown = given.first(where: { !names.contains($0.name) }) {
            throw Fault("Unexpected JSON member: \(unknown.name)")
        }
    }

    private static func checkRetry(_ given: JSONObject, _ isSubscription: Bool) throws {
        func invalid(_ reason: String) -> Fault { Fault(reason) }
        let prefix = isSubscription ? "healthyRetryPolicy" : "http.defaultHealthyRetryPolicy"
        if let name = given["backoffFunction"], RetryPolicy.BackOffFunction(rawValue: name.string ?? "") == nil {
            throw invalid(
                "\(prefix).backoffFunction: the value [\(name.string ?? name.description)] is not a valid backoff function"
            )
        }
        try checkMembers(given, Set(retryDefaults.map(\.name)))
        if isSubscription {
            for name in ["minDelayTarget", "maxDelayTarget", "numRetries"] where given[name] == nil {
                throw invalid("\(prefix).\(name) must be specified")
            }
        }
        let policy = filled(given)
        func int(_ name: String) -> Int { policy[name]?.int ?? -1 }
        let (least, greatest) = (int("minDelayTarget"), int("maxDelayTarget"))
        guard least >= 1 else { throw invalid("\(prefix).minDelayTarget must be greater than or equal to 1") }
        guard greatest <= 3600 else { throw invalid("\(prefix).maxDelayTarget must be less than or equal to 3600") }
        guard greatest >= least else {
            throw invalid("\(prefix).maxDelayTarget must be greater than or equal to minDelayTarget")
        }
        let retries = int("numRetries")
        guard retries >= 0 else { throw invalid("\(prefix).numRetries must be greater than or equal to 0") }
        guard retries <= 100 else { throw invalid("\(prefix).numRetries must be less than or equal to 100") }
        let phases = ["numNoDelayRetries", "numMinDelayRetries", "numMaxDelayRetries"]
        for phase in phases {
            guard int(phase) >= 0 else { throw invalid("\(prefix).\(phase) must be greater than or equal to 0") }
        }
        guard phases.reduce(0, { $0 + int($1) }) <= retries else {
            throw invalid(
                "\(prefix).numRetries must be greater than or equal to total of numMinDelayRetries, numNoDelayRetries and "
                    + "numMaxDelayRetries")
        }
        let effective = DeliveryPolicy(
            topic: nil, subscription: JSON.object(["healthyRetryPolicy": .object(policy)]).description
        ).retry
        let total = (1...max(1, retries)).reduce(0.0) { $0 + (effective.delaySeconds(afterAttempts: $1) ?? 0) }
        guard total <= Double(totalSecondsLimit) else {
            throw invalid(
                "\(prefix): the total delay of all retries must be less than or equal to \(totalSecondsLimit) seconds")
        }
    }

    private static func checkThrottle(_ given: JSONObject, _ isSubscription: Bool) throws {
        try checkMembers(given, ["maxReceivesPerSecond"])
        guard let rate = given["maxReceivesPerSecond"], !rate.isNull else { return }
        guard let number = rate.int, number >= 1 else {
            throw Fault("throttlePolicy.maxReceivesPerSecond must be >= 1")
        }
    }

    private static func checkRequest(_ given: JSONObject, _ isRaw: Bool) throws {
        try checkMembers(given, ["headerContentType"])
        guard let type = given["headerContentType"]?.string else { return }
        guard contentTypes.contains(String(type.prefix { $0 != ";" }).lowercased()) else {
            throw Fault("requestPolicy.headerContentType is not supported")
        }
    }
}
