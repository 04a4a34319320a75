import HTTP
import Testing

@testable import Gateway

@Suite struct CrossSitePolicyTests {
    private let policy = CrossSitePolicy(allowedOrigins: ["https://console.example"])

    private func verdict(
        _ headers: Headers, method: String = "POST", path: String = "/ssm/PutParameter"
    ) -> CrossSitePolicy.Verdict {
        policy.verdict(on: Request(method: method, path: path, headers: headers))
    }

    private func isAllowed(_ headers: Headers, method: String = "POST") -> Bool {
        if case .allowed = verdict(headers, method: method) { return true }
        return false
    }

    private func refusal(_ headers: Headers, method: String = "POST") -> Response? {
        if case .refused(let response) = verdict(headers, method: method) { return response }
        return nil
    }

    // MARK: Programs

    @Test(arguments: ["127.0.0.1:4566", "localhost:4566", "windtunnel:4566", "ssm.us-east-1.amazonaws.com", "10.0.0.7"])
    func aProgramMayUseAnyHostName(host: String) {
        #expect(isAllowed(["Host": host]))
        #expect(isAllowed(["Host": host, "User-Agent": "Boto3/1.43", "X-Amz-Target": "AmazonSSM.PutParameter"]))
        #expect(isAllowed(["Host": host, "Security-Note": "x", "Sec": "x"]))
    }

    // MARK: Browsers

    @Test(arguments: ["GET", "POST", "PUT", "HEAD", "OPTIONS"]) func aForeignPageIsRefused(method: String) {
        let headers: Headers = [
            "Host": "127.0.0.1:4566", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site",
            "Sec-Fetch-Mode": "no-cors",
        ]
        let response = refusal(headers, method: method)
        #expect(response?.status == 403)
        #expect(response?.text.contains("https://evil.example") == true)
        #expect(response?.text.contains("--allow-origin") == true)
        #expect(response?.headers["Access-Control-Allow-Origin"] == nil)
    }

    @Test(arguments: [
        "null", "https://evil.example", "http://127.0.0.1:3000", "http://localhost", "https://127.0.0.1:4566",
        "http://127.0.0.1:4566.evil.example", "https://console.example.evil.example", "https://console.example:8443",
        "http://console.example", "HTTPS://CONSOLE.EXAMPLE/",
    ])
    func everyOtherOriginIsForeign(origin: String) {
        #expect(refusal(["Host": "127.0.0.1:4566", "Origin": origin])?.status == 403)
    }

    /// Images, scripts and links of a page are asked for without an `Origin`.
    @Test(arguments: ["cross-site", "same-site"]) func soIsARequestThatNamesNoOriginButComesFromAPage(site: String) {
        #expect(refusal(["Host": "127.0.0.1:4566", "Sec-Fetch-Site": site], method: "GET")?.status == 403)
        #expect(refusal(["Host": "localhost", "Sec-Fetch-Mode": "no-cors"], method: "GET")?.status == 403)
    }

    @Test(arguments: ["127.0.0.1:4566", "localhost:4566", "[::1]:4566", "localhost"])
    func theServersOwnPageReachedByALoopbackNameIsAllowed(host: String) {
        #expect(isAllowed(["Host": host, "Origin": "http://\(host)", "Sec-Fetch-Site": "same-origin"]))
        #expect(isAllowed(["Host": host, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"], method: "GET"))
        #expect(isAllowed(["Host": host, "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"], method: "GET"))
    }

    /// To the browser, the page of a name that was rebound to 127.0.0.1 is of the server's own origin.
    @Test(arguments: [
        "evil.example", "evil.example:4566", "127.0.0.1.evil.example:4566", "localhost.evil.example", "localhostx:4566",
        "127.0.0.10:4566", "",
    ])
    func aReboundNameIsRefused(host: String) {
        let headers: Headers = ["Host": host, "Origin": "http://\(host)", "Sec-Fetch-Site": "same-origin"]
        #expect(refusal(headers)?.status == 403)
        #expect(refusal(["Host": host, "Sec-Fetch-Site": "same-origin"], method: "GET")?.status == 403)
        #expect(refusal(["Host": host, "Sec-Fetch-Site": "none"], method: "GET")?.status == 403)
    }

    // MARK: Allowed origins

    @Test func anAllowedOriginIsAnsweredWithItsHeaders() throws {
        let verdict = verdict(["Host": "windtunnel:4566", "Origin": "https://console.example"])
        guard case .allowed(let headers) = verdict else {
            Issue.record("an allowed origin was refused")
            return
        }
        #expect(headers.contains { $0 == ("Access-Control-Allow-Origin", "https://console.example") })
        #expect(headers.contains { $0 == ("Vary", "Origin") })
        let exposed = headers.first { $0.0 == "Access-Control-Expose-Headers" }?.1.lowercased() ?? ""
        for name in ["x-amzn-requestid", "x-amzn-errortype", "x-amz-crc32", "date"] { #expect(exposed.contains(name)) }
    }

    @Test func itsPreflightAllowsWhatAnSDKSends() {
        let asked = "authorization,content-type,x-amz-date,x-amz-target,x-amz-user-agent,amz-sdk-request"
        let headers: Headers = [
            "Host": "127.0.0.1:4566", "Origin": "https://console.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": asked, "Sec-Fetch-Site": "cross-site",
        ]
        guard case .preflight(let response) = verdict(headers, method: "OPTIONS", path: "/") else {
            Issue.record("the preflight was not answered")
            return
        }
        #expect(response.status == 204 && response.body.isEmpty)
        #expect(response.headers["Access-Control-Allow-Origin"] == "https://console.example")
        #expect(response.headers["Access-Control-Allow-Methods"]?.contains("POST") == true)
        #expect(response.headers["Access-Control-Allow-Headers"] == asked)
    }

    @Test func aForeignPreflightAllowsNothing() {
        let headers: Headers = [
            "Host": "127.0.0.1:4566", "Origin": "https://evil.example", "Access-Control-Request-Method": "POST",
        ]
        let response = refusal(headers, method: "OPTIONS")
        #expect(response?.status == 403 && response?.headers["Access-Control-Allow-Origin"] == nil)
    }
}
