import JSON
import Kernel
import Model

/// Deliveries to API destinations.
///
/// Source: the user guide's page "API destinations as targets in Amazon EventBridge".
enum ApiDelivery {
    /// Where the target's requests go, and how many a second; nil for another target or one that is not there.
    static func destination(of target: StoredTarget, in context: ReadContext) throws -> StoredApiDestination? {
        try target.resource.flatMap { try StoredApiDestination.find($0, in: context) }
    }

    /// For deliveries of other services.
    static let destination = WebDestination { arn, context in
        try StoredApiDestination.find(arn, in: context).map {
            WebDestination.Place(url: ApiEndpoint.url($0.endpoint), perSecond: $0.perSecond)
        }
    } prepare: {
        try prepare($0, $1)
    } item: {
        try item($0, $1, in: $2)
    } judge: {
        try judge($0, &$1, $2)
    }

    @Sendable static func prepare(_ delivery: Delivery, _ context: WriteContext) throws -> Bool {
        try ARN(delivery.destination).map { try prepare($0, context) } ?? true
    }

    /// Whether an OAuth connection has its token; asks for one if not.
    private static func prepare(_ arn: ARN, _ context: WriteContext) throws -> Bool {
        guard let connectionARN = try StoredApiDestination.find(arn, in: context)?.connection,
            var connection = try StoredConnection.find(connectionARN, in: context), connection.secret?.oauth != nil
        else { return true }
        switch connection.state {
        case .authorizing: return false
        case .authorized:
            if connection.token?.isFresh(context.now) == true { return true }
            if connection.tokenRequested == nil { try ConnectionAuthorization.begin(&connection, in: context) }
            return false
        default: return true
        }
    }

    /// The item for one attempt.
    static func item(_ delivery: Delivery, _ input: String, _ event: JSON, in context: ReadContext) throws
        -> DeliveryItem
    {
        guard let arn = ARN(delivery.destination) else { throw missing(delivery.destination) }
        return try item(arn, webInput(delivery, input, event), in: context)
    }

    private static func item(_ arn: ARN, _ input: WebDestination.Input, in context: ReadContext) throws -> DeliveryItem
    {
        let (request, connection) = try request(arn, input, in: context)
        guard connection.state == .authorized else {
            throw DeliveryFailure(
                "ERROR_FROM_TARGET",
                "The connection \(connection.arn) is \(connection.state.rawValue)"
                    + (connection.stateReason.map { ": \($0)" } ?? "."))
        }
        let shown = try request.web(isMasked: true)
        var item = DeliveryItem(body: shown.body)
        item.web = try request.web()
        item.shown = "\(shown.method) \(shown.url)"
        return item
    }

    /// The request for people, without secrets.
    static func shown(_ delivery: Delivery, _ input: String, _ event: JSON, in context: ReadContext) throws -> JSON {
        guard let arn = ARN(delivery.destination) else { throw missing(delivery.destination) }
        let web = try request(arn, webInput(delivery, input, event), in: context).request.web(isMasked: true)
        return .object([
            "method": .string(web.method), "url": .string(web.url),
            "headers": .object(JSONObject(web.headers.map { ($0.name, .string($0.value)) })),
            "body": .string(web.body),
        ])
    }

    private static func missing(_ destination: String) -> DeliveryFailure {
        DeliveryFailure("NO_RESOURCE", "The API destination \(destination) does not exist.")
    }

    /// What the target of a rule adds.
    private static func webInput(_ delivery: Delivery, _ body: String, _ event: JSON) -> WebDestination.Input {
        var input = WebDestination.Input(body: body)
        let parameters = delivery.detail["target"]?["HttpParameters"]
        func value(_ json: JSON) -> String { TargetDelivery.value(json.string ?? "", of: event) }
        input.pathValues = (parameters?["PathParameterValues"]?.array ?? []).map(value)
        input.headers = (parameters?["HeaderParameters"]?.object ?? JSONObject()).map { ($0.name, value($0.value)) }
        input.query = (parameters?["QueryStringParameters"]?.object ?? JSONObject()).map { ($0.name, value($0.value)) }
        return input
    }

    private static func request(_ arn: ARN, _ input: WebDestination.Input, in context: ReadContext) throws
        -> (request: ApiRequest, connection: StoredConnection)
    {
        guard let destination = try StoredApiDestination.find(arn, in: context) else {
            throw missing(arn.description)
        }
        guard let connectionARN = destination.connection,
            let connection = try StoredConnection.find(connectionARN, in: context)
        else { throw DeliveryFailure("NO_RESOURCE", "The connection of the API destination \(arn) does not exist.") }
        guard let secret = connection.secret else {
            throw DeliveryFailure(
                "ERROR_FROM_TARGET", "The connection \(connectionARN) has no authorization parameters any more.")
        }
        var request = ApiRequest(
            endpoint: destination.endpoint, method: destination.method.rawValue, secret: secret, input: input.body)
        request.token = connection.token?.text
        request.pathValues = input.pathValues
        request.headers = input.headers
        request.query = input.query
        return (request, connection)
    }

    // MARK: Answers

    /// 2xx is success. 401, 407, 409, 429 and 5xx are tried again, not before `Retry-After`; others are final.
    @Sendable static func judge(_ delivery: Delivery, _ answer: inout WebAnswer, _ context: WriteContext) throws
        -> DeliveryFailure?
    {
        guard let arn = ARN(delivery.destination) else { return nil }
        return try judge(arn, &answer, context)
    }

    private static func judge(_ arn: ARN, _ answer: inout WebAnswer, _ context: WriteContext) throws -> DeliveryFailure?
    {
        let connectionARN = try StoredApiDestination.find(arn, in: context)?.connection
        let connection = try connectionARN.flatMap { try StoredConnection.find($0, in: context) }
        // Receivers for tests like to answer with what they got.
        let secrets = (connection?.secret?.values ?? []) + [connection?.token?.text].compactMap { $0 }
        answer.body = masked(answer.body, secrets)
        if (200..<300).contains(answer.status) { return nil }
        if [401, 407].contains(answer.status), connection?.secret?.oauth != nil {
            try connection.map { try ConnectionAuthorization.renew($0, in: context) }
        }
        let after = answer.header("Retry-After").flatMap { RetryAfter($0, now: context.now) }
        var failure = DeliveryFailure.answered(
            answer.status, isRetryable: isRetryable(answer.status) && after != .never)
        if case .seconds(let seconds) = after { failure.leastDelaySeconds = seconds }
        return failure
    }

    private static func isRetryable(_ status: Int) -> Bool {
        [401, 407, 409, 429].contains(status) || (500..<600).contains(status)
    }

    private static let leastSecretCount = 4

    /// Replaces secrets in a text, also as they stand in URLs; very short ones would take out half of every text.
    static func masked(_ text: String, _ secrets: [String]) -> String {
        (secrets + secrets.map(ApiEndpoint.encoded)).filter { $0.count >= leastSecretCount }
            .sorted { $0.count > $1.count }.reduce(text) { $0.replacing($1, with: "****") }
    }
}
