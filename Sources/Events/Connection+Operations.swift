import JSON
import Kernel
import Model

extension Events {
    /// Source: the user guide's page "Amazon EventBridge quotas".
    private static let connectionLimit = 3000
    private static let pageLimit = 100

    @Sendable static func createConnection(_ input: CreateConnectionRequest, in context: WriteContext) throws
        -> CreateConnectionResponse
    {
        let secret = try ConnectionSecret(
            input.authorizationType, request: input.authParameters.json, action: "create")
        let arn = StoredConnection.arn(input.name, uuid: context.random.uuid(), in: context)
        context.access("events:CreateConnection", on: arn.description)
        guard try StoredConnection.find(input.name, in: context) == nil else {
            throw AWSError.alreadyExists("Connection \(input.name) already exists.")
        }
        guard try StoredConnection.count(in: context) < connectionLimit else { throw AWSError.limitExceeded }
        var connection = StoredConnection(
            arn: arn, secretID: StoredConnection.newSecretID(in: context), now: context.now,
            type: input.authorizationType, state: secret.oauth == nil ? .authorized : .authorizing, secret: secret)
        connection.description = input.description
        connection.kmsKey = input.kmsKeyIdentifier
        try connection.save(in: context)
        try context.record(.created, arn, operation: "CreateConnection")
        try connection.tell(.creationStarted, in: context)
        try connection.tell(secret.oauth == nil ? .authorized : .authorizationStarted, in: context)
        try noteUnenforced(input.json, in: context)
        if secret.oauth != nil { try ConnectionAuthorization.begin(&connection, in: context) }
        return CreateConnectionResponse(
            connectionArn: arn.description, connectionState: connection.state, creationTime: connection.created,
            lastModifiedTime: connection.modified)
    }

    @Sendable static func updateConnection(_ input: UpdateConnectionRequest, in context: WriteContext) throws
        -> UpdateConnectionResponse
    {
        let blocks = ["BasicAuthParameters", "ApiKeyAuthParameters", "OAuthParameters"]
        let given = input.authParameters?.json
        let isAuthorizedAnew = input.authorizationType != nil && blocks.contains { given?[$0]?.object != nil }
        guard isAuthorizedAnew || input.description != nil || input.kmsKeyIdentifier != nil else {
            throw AWSError.validation(
                "Failed to update the connection(s). At least one of the following is required: Description, "
                    + "KmsKeyIdentifier, AuthorizationType with BasicAuthParameters, ApiKeyAuthParameters, or "
                    + "OAuthParameters.")
        }
        var connection = try connection(input.name, for: "UpdateConnection", in: context)
        let before = connection
        if let type = input.authorizationType, let given, isAuthorizedAnew {
            let secret = try ConnectionSecret(
                type, request: given, updating: type == connection.type ? connection.secret : nil, action: "update")
            if connection.secret == nil { connection.secretID = StoredConnection.newSecretID(in: context) }
            connection.type = type
            connection.secret = secret
            connection.version += 1
            (connection.token, connection.tokenRequested, connection.stateReason) = (nil, nil, nil)
            connection.state = secret.oauth == nil ? .authorized : .authorizing
            if secret.oauth == nil { connection.authorized = context.now }
        }
        if let description = input.description { connection.description = description }
        if let key = input.kmsKeyIdentifier { connection.kmsKey = key }
        connection.modified = context.now
        try connection.save(in: context)
        try context.record(.changed, connection.arn, operation: "UpdateConnection")
        try connection.tell(.updateStarted, in: context)
        try connection.tellState(after: before.state, in: context)
        try noteUnenforced(input.json, in: context)
        if connection.state == .authorizing, connection.tokenRequested == nil {
            try ConnectionAuthorization.begin(&connection, in: context)
        } else {
            try ConnectionAuthorization.resumeDeliveries(with: connection, in: context)
        }
        return UpdateConnectionResponse(
            connectionArn: connection.arn.description, connectionState: connection.state,
            creationTime: connection.created, lastModifiedTime: connection.modified,
            lastAuthorizedTime: connection.authorized)
    }

    @Sendable static func deauthorizeConnection(_ input: DeauthorizeConnectionRequest, in context: WriteContext) throws
        -> DeauthorizeConnectionResponse
    {
        var connection = try connection(input.name, for: "DeauthorizeConnection", in: context)
        let before = connection
        if connection.secret != nil {
            (connection.secret, connection.token, connection.tokenRequested) = (nil, nil, nil)
            connection.version += 1
            connection.state = .deauthorized
            // The text is recorded.
            connection.stateReason =
                "The authorization parameters were removed from this connection by a DeauthorizeConnection operation."
            connection.modified = context.now
            try connection.save(in: context)
            try context.record(.changed, connection.arn, operation: "DeauthorizeConnection")
            try connection.tell(.deauthorizationStarted, in: context)
            try connection.tellState(after: before.state, in: context)
            try ConnectionAuthorization.resumeDeliveries(with: connection, in: context)
        }
        return DeauthorizeConnectionResponse(
            connectionArn: connection.arn.description,
            connectionState: before.secret == nil ? .deauthorized : .deauthorizing, creationTime: connection.created,
            lastModifiedTime: before.modified, lastAuthorizedTime: connection.authorized)
    }

    /// The connection is gone at once; in AWS it is being deleted for some seconds.
    @Sendable static func deleteConnection(_ input: DeleteConnectionRequest, in context: WriteContext) throws
        -> DeleteConnectionResponse
    {
        let connection = try connection(input.name, for: "DeleteConnection", in: context)
        try connection.delete(in: context)
        try context.unschedule(ConnectionAuthorization.jobKind, subject: connection.arn.description)
        try context.record(.deleted, connection.arn, operation: "DeleteConnection")
        try connection.tell(.deletionStarted, in: context)
        try connection.tellDestinations(areActive: false, after: connection.state, in: context)
        try ConnectionAuthorization.resumeDeliveries(with: connection, in: context)
        // An active destination loses its connection's ARN; an inactive one keeps it (recorded behaviour).
        if connection.state == .authorized {
            for var destination in try StoredApiDestination.list(with: connection.arn, in: context) {
                destination.connection = nil
                destination.modified = context.now
                try destination.save(in: context)
            }
        }
        return DeleteConnectionResponse(
            connectionArn: connection.arn.description, connectionState: .deleting, creationTime: connection.created,
            lastModifiedTime: connection.modified, lastAuthorizedTime: connection.authorized)
    }

    @Sendable static func describeConnection(_ input: DescribeConnectionRequest, in context: ReadContext) throws
        -> DescribeConnectionResponse
    {
        let connection = try connection(input.name, for: "DescribeConnection", in: context)
        return DescribeConnectionResponse(
            connectionArn: connection.arn.description, name: connection.name, description: connection.description,
            connectionState: connection.state, stateReason: connection.stateReason,
            authorizationType: connection.type,
            secretArn: connection.secret == nil ? nil : connection.secretARN.description,
            kmsKeyIdentifier: connection.kmsKey,
            authParameters: ConnectionAuthResponseParameters(json: connection.secret?.shown ?? [:]),
            creationTime: connection.created, lastModifiedTime: connection.modified,
            lastAuthorizedTime: connection.authorized)
    }

    @Sendable static func listConnections(_ input: ListConnectionsRequest, in context: ReadContext) throws
        -> ListConnectionsResponse
    {
        context.access("events:ListConnections", on: "*")
        let limit = input.limit ?? pageLimit
        let connections = try StoredConnection.list(
            prefix: input.namePrefix ?? "", state: input.connectionState,
            after: try position(input.nextToken, "ListConnections", in: context), limit: limit + 1, in: context)
        let page = connections.prefix(limit)
        return ListConnectionsResponse(
            connections: page.map { connection in
                Connection(
                    connectionArn: connection.arn.description, name: connection.name,
                    connectionState: connection.state, stateReason: connection.stateReason,
                    authorizationType: connection.type, creationTime: connection.created,
                    lastModifiedTime: connection.modified, lastAuthorizedTime: connection.authorized)
            },
            nextToken: connections.count > limit
                ? context.token(for: page.last?.name ?? "", purpose: "ListConnections") : nil)
    }

    private static func connection(_ name: String, for action: String, in context: ReadContext) throws
        -> StoredConnection
    {
        guard let connection = try StoredConnection.find(name, in: context) else {
            // "describe" whatever the operation is (recorded behaviour).
            throw AWSError.notFound(
                "Failed to describe the connection(s). Connection '\(name)' does not exist.")
        }
        context.access("events:\(action)", on: connection.arn.description)
        return connection
    }

    private static func noteUnenforced(_ input: JSON, in context: WriteContext) throws {
        if input["KmsKeyIdentifier"]?.string != nil {
            try context.notEnforced("KmsKeyIdentifier", reason: "secrets are sealed with a key of the store's")
        }
        if input["InvocationConnectivityParameters"]?.object != nil
            || input["AuthParameters"]?["ConnectivityParameters"]?.object != nil
        {
            try context.notEnforced("ConnectivityParameters", reason: "every API is called as a public one")
        }
    }
}
