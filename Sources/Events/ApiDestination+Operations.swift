import JSON
import Kernel
import Model

extension Events {
    /// Source: the user guide's page "Amazon EventBridge quotas".
    private static let apiDestinationLimit = 3000
    private static let perSecondLimit = 300
    private static let pageLimit = 100

    @Sendable static func createApiDestination(_ input: CreateApiDestinationRequest, in context: WriteContext) throws
        -> CreateApiDestinationResponse
    {
        let arn = StoredApiDestination.arn(input.name, uuid: context.random.uuid(), in: context)
        context.access("events:CreateApiDestination", on: arn.description)
        try check(endpoint: input.invocationEndpoint, action: "create")
        try check(perSecond: input.invocationRateLimitPerSecond, of: input.name, action: "create")
        guard try StoredApiDestination.find(input.name, in: context) == nil else {
            throw AWSError.alreadyExists(
                "Failed to create the api-destination(s). An api-destination with name '\(input.name)' already exists.")
        }
        let connection = try connection(input.connectionArn, action: "create", in: context)
        guard try StoredApiDestination.count(in: context) < apiDestinationLimit else { throw AWSError.limitExceeded }
        let destination = StoredApiDestination(
            arn: arn, created: context.now, modified: context.now, description: input.description,
            connection: connection, endpoint: input.invocationEndpoint, method: input.httpMethod,
            perSecond: input.invocationRateLimitPerSecond ?? perSecondLimit)
        try destination.save(in: context)
        try context.record(.created, arn, operation: "CreateApiDestination")
        return CreateApiDestinationResponse(
            apiDestinationArn: arn.description, apiDestinationState: try destination.state(in: context),
            creationTime: destination.created, lastModifiedTime: destination.modified)
    }

    @Sendable static func updateApiDestination(_ input: UpdateApiDestinationRequest, in context: WriteContext) throws
        -> UpdateApiDestinationResponse
    {
        if let endpoint = input.invocationEndpoint { try check(endpoint: endpoint, action: "update") }
        try check(perSecond: input.invocationRateLimitPerSecond, of: input.name, action: "update")
        var destination = try apiDestination(input.name, action: "update", in: context)
        context.access("events:UpdateApiDestination", on: destination.arn.description)
        if let connection = input.connectionArn {
            destination.connection = try Self.connection(connection, action: "update", in: context)
        }
        if let description = input.description { destination.description = description }
        if let endpoint = input.invocationEndpoint { destination.endpoint = endpoint }
        if let method = input.httpMethod { destination.method = method }
        if let perSecond = input.invocationRateLimitPerSecond { destination.perSecond = perSecond }
        destination.modified = context.now
        try destination.save(in: context)
        try context.record(.changed, destination.arn, operation: "UpdateApiDestination")
        // They may have waited for the connection that it had before.
        try context.resumeDeliveries(to: destination.arn)
        return UpdateApiDestinationResponse(
            apiDestinationArn: destination.arn.description, apiDestinationState: try destination.state(in: context),
            creationTime: destination.created, lastModifiedTime: destination.modified)
    }

    @Sendable static func deleteApiDestination(_ input: DeleteApiDestinationRequest, in context: WriteContext) throws
        -> DeleteApiDestinationResponse
    {
        let destination = try apiDestination(input.name, action: "delete", in: context)
        context.access("events:DeleteApiDestination", on: destination.arn.description)
        try destination.delete(in: context)
        try context.record(.deleted, destination.arn, operation: "DeleteApiDestination")
        try context.resumeDeliveries(to: destination.arn)
        return DeleteApiDestinationResponse()
    }

    @Sendable static func describeApiDestination(_ input: DescribeApiDestinationRequest, in context: ReadContext) throws
        -> DescribeApiDestinationResponse
    {
        let destination = try apiDestination(input.name, action: "describe", in: context)
        context.access("events:DescribeApiDestination", on: destination.arn.description)
        return DescribeApiDestinationResponse(
            apiDestinationArn: destination.arn.description, name: destination.name,
            description: destination.description, apiDestinationState: try destination.state(in: context),
            connectionArn: destination.connection?.description, invocationEndpoint: destination.endpoint,
            httpMethod: destination.method, invocationRateLimitPerSecond: destination.perSecond,
            creationTime: destination.created, lastModifiedTime: destination.modified)
    }

    @Sendable static func listApiDestinations(_ input: ListApiDestinationsRequest, in context: ReadContext) throws
        -> ListApiDestinationsResponse
    {
        context.access("events:ListApiDestinations", on: "*")
        guard input.namePrefix == nil || input.connectionArn == nil else {
            throw AWSError.validation(
                "Failed to list the api-destination(s). Request failed because only one filter is supported per request, "
                    + "either ConnectionArn or NamePrefix.")
        }
        let limit = input.limit ?? pageLimit
        let destinations = try StoredApiDestination.list(
            prefix: input.namePrefix ?? "", connection: input.connectionArn,
            after: try position(input.nextToken, "ListApiDestinations", in: context), limit: limit + 1, in: context)
        let page = destinations.prefix(limit)
        return ListApiDestinationsResponse(
            apiDestinations: try page.map { destination in
                ApiDestination(
                    apiDestinationArn: destination.arn.description, name: destination.name,
                    apiDestinationState: try destination.state(in: context),
                    connectionArn: destination.connection?.description, invocationEndpoint: destination.endpoint,
                    httpMethod: destination.method, invocationRateLimitPerSecond: destination.perSecond,
                    creationTime: destination.created, lastModifiedTime: destination.modified)
            },
            nextToken: destinations.count > limit
                ? context.token(for: page.last?.name ?? "", purpose: "ListApiDestinations") : nil)
    }

    // MARK: Checks, with recorded texts

    private static func apiDestination(_ name: String, action: String, in context: ReadContext) throws
        -> StoredApiDestination
    {
        guard let destination = try StoredApiDestination.find(name, in: context) else {
            throw AWSError.notFound(
                "Failed to \(action) the api-destination(s). An api-destination '\(name)' does not exist.")
        }
        return destination
    }

    private static func connection(_ text: String, action: String, in context: ReadContext) throws -> ARN {
        guard let arn = ARN(text), arn.region == context.region else {
            throw AWSError.validation("Invalid ARN: '\(text)'")
        }
        guard try StoredConnection.find(arn, in: context) != nil else {
            throw AWSError.notFound(
                "Failed to \(action) the api-destination(s). Connection '\(text)' does not exist.")
        }
        return arn
    }

    private static func check(endpoint: String, action: String) throws {
        guard !ApiEndpoint.isAccepted(endpoint) else { return }
        throw AWSError.validation(
            "Failed to \(action) the api-destination(s). Parameter InvocationEndpoint is not valid. "
                + "Reason: Endpoint '\(endpoint)' is invalid, please provide a valid HTTPS endpoint URL.")
    }

    private static func check(perSecond: Int?, of name: String, action: String) throws {
        guard let perSecond, perSecond > perSecondLimit else { return }
        throw AWSError(
            "LimitExceededException",
            "Failed to \(action) the api-destination(s). Invalid Invocation Rate Limit: Rate specified '\(perSecond)' "
                + "for '\(name)' exceeds maximum allowed of '\(perSecondLimit)'.")
    }
}
