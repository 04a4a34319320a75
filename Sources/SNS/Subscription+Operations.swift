import JSON
import Kernel
import Model
import SQLite

extension SNS {
    @Sendable static func subscribe(_ input: SubscribeInput, in context: WriteContext) throws -> SubscribeResponse {
        let topic = try topic(input.topicArn, for: "Subscribe", in: context)
        let endpoint = try Endpoints.checked(input.endpoint ?? "", input.protocol, input.attributes, topic)
        if input.protocol == "application",
            try ARN(endpoint).flatMap({ try StoredEndpoint.find($0, in: context) }) == nil
        {
            throw AWSError.invalidParameter("Endpoint Reason: Endpoint does not exist for endpoint arn\(endpoint)")
        }
        let rules = SubscriptionAttributes(
            prefix: "Attributes Reason: ", topic: topic, messageProtocol: input.protocol, endpoint: endpoint)
        var attributes = JSONObject()
        // Those first by which others are read.
        let order = ["RawMessageDelivery", "FilterPolicyScope"]
        let entries = input.attributes?.entries ?? []
        let given =
            order.flatMap { name in entries.filter { $0.key == name } } + entries.filter { !order.contains($0.key) }
        for (name, value) in given {
            attributes[name] = try rules.checked(name, value, beside: attributes, in: context)
        }
        let present = try StoredSubscription.find(
            on: topic.arn, messageProtocol: input.protocol, endpoint: endpoint, owner: context.account, in: context)
        if let present {
            for (name, _) in given where present.value(name) != SubscriptionAttributes.value(name, in: attributes) {
                throw AWSError.invalidParameter(
                    "Attributes Reason: Subscription already exists with different attributes")
            }
            if present.state == .pending { try Confirmation.ask(present, in: context) }
            return answer(present, input)
        }
        try SubscriptionLimits.check(topic, in: context)
        if attributes["FilterPolicy"] != nil { try SubscriptionLimits.checkFilters(of: topic, in: context) }
        let isConfirmed = Endpoints.isConfirmedAtOnce(input.protocol, endpoint, context)
        var subscription = StoredSubscription(
            topic: topic.arn, id: context.random.uuid(), owner: context.account,
            principal: rolePrincipal(context.principal.arn), messageProtocol: input.protocol, endpoint: endpoint,
            state: isConfirmed ? .confirmed : .pending, created: context.now, attributes: attributes)
        subscription.isAuthenticated = isConfirmed
        try subscription.save(in: context)
        try context.record(
            .created, context.subscriptionARN(subscription), operation: "Subscribe",
            detail: .object(["protocol": .string(input.protocol), "endpoint": .string(masked(endpoint))]))
        if !isConfirmed { try Confirmation.ask(subscription, in: context) }
        if subscription.attributes["ReplayPolicy"] != nil, isConfirmed {
            try Replay.begin(subscription, topic, in: context)
        }
        return answer(subscription, input)
    }

    private static func answer(_ subscription: StoredSubscription, _ input: SubscribeInput) -> SubscribeResponse {
        let isShown = subscription.state != .pending || input.returnSubscriptionArn == true
        return SubscribeResponse(subscriptionArn: isShown ? subscription.arn : "pending confirmation")
    }

    /// A session subscribes as its role.
    private static func rolePrincipal(_ text: String) -> String {
        guard let arn = ARN(text), arn.resource.hasPrefix("assumed-role/") else { return text }
        let role = arn.resource.split(separator: "/").dropFirst().first ?? ""
        return "arn:\(arn.partition):iam::\(arn.account):role/\(role)"
    }

    /// A password in a URL is shown to nobody.
    static func masked(_ endpoint: String) -> String {
        guard let scheme = endpoint.firstRange(of: "://"),
            let at = endpoint[scheme.upperBound...].prefix(while: { $0 != "/" }).lastIndex(of: "@"),
            let colon = endpoint[scheme.upperBound..<at].firstIndex(of: ":")
        else { return endpoint }
        return endpoint[...colon] + "****" + endpoint[at...]
    }

    @Sendable static func getSubscriptionAttributes(_ input: GetSubscriptionAttributesInput, in context: ReadContext)
        throws -> GetSubscriptionAttributesResponse
    {
        let subscription = try ownSubscription(input.subscriptionArn, for: "GetSubscriptionAttributes", in: context)
        let topic = try StoredTopic.find(subscription.topic, in: context)
        var shown = subscription.shown(topic)
        if subscription.text("ReplayPolicy") != nil {
            shown.append(("ReplayStatus", try Replay.status(of: subscription, in: context)))
        }
        return GetSubscriptionAttributesResponse(attributes: MapView(shown))
    }

    @Sendable static func setSubscriptionAttributes(_ input: SetSubscriptionAttributesInput, in context: WriteContext)
        throws
    {
        var subscription = try ownSubscription(input.subscriptionArn, for: "SetSubscriptionAttributes", in: context)
        guard let topic = try StoredTopic.find(subscription.topic, in: context) else {
            throw AWSError.subscriptionNotFound
        }
        let rules = SubscriptionAttributes(
            prefix: "", topic: topic, messageProtocol: subscription.messageProtocol, endpoint: subscription.endpoint)
        let value = try rules.checked(
            input.attributeName, input.attributeValue ?? "", beside: subscription.attributes, in: context)
        if input.attributeName == "FilterPolicy", value != nil, subscription.attributes["FilterPolicy"] == nil {
            try SubscriptionLimits.checkFilters(of: topic, in: context)
        }
        subscription.attributes[input.attributeName] = value
        if input.attributeName == "FilterPolicyScope" { try rules.checkScope(subscription.attributes) }
        try subscription.save(in: context)
        try context.record(
            .changed, context.subscriptionARN(subscription), operation: "SetSubscriptionAttributes",
            detail: .object(["attribute": .string(input.attributeName)]))
        if input.attributeName == "ReplayPolicy", value != nil { try Replay.begin(subscription, topic, in: context) }
    }

    /// Only who subscribed sees and changes the attributes (recorded behaviour).
    private static func ownSubscription(_ text: String, for action: String, in context: ReadContext) throws
        -> StoredSubscription
    {
        let arn = try arn(text, "SubscriptionArn")
        context.access("sns:\(action)", on: text)
        guard arn.region == context.region else { throw AWSError.invalidParameter("SubscriptionArn") }
        guard let subscription = try StoredSubscription.find(text, in: context) else {
            throw AWSError.subscriptionNotFound
        }
        guard subscription.owner == context.account else {
            throw AWSError.authorization(action, on: text, by: context)
        }
        return subscription
    }

    @Sendable static func listSubscriptions(_ input: ListSubscriptionsInput, in context: ReadContext) throws
        -> ListSubscriptionsResponse
    {
        context.access("sns:ListSubscriptions", on: "*")
        let start = try position(input.nextToken, "ListSubscriptions", in: context)
        var found: [StoredSubscription] = []
        try context.database.query(
            """
            SELECT topic, id, owner, principal, protocol, endpoint, state, is_authenticated, created, attributes, account
            FROM sns_subscription WHERE owner = ? AND region = ? AND account || ' ' || topic || ' ' || id > ?
            ORDER BY account, topic, id LIMIT ?
            """, context.account, context.region, start, pageSize + 1
        ) { row in
            let topic = ARN(service: "sns", region: context.region, account: row.text(10), resource: row.text(0))
            found.append(try StoredSubscription(row, topic: topic))
        }
        let last = found.prefix(pageSize).last.map { "\($0.topic.account) \($0.topic.resource) \($0.id)" } ?? ""
        return ListSubscriptionsResponse(
            subscriptions: found.prefix(pageSize).map(listed),
            nextToken: found.count > pageSize ? context.token(for: last, purpose: "ListSubscriptions") : nil)
    }

    @Sendable static func listSubscriptionsByTopic(_ input: ListSubscriptionsByTopicInput, in context: ReadContext)
        throws
        -> ListSubscriptionsByTopicResponse
    {
        let topic = try topic(input.topicArn, for: "ListSubscriptionsByTopic", in: context)
        let start = try position(input.nextToken, "ListSubscriptionsByTopic \(topic.name)", in: context)
        let found = try StoredSubscription.list(of: topic.arn, after: start, limit: pageSize + 1, in: context)
        return ListSubscriptionsByTopicResponse(
            subscriptions: found.prefix(pageSize).map(listed),
            nextToken: found.count > pageSize
                ? context.token(for: found[pageSize - 1].id, purpose: "ListSubscriptionsByTopic \(topic.name)") : nil)
    }

    private static func listed(_ subscription: StoredSubscription) -> Subscription {
        let arn =
            switch subscription.state {
            case .pending: "PendingConfirmation"
            case .deleted: "Deleted"
            case .confirmed: subscription.arn
            }
        return Subscription(
            subscriptionArn: arn, owner: subscription.owner, protocol: subscription.messageProtocol,
            endpoint: masked(subscription.endpoint), topicArn: subscription.topic.description)
    }
}

extension ReadContext {
    func subscriptionARN(_ subscription: StoredSubscription) -> ARN {
        ARN(
            service: "sns", region: subscription.topic.region, account: subscription.topic.account,
            resource: "\(subscription.topic.resource):\(subscription.id)")
    }
}
