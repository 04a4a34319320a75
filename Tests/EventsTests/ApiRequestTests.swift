import JSON
import Kernel
import Testing

@testable import Events

@Suite struct ApiRequestTests {
    private func request(_ secret: String, input: String = #"{"a":1}"#) throws -> ApiRequest {
        ApiRequest(
            endpoint: "https://example.com/x", method: "POST", secret: try ConnectionSecret(parsing: secret),
            input: input)
    }

    private let basic =
        #"{"username":"u","password":"secret","invocation_http_parameters":{"header_parameters":["#
        + #"{"key":"X-One","value":"hidden","is_value_secret":true},{"key":"Host","value":"h","is_value_secret":false}],"#
        + #""query_string_parameters":[{"key":"k","value":"hid/den","is_value_secret":true}],"#
        + #""body_parameters":[{"key":"pin","value":"hidden","is_value_secret":true}]}}"#

    @Test func theConnectionAddsHeadersQueryAndBody() throws {
        let web = try request(basic).web()
        #expect(web.url == "https://example.com/x?k=hid%2Fden" && web.timeoutSeconds == 5)
        #expect(web.body == #"{"a":1,"pin":"hidden"}"#)
        let headers = HeaderFields(web.headers.map { ($0.name, $0.value) })
        #expect(headers["x-one"] == "hidden" && headers["authorization"] == "Basic dTpzZWNyZXQ=")
        #expect(headers["host"] == nil && headers["content-type"] == "application/json; charset=utf-8")
    }

    @Test func peopleSeeNoSecret() throws {
        let web = try request(basic).web(isMasked: true)
        #expect(web.url == "https://example.com/x?k=****" && web.body == #"{"a":1,"pin":"****"}"#)
        let headers = HeaderFields(web.headers.map { ($0.name, $0.value) })
        #expect(headers["x-one"] == "****" && headers["authorization"] == "Basic ****")
        #expect(ApiDelivery.masked("hid%2Fden secret u", try request(basic).secret.values) == "**** **** u")
    }

    @Test(arguments: ["text", #""text""#, "[1]", "7"])
    func bodyParametersNeedAnObject(input: String) throws {
        let request = try request(basic, input: input)
        #expect(throws: DeliveryFailure.self) { try request.web() }
    }

    @Test func withoutInputTheParametersAreTheBody() throws {
        #expect(try request(basic, input: "").web().body == #"{"pin":"hidden"}"#)
        #expect(try request(#"{"api_key_name":"K","api_key_value":"v"}"#, input: "text").web().body == "text")
    }
}
