import JSON
import Model

/// What a connection signs requests with.
struct ConnectionSecret: Sendable, Equatable {
    enum Authorization: Sendable, Equatable {
        case basic(username: String, password: String)
        case apiKey(name: String, value: String)
        case oauth(OAuthClient)
    }

    var authorization: Authorization
    /// What every request gets besides.
    var invocation: ConnectionParameters?

    var oauth: OAuthClient? {
        if case .oauth(let client) = authorization { return client }
        return nil
    }

    /// What nobody is to see.
    var values: [String] {
        var values: [String] =
            switch authorization {
            case .basic(let username, let password): [password, Base64.encode(Array("\(username):\(password)".utf8))]
            case .apiKey(_, let value): [value]
            case .oauth(let client): [client.secret] + (client.parameters?.secrets ?? [])
            }
        values += invocation?.secrets ?? []
        return values
    }

    // MARK: As Secrets Manager keeps it (recorded behaviour)

    var json: JSON {
        var json: JSONObject =
            switch authorization {
            case .basic(let username, let password):
                JSONObject([("username", .string(username)), ("password", .string(password))])
            case .apiKey(let name, let value):
                JSONObject([("api_key_name", .string(name)), ("api_key_value", .string(value))])
            case .oauth(let client):
                JSONObject([
                    ("client_id", .string(client.id)), ("client_secret", .string(client.secret)),
                    ("authorization_endpoint", .string(client.endpoint)), ("http_method", .string(client.method)),
                ])
            }
        json["oauth_http_parameters"] = oauth?.parameters?.json
        json["invocation_http_parameters"] = invocation?.json
        return .object(json)
    }

    init(parsing document: String) throws {
        let json = try JSON(parsing: document)
        func text(_ name: String) -> String { json[name]?.string ?? "" }
        if json["username"] != nil {
            authorization = .basic(username: text("username"), password: text("password"))
        } else if json["api_key_name"] != nil {
            authorization = .apiKey(name: text("api_key_name"), value: text("api_key_value"))
        } else {
            authorization = .oauth(
                OAuthClient(
                    id: text("client_id"), secret: text("client_secret"), endpoint: text("authorization_endpoint"),
                    method: text("http_method"),
                    parameters: json["oauth_http_parameters"].map { ConnectionParameters(json: $0) }))
        }
        invocation = json["invocation_http_parameters"].map { ConnectionParameters(json: $0) }
    }

    // MARK: As requests give it

    /// - Parameters:
    ///   - request: `AuthParameters` of CreateConnection or UpdateConnection.
    ///   - old: what is kept where the request says nothing.
    ///   - action: for the texts of errors.
    init(
        _ type: ConnectionAuthorizationType, request: JSON, updating old: ConnectionSecret? = nil, action: String
    ) throws {
        let blockName =
            switch type {
            case .basic: "BasicAuthParameters"
            case .apiKEY: "ApiKeyAuthParameters"
            case .oauthCLIENTCREDENTIALS: "OAuthParameters"
            }
        let missing = AWSError.validation(
            "Failed to \(action) the connection(s). Parameter \(blockName) is not valid. "
                + "Reason: Missing required field(s)")
        guard let block = request[blockName], block.object != nil else { throw missing }
        func text(_ name: String, of block: JSON?, or old: String?) throws -> String {
            guard let text = block?[name]?.string ?? old else { throw missing }
            return text
        }
        switch type {
        case .basic:
            var (username, password): (String?, String?)
            if case .basic(let oldName, let oldPassword) = old?.authorization {
                (username, password) = (oldName, oldPassword)
            }
            authorization = .basic(
                username: try text("Username", of: block, or: username),
                password: try text("Password", of: block, or: password))
        case .apiKEY:
            var (name, value): (String?, String?)
            if case .apiKey(let oldName, let oldValue) = old?.authorization { (name, value) = (oldName, oldValue) }
            authorization = .apiKey(
                name: try text("ApiKeyName", of: block, or: name), value: try text("ApiKeyValue", of: block, or: value))
        case .oauthCLIENTCREDENTIALS:
            let client = block["ClientParameters"]
            authorization = .oauth(
                OAuthClient(
                    id: try text("ClientID", of: client, or: old?.oauth?.id),
                    secret: try text("ClientSecret", of: client, or: old?.oauth?.secret),
                    endpoint: try text("AuthorizationEndpoint", of: block, or: old?.oauth?.endpoint),
                    method: try text("HttpMethod", of: block, or: old?.oauth?.method),
                    parameters: ConnectionParameters(
                        request: block["OAuthHttpParameters"], updating: old?.oauth?.parameters)))
        }
        invocation = ConnectionParameters(request: request["InvocationHttpParameters"], updating: old?.invocation)
        if let endpoint = oauth?.endpoint, !ApiEndpoint.isAccepted(endpoint) {
            throw AWSError.validation(
                "Failed to \(action) the connection(s). Parameter AuthorizationEndpoint is not valid. "
                    + "Reason: Endpoint '\(endpoint)' is invalid, please provide a valid HTTPS endpoint URL.")
        }
    }

    /// `AuthParameters` of DescribeConnection, without secrets.
    var shown: JSON {
        var json = JSONObject()
        switch authorization {
        case .basic(let username, _): json["BasicAuthParameters"] = .object(["Username": .string(username)])
        case .apiKey(let name, _): json["ApiKeyAuthParameters"] = .object(["ApiKeyName": .string(name)])
        case .oauth(let client):
            json["OAuthParameters"] = .object([
                "ClientParameters": .object(["ClientID": .string(client.id)]),
                "AuthorizationEndpoint": .string(client.endpoint), "HttpMethod": .string(client.method),
                "OAuthHttpParameters": client.parameters?.shown,
            ])
        }
        json["InvocationHttpParameters"] = invocation?.shown
        return .object(json)
    }
}

/// How a connection gets its tokens.
struct OAuthClient: Sendable, Equatable {
    let id: String
    let secret: String
    let endpoint: String
    let method: String
    let parameters: ConnectionParameters?
}
