import JSON
import Testing

@testable import Events

@Suite struct ConnectionSecretTests {
    /// As AWS was seen to keep them.
    @Test(arguments: [
        (
            ConnectionAuthorizationType.basic,
            #"{"BasicAuthParameters":{"Username":"user","Password":"pass"},"InvocationHttpParameters":{}}"#,
            #"{"username":"user","password":"pass","invocation_http_parameters":{}}"#
        ),
        (
            .apiKEY, #"{"ApiKeyAuthParameters":{"ApiKeyName":"ApiKey","ApiKeyValue":"secret"}}"#,
            #"{"api_key_name":"ApiKey","api_key_value":"secret"}"#
        ),
        (
            .oauthCLIENTCREDENTIALS,
            #"{"OAuthParameters":{"AuthorizationEndpoint":"https://example.com/oauth","HttpMethod":"POST","#
                + #""ClientParameters":{"ClientID":"client_id","ClientSecret":"client_secret"}}}"#,
            #"{"client_id":"client_id","client_secret":"client_secret","#
                + #""authorization_endpoint":"https://example.com/oauth","http_method":"POST"}"#
        ),
    ])
    func secretsAreKeptAsSecretsManagerShowsThem(
        type: ConnectionAuthorizationType, request: String, expected: String
    ) throws {
        let secret = try ConnectionSecret(type, request: try JSON(parsing: request), action: "create")
        #expect(secret.json.description == expected)
        #expect(try ConnectionSecret(parsing: expected) == secret)
    }

    @Test func anUpdateKeepsValuesThatItGivesNoNewOnesFor() throws {
        let old = try ConnectionParameters(
            request: JSON(parsing: #"{"HeaderParameters":[{"Key":"a","Value":"1","IsValueSecret":true}]}"#),
            updating: nil)
        let new = try ConnectionParameters(
            request: JSON(parsing: #"{"HeaderParameters":[{"Key":"a"},{"Key":"b","Value":"2"}]}"#), updating: old)
        #expect(new?.headers?.map(\.value) == ["1", "2"] && new?.query == nil)
        #expect(ConnectionParameters(request: nil, updating: old) == old)
    }
}
