import HTTP
import JSON
import Kernel
import Model
import Testing

@testable import Gateway

@Suite struct RouterTests {
    // MARK: Services and operations

    @Test func theTargetNamesServiceAndOperation() {
        let call = router.call(.target("AmazonSSM.GetParameter"))
        #expect(call?.service.model.name == "ssm" && call?.operation == "GetParameter")
    }

    @Test func theTargetCountsMoreThanTheSignature() {
        let call = router.call(.target("AmazonSSM.GetParameter", "{}", .signed(service: "sts")))
        #expect(call?.service.model.name == "ssm")
    }

    @Test(arguments: ["AmazonSQS.SendMessage", "AmazonSSMX.GetParameter", "GetParameter", "", "."])
    func aTargetOfAnotherServiceIsAnUnknownOperation(target: String) {
        let response = router.rejection(.target(target))
        #expect(response?.status == 400 && response?.text == #"{"__type":"UnknownOperationException"}"#)
    }

    @Test func theActionAndItsVersionNameTheOperation() {
        let call = router.call(.form("Action=GetCallerIdentity&Version=2011-06-15"))
        #expect(call?.service.model.name == "sts" && call?.operation == "GetCallerIdentity")
    }

    @Test func theActionMayStandInTheQueryString() {
        let query =
            "Action=GetCallerIdentity&Version=2011-06-15"
            + "&X-Amz-Credential=222222222222%2F20300101%2Feu-west-1%2Fsts%2Faws4_request"
        let call = router.call(Request(method: "GET", path: "/", query: query))
        #expect(call?.operation == "GetCallerIdentity")
        #expect(call?.account == "222222222222" && call?.region == "eu-west-1")
    }

    @Test func withoutAVersionTheActionIsFoundByItsName() {
        #expect(router.call(.form("Action=AssumeRole"))?.service.model.name == "sts")
        #expect(router.call(.form("Action=Nothing", .signed(service: "sts")))?.service.model.name == "sts")
    }

    @Test(arguments: [
        ("Action=ListUsers&Version=2010-05-08", "Could not find operation ListUsers for version 2010-05-08"),
        ("Action=ListUsers", "Could not find operation ListUsers for version NO_VERSION_SPECIFIED"),
    ])
    func anActionOfAnotherServiceIsInvalid(form: String, text: String) {
        let response = router.rejection(.form(form))
        #expect(response?.status == 400 && response?.headers["content-type"]?.hasPrefix("text/xml") == true)
        #expect(response?.text.contains("<Code>InvalidAction</Code><Message>\(text)</Message>") == true)
        #expect(response?.text.contains(#"xmlns="http://webservices.amazon.com/AWSFault/2005-15-09""#) == true)
    }

    private func service(
        _ name: String, version: String, _ wireProtocol: ServiceModel.WireProtocol, targetPrefix: String? = nil
    ) -> Service {
        let model = ServiceModel(
            name: name, title: name, apiVersion: version, wireProtocol: wireProtocol, targetPrefix: targetPrefix,
            signingName: name, xmlNamespace: nil, isQueryCompatible: false,
            text: #"{"operations":{"AddPermission":{}},"shapes":{}}"#)
        return Service(model: model, operations: [])
    }

    @Test func aTargetMayHaveDotsOfItsOwn() {
        let prefix = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"
        let trail = service("cloudtrail", version: "2013-11-01", .awsJson(version: "1.1"), targetPrefix: prefix)
        let call = Router(services: [trail]).call(.target("\(prefix).CreateTrail"))
        #expect(call?.service.model.name == "cloudtrail" && call?.operation == "CreateTrail")
    }

    /// SNS and SQS have actions of the same name.
    @Test func servicesWithTheSameActionAreToldApart() {
        let router = Router(services: [
            service("sns", version: "2010-03-31", .query), service("sqs", version: "2012-11-05", .query),
        ])
        for (version, name) in [("2010-03-31", "sns"), ("2012-11-05", "sqs")] {
            let byVersion = router.call(.form("Action=AddPermission&Version=\(version)"))
            #expect(byVersion?.service.model.name == name)
            let byScope = router.call(.form("Action=AddPermission", .signed(service: name)))
            #expect(byScope?.service.model.name == name)
        }
    }

    @Test func aPathNamesServiceAndOperation() {
        let call = router.call(.curl("/sts/GetCallerIdentity"))
        #expect(call?.service.model.name == "sts" && call?.operation == "GetCallerIdentity")
    }

    @Test(arguments: ["/", "/nothing/here", "/ssm", "/ssm/GetParameter/more"])
    func aPostThatNamesNoOperationIsNotFound(path: String) {
        let response = router.rejection(.curl(path))
        #expect(response?.status == 404)
        #expect(response?.text.contains("<UnknownOperationException/>") == true)
    }

    @Test(arguments: ["Action=%", "Action=GetCallerIdentity&Version=%zz", "Action=%ff"])
    func brokenEscapesMakeAQueryMalformed(form: String) {
        #expect(router.rejection(.form(form))?.text.contains("<Code>MalformedQueryString</Code>") == true)
        let link = Request(method: "GET", path: "/", query: form)
        #expect(router.rejection(link)?.text.contains("<Code>MalformedQueryString</Code>") == true)
    }

    @Test(arguments: [("/", "/"), ("/ssm", "/ssm"), ("/%73sm", "/ssm"), ("/_windtunnel/health", "/_windtunnel/health")])
    func whatIsJustReadIsAPage(path: String, decoded: String) {
        for method in ["GET", "HEAD"] {
            guard case .page(let found) = router.route(Request(method: method, path: path)) else {
                Issue.record("\(method) \(path) is no page")
                continue
            }
            #expect(found == decoded)
        }
    }

    // MARK: Accounts and Regions

    @Test(arguments: ["ssm", "sts"]) func theCredentialNamesAccountAndRegion(service: String) {
        let headers = Headers.signed("222222222222", region: "eu-north-1", service: service)
        let requests: [Request] = [
            service == "ssm"
                ? .target("AmazonSSM.GetParameter", "{}", headers)
                : .form("Action=GetCallerIdentity&Version=2011-06-15", headers),
            .curl("/ssm/GetParameter", "{}", headers),
        ]
        for request in requests {
            let call = router.call(request)
            #expect(call?.account == "222222222222" && call?.region == "eu-north-1")
        }
    }

    @Test(arguments: ["test", "AKIAIOSFODNN7EXAMPLE", "1234", "1234567890123", "12345678901x"])
    func otherKeyIdsNameNoAccount(keyID: String) {
        let call = router.call(.target("AmazonSSM.GetParameter", "{}", .signed(keyID, service: "ssm")))
        #expect(call?.account == nil && call?.region == "us-east-1")
    }

    @Test func anUnsignedRequestNamesNeither() {
        let call = router.call(.target("AmazonSSM.GetParameter"))
        #expect(call != nil && call?.account == nil && call?.region == nil && call?.credential == nil)
    }

    @Test func peopleNameThemInHeadersWhichCountMoreThanACredential() {
        var headers = Headers.signed("222222222222", region: "eu-north-1", service: "ssm")
        headers.add("X-Account", "333333333333")
        headers.add("X-Region", "ap-east-1")
        let call = router.call(.curl("/ssm/GetParameter", "{}", headers))
        #expect(call?.account == "333333333333" && call?.region == "ap-east-1")
        let sdk = router.call(.target("AmazonSSM.GetParameter", "{}", headers))
        #expect(sdk?.account == "222222222222" && sdk?.region == "eu-north-1")
    }

    @Test(arguments: ["", "1", "12345678901x", "1234567890123", "１２３４５６７８９０１２"])
    func anAccountThatIsNoneIsRefused(account: String) throws {
        let response = try #require(router.rejection(.curl("/ssm/GetParameter", "{}", ["X-Account": account])))
        #expect(response.status == 400)
        #expect(try JSON(parsing: response.body)["error"] == "ValidationException")
    }

    @Test func aMediaTypeIsWrittenInAnyCase() {
        let request = Request(
            method: "POST", path: "/", headers: ["Content-Type": "Application/X-WWW-Form-Urlencoded"],
            body: Array("Action=GetCallerIdentity&Version=2011-06-15".utf8))
        #expect(router.call(request)?.operation == "GetCallerIdentity")
    }
}

@Suite struct CallInputTests {
    private func input(_ request: Request) throws -> JSON {
        let call = try #require(router.call(request))
        return try call.input(call.service.model.api.operations[call.operation]?.input)
    }

    @Test func anEmptyBodyIsAnEmptyObject() throws {
        #expect(try input(.target("AmazonSSM.DescribeParameters", "")) == [:])
        #expect(try input(.curl("/ssm/DescribeParameters", "")) == [:])
    }

    @Test(arguments: ["{", "[]", "null", "1", "{} x", "{'a':1}"]) func whatIsNoObjectCannotBeRead(body: String) {
        for request in [Request.target("AmazonSSM.GetParameter", body), .curl("/ssm/GetParameter", body)] {
            let error = #expect(throws: AWSError.self) { try input(request) }
            #expect(error?.code == "SerializationException")
        }
    }

    @Test func peopleAreToldWhereTheirJSONEnds() {
        let error = #expect(throws: AWSError.self) { try input(.curl("/ssm/GetParameter", #"{"Name":}"#)) }
        #expect(error?.message?.contains("at byte 8") == true)
    }

    @Test func aFormBecomesTheStructureOfTheModel() throws {
        let form =
            "Action=AssumeRole&Version=2011-06-15&RoleSessionName=a+b&DurationSeconds=900"
            + "&Tags.member.2.Key=second&Tags.member.2.Value="
            + "&Tags.member.1.Key=first&Tags.member.1.Value=%C3%A9&Unknown=1"
        #expect(
            try input(.form(form)) == [
                "RoleSessionName": "a b", "DurationSeconds": 900,
                "Tags": [["Key": "first", "Value": "é"], ["Key": "second", "Value": ""]],
            ])
    }
}
