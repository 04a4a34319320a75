import HTTP
import JSON
import Kernel
import Model
import Testing

@testable import Gateway

@Suite struct SurfaceTests {
    private static let requestID = "01234567-89ab-4cde-8f01-23456789abcd"

    private func success(_ request: Request, _ output: JSON) throws -> Response {
        let call = try #require(router.call(request))
        return call.surface.success(output, call, Self.requestID)
    }

    private func failure(_ request: Request, _ error: AWSError) throws -> Response {
        let call = try #require(router.call(request))
        return call.surface.failure(error, call, Self.requestID)
    }

    private func ssm(_ error: AWSError, of operation: String = "GetParameter") throws -> Response {
        try failure(.target("AmazonSSM.\(operation)"), error)
    }

    private func sts(_ error: AWSError, of operation: String = "AssumeRole") throws -> Response {
        try failure(.form("Action=\(operation)&Version=2011-06-15"), error)
    }

    // MARK: awsJson

    @Test(
        arguments: [
            ([:], "application/x-amz-json-1.1"),
            (["Content-Type": "application/x-amz-json-1.1"], "application/x-amz-json-1.1"),
            (["Content-Type": "application/x-amz-json-1.0"], "application/x-amz-json-1.0"),
            (["Content-Type": "application/json"], "application/x-amz-json-1.1"),
        ] as [(Headers, String)])
    func anAnswerIsOfTheContentTypeThatWasAsked(headers: Headers, type: String) throws {
        let response = try success(.target("AmazonSSM.PutParameter", "{}", headers), ["Version": 1])
        #expect(response.status == 200 && response.text == #"{"Version":1}"#)
        #expect(response.headers["Content-Type"] == type)
        #expect(response.headers["x-amzn-RequestId"] == Self.requestID)
    }

    @Test(arguments: [
        (AWSError("ParameterNotFound"), "GetParameter", 400, #"{"__type":"ParameterNotFound"}"#),
        (.validation("Text."), "GetParameter", 400, #"{"__type":"ValidationException","message":"Text."}"#),
        (
            AWSError("ParameterAlreadyExists", "Text."), "PutParameter", 400,
            #"{"__type":"ParameterAlreadyExists","message":"Text."}"#
        ),
        (
            AWSError("InvalidNextToken", "Text."), "GetParametersByPath", 400,
            #"{"__type":"InvalidNextToken","Message":"Text."}"#
        ),
        (
            AWSError("InvalidFilterValue", "Text."), "DescribeParameters", 400,
            #"{"__type":"InvalidFilterValue","Message":"Text."}"#
        ),
        (
            AWSError("InternalServerError", "Text."), "GetParameter", 500,
            #"{"__type":"InternalServerError","Message":"Text."}"#
        ),
        (
            AWSError("X", "Text.", fields: JSONObject([("Reason", "r")])), "GetParameter", 400,
            #"{"__type":"X","message":"Text.","Reason":"r"}"#
        ),
    ])
    func anErrorIsJSONWithItsMessageInTheMemberOfTheModel(
        error: AWSError, operation: String, status: Int, body: String
    ) throws {
        let response = try ssm(error, of: operation)
        #expect(response.status == status && response.text == body)
        #expect(response.headers["Content-Type"] == "application/x-amz-json-1.1")
        #expect(response.headers["x-amzn-RequestId"] == Self.requestID)
    }

    @Test(arguments: ["ListCommands", "NoSuchThing"]) func anUnknownOperationHasNoMessage(operation: String) throws {
        let response = try ssm(.unknownOperation, of: operation)
        #expect(response.status == 400 && response.text == #"{"__type":"UnknownOperationException"}"#)
    }

    // MARK: query

    @Test func anAnswerIsXMLInTheServicesNamespace() throws {
        let response = try success(
            .form("Action=GetCallerIdentity&Version=2011-06-15"), ["UserId": "A&B", "Account": "1", "Arn": "<arn>"])
        #expect(response.status == 200 && response.headers["Content-Type"]?.hasPrefix("text/xml") == true)
        #expect(response.headers["x-amzn-RequestId"] == Self.requestID)
        #expect(
            response.text == #"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">"#
                + "<GetCallerIdentityResult><UserId>A&amp;B</UserId><Account>1</Account><Arn>&lt;arn&gt;</Arn>"
                + "</GetCallerIdentityResult><ResponseMetadata><RequestId>\(Self.requestID)</RequestId>"
                + "</ResponseMetadata></GetCallerIdentityResponse>")
    }

    @Test func timesInXMLAreISO8601() throws {
        let response = try success(
            .form("Action=GetSessionToken&Version=2011-06-15"), ["Credentials": ["Expiration": 1_704_164_645]])
        #expect(response.text.contains("<Expiration>2024-01-02T03:04:05Z</Expiration>"))
    }

    @Test(arguments: [
        (AWSError.validation("T"), 400, "Sender", "ValidationError"),
        (.accessDenied("T"), 403, "Sender", "AccessDenied"),
        (AWSError("InvalidIdentityTokenException", "T"), 400, "Sender", "InvalidIdentityToken"),
        (AWSError("MalformedPolicyDocumentException", "T"), 400, "Sender", "MalformedPolicyDocument"),
        (AWSError("ExpiredTokenException", "T"), 400, "Sender", "ExpiredTokenException"),
        (AWSError("RegionDisabledException", "T"), 403, "Sender", "RegionDisabledException"),
        (AWSError("InvalidParameterValue", "T"), 400, "Sender", "InvalidParameterValue"),
        (AWSError("InternalFailure", "T", status: 500), 500, "Receiver", "InternalFailure"),
    ])
    func anErrorHasTheCodeOfTheQueryProtocol(error: AWSError, status: Int, type: String, code: String) throws {
        let response = try sts(error)
        #expect(response.status == status)
        #expect(
            response.text == #"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">"#
                + "<Error><Type>\(type)</Type><Code>\(code)</Code><Message>T</Message></Error>"
                + "<RequestId>\(Self.requestID)</RequestId></ErrorResponse>")
    }

    @Test func credentialsThatEndedAreExpiredInBothProtocols() throws {
        let query = try sts(.expiredToken)
        #expect(query.status == 403)
        #expect(
            query.text.contains(
                "<Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message>"))
        let json = try ssm(.expiredToken)
        #expect(json.status == 400)
        #expect(
            json.text
                == #"{"__type":"ExpiredTokenException","#
                + #""message":"The security token included in the request is expired"}"#
        )
    }

    @Test func anUnknownActionIsInvalid() throws {
        let response = try sts(.unknownOperation, of: "NoSuchThing")
        #expect(response.status == 400)
        #expect(
            response.text.contains(
                "<Code>InvalidAction</Code><Message>Could not find operation NoSuchThing for version "
                    + "2011-06-15</Message>"
            ))
        #expect(response.text.contains(#"xmlns="http://webservices.amazon.com/AWSFault/2005-15-09""#))
    }

    @Test func textsInXMLAreEscaped() throws {
        let response = try sts(.validation("a<b> & \"c\"\rd\u{1}"))
        #expect(response.text.contains("<Message>a&lt;b&gt; &amp; &quot;c&quot;&#xD;d\u{FFFD}</Message>"))
    }

    // MARK: curl

    @Test func peopleGetIndentedJSON() throws {
        let response = try success(.curl("/ssm/PutParameter"), ["Version": 1])
        #expect(response.text == "{\n  \"Version\": 1\n}\n")
        #expect(response.headers["Content-Type"] == "application/json")
    }

    @Test(arguments: [
        AWSError("ParameterNotFound"), .validation("Text."), .serialization(), .unknownOperation, AWSError("Other"),
    ])
    func everyErrorForPeopleHasAMessage(error: AWSError) throws {
        let body = try JSON(parsing: try failure(.curl("/ssm/GetParameter"), error).body)
        #expect(body["error"] == .string(error.code))
        #expect(body["message"]?.string?.isEmpty == false)
        if let message = error.message { #expect(body["message"] == .string(message)) }
    }

    @Test func peopleAreToldWhetherAnOperationIsUnknownOrJustNotServed() throws {
        let unserved = try JSON(parsing: try failure(.curl("/ssm/ListCommands"), .unknownOperation).body)
        #expect(unserved["message"] == "ListCommands is not served by Windtunnel yet.")
        let unknown = try JSON(parsing: try failure(.curl("/ssm/NoSuchThing"), .unknownOperation).body)
        #expect(unknown["message"]?.string?.contains("has no operation NoSuchThing") == true)
        #expect(unknown["hint"]?.string?.contains("/ssm") == true)
    }
}
