import HTTP
import JSON
import Model
import Testing

@testable import Wire

@Suite struct RestRouteTests {
    @Test(arguments: [
        ("GET", "/things", "", "ListThings"), ("GET", "/things/", "", "ListThings"),
        ("GET", "/things/a%2Fb", "", "GetThing"), ("PUT", "/things/a", "", "PutThing"),
        ("GET", "/things/newest", "", "GetNewest"),
        ("POST", "/things", "mode=import&x=1", "ImportThings"), ("POST", "/things", "mode=export", "CreateThing"),
        ("GET", "/files/1/a/b.txt", "", "GetFile"), ("GET", "/tags/arn%3Aaws%3Athings", "", "ListTags"),
    ])
    func methodAndPathNameTheOperation(method: String, path: String, query: String, operation: String) throws {
        #expect(try read(method, path, query: query)?.operation == operation)
    }

    @Test(arguments: [
        ("DELETE", "/things/a"), ("GET", "/things/a/b"), ("GET", "/other"), ("GET", "/"), ("GET", "/files/1"),
        ("GET", "/files/1/"), ("GET", "/things//"),
    ])
    func otherPathsAreNone(method: String, path: String) throws { #expect(try read(method, path) == nil) }

    @Test func labelsAreDecodedOnce() throws {
        #expect(try read("GET", "/things/a%2Fb%2520+%C3%A9")?.input == ["Id": "a/b%20+é"])
        #expect(try read("GET", "/files/b-1/a%20b/c%2Bd//e")?.input == ["Id": "b-1", "Path": "a b/c+d//e"])
        #expect(throws: AWSError.serialization()) { try read("GET", "/things/%ff") }
    }

    @Test(arguments: ["arn%3Aaws%3Ax%3A%3A%3Agroup%2Fa", "arn:aws:x:::group/a"])
    func anARNMayBeEncodedOrNot(arn: String) throws {
        #expect(try read("GET", "/tags/\(arn)")?.input == ["ResourceArn": "arn:aws:x:::group/a"])
    }
}

@Suite struct RestInputTests {
    @Test func theQueryIsReadByTheTypesOfTheModel() throws {
        let input = try read(
            "GET", "/things", query: "limit=5&all=true&name=a&name=b%20c&since=2030-01-01T00%3A00%3A00Z&x=1&x=2")?.input
        #expect(
            input == [
                "Limit": 5, "All": true, "Names": ["a", "b c"], "Since": "2030-01-01T00:00:00Z",
                "Rest": ["x": ["1", "2"]],
            ])
    }

    @Test func whatIsOfAnotherTypeIsLeftToTheValidator() throws {
        #expect(try read("GET", "/things", query: "limit=many&all=1")?.input["Limit"] == "many")
        #expect(try read("GET", "/things", query: "all=1")?.input["All"] == "1")
    }

    @Test func headersAndBodyAreOneInput() throws {
        let input = try read(
            "PUT", "/things/7",
            headers: [
                ("X-Kind", "round"), ("x-labels", #"a, "b,c", d"#), ("x-meta-Color", "red"),
                ("if-unmodified-since", "Tue, 29 Apr 2014 18:30:38 GMT"),
            ], body: #"{"inner":{"size":3,"unknown":1},"Tags":{"a":"b"},"Id":"8","Kind":"flat"}"#)?.input
        #expect(
            input == [
                "Id": "7", "Kind": "round", "Before": 1_398_796_238, "Labels": ["a", "b,c", "d"],
                "Meta": ["Color": "red"], "Inner": ["Size": 3], "Tags": ["a": "b"],
            ])
    }

    @Test(arguments: ["{", "[]", "null", "'a'", "{} x"]) func theBodyMustBeAnObject(body: String) {
        #expect(throws: AWSError.serialization()) { try read("PUT", "/things/7", body: body) }
    }

    @Test func anEmptyBodyIsNoMembers() throws { #expect(try read("PUT", "/things/7")?.input == ["Id": "7"]) }

    @Test func aPayloadIsTheBodyItself() throws {
        #expect(try read("POST", "/things", query: "mode=import", body: "abc")?.input == ["Body": "YWJj"])
    }
}

@Suite struct RestOutputTests {
    private func answer(_ operation: String, _ output: JSON) throws -> Response {
        RestOutput.success(
            output, operation: try #require(things.api.operations[operation]), requestID: "request")
    }

    @Test func membersGoWhereTheModelHasThem() throws {
        let response = try answer(
            "GetThing",
            [
                "Kind": "round", "Changed": 1_398_796_238, "Labels": ["a", "b,c"], "Meta": ["color": "red"],
                "Code": 202, "Inner": ["Size": 3, "When": .number("1398796238.5"), "Then": 1_398_796_238],
            ])
        #expect(response.status == 202)
        #expect(response.headers["x-kind"] == "round")
        #expect(response.headers["last-modified"] == "Tue, 29 Apr 2014 18:30:38 GMT")
        #expect(response.headers["x-labels"] == #"a, "b,c""#)
        #expect(response.headers["x-meta-color"] == "red")
        #expect(response.headers["content-type"] == "application/json")
        #expect(response.headers["x-amzn-requestid"] == "request")
        #expect(
            try JSON(parsing: response.body) == [
                "inner": ["size": 3, "When": "2014-04-29T18:30:38.500Z", "Then": 1_398_796_238]
            ])
    }

    @Test func theStatusIsTheModels() throws {
        let response = try answer("GetThing", [:])
        #expect(response.status == 203 && String(decoding: response.body, as: UTF8.self) == "{}")
    }

    @Test func aBlobIsSentAsItIs() throws {
        let response = try answer("CreateThing", ["Body": "YWJj"])
        #expect(String(decoding: response.body, as: UTF8.self) == "abc" && response.headers["content-type"] == nil)
    }

    @Test func withoutAnOutputTheBodyIsEmpty() throws {
        #expect(try answer("GetNewest", [:]).body.isEmpty)
    }

    @Test func anErrorIsNamedInAHeader() throws {
        let error = AWSError("ConflictException", "No.", fields: JSONObject([("Reason", "x")]))
        let response = RestOutput.failure(error, status: 409, messageMember: "Message", requestID: "request")
        #expect(response.status == 409 && response.headers["x-amzn-errortype"] == "ConflictException")
        #expect(try JSON(parsing: response.body) == ["Message": "No.", "Reason": "x"])
    }
}
