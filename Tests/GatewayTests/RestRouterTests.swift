import HTTP
import JSON
import Kernel
import Model
import SSM
import Scheduler
import Testing

@testable import Gateway

@Suite struct RestRouterTests {
    private let router = Router(services: [SSM.service, Scheduler.service])

    private func request(
        _ method: String, _ path: String, query: String? = nil, service: String? = "scheduler", body: String = ""
    ) -> Request {
        Request(
            method: method, path: path, query: query,
            headers: service.map { .signed("222222222222", region: "eu-west-1", service: $0) } ?? [:],
            body: Array(body.utf8))
    }

    @Test func methodAndPathOfASignedRequestNameTheOperation() throws {
        let call = try #require(
            router.call(request("POST", "/schedules/a", body: #"{"ScheduleExpression":"rate(1 hour)"}"#)))
        #expect(call.service.model.name == "scheduler" && call.operation == "CreateSchedule")
        #expect(call.account == "222222222222" && call.region == "eu-west-1")
        let shape = call.service.model.api.operations[call.operation]?.input
        #expect(try call.input(shape) == ["ScheduleExpression": "rate(1 hour)", "Name": "a"])
    }

    @Test func theQueryIsPartOfTheInput() throws {
        let call = try #require(
            router.call(request("GET", "/schedules", query: "ScheduleGroup=g&MaxResults=2&State=ENABLED")))
        let shape = call.service.model.api.operations["ListSchedules"]?.input
        #expect(try call.input(shape) == ["GroupName": "g", "MaxResults": 2, "State": "ENABLED"])
    }

    @Test(arguments: [("GET", "/nothing"), ("PATCH", "/schedules/a"), ("DELETE", "/schedules")])
    func aPathThatTheServiceDoesNotHaveIsNoOperation(method: String, path: String) {
        let response = router.rejection(request(method, path))
        #expect(response?.status == 404 && response?.text == "<UnknownOperationException/>\n")
    }

    @Test func aRequestSignedForAnotherServiceIsNone() {
        #expect(router.call(request("GET", "/schedules", service: "ssm")) == nil)
    }

    @Test func anUnsignedRequestIsFoundByItsPath() {
        #expect(router.call(request("GET", "/schedule-groups/a", service: nil))?.operation == "GetScheduleGroup")
        let arn = "arn%3Aaws%3Ascheduler%3Aus-east-1%3A222222222222%3Aschedule-group%2Fa"
        #expect(router.call(request("GET", "/tags/\(arn)", service: nil))?.operation == "ListTagsForResource")
        #expect(router.call(request("GET", "/tags/arn%3Aaws%3Apipes%3A%3A%3Ax", service: nil)) == nil)
    }

    @Test func plainJSONAndPagesKeepTheirPaths() {
        let curl = router.call(request("POST", "/scheduler/CreateSchedule", service: nil, body: "{}"))
        #expect(curl?.operation == "CreateSchedule")
        let signed = router.call(request("POST", "/scheduler/GetSchedule", body: "{}"))
        #expect(signed?.operation == "GetSchedule")
        guard case .page("/scheduler") = router.route(request("GET", "/scheduler", service: nil)) else {
            Issue.record("GET /scheduler is no page")
            return
        }
    }
}
