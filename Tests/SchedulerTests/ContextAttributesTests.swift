import JSON
import Model
import Testing

@testable import Scheduler

@Suite struct ContextAttributesTests {
    private let attributes = ContextAttributes(
        [
            "schedule": "arn:aws:scheduler:us-east-1:111111111111:schedule/default/s", "time": "2030-01-01T00:00:00Z",
            "executionId": "d32c5cddcf5bb8c3",
        ], attempt: 2)

    @Test func keywordsAreFilledIn() {
        let input =
            "<aws.scheduler.scheduled-time> <aws.scheduler.execution-id>, <aws.scheduler.attempt-number> of "
            + "<aws.scheduler.schedule-arn><aws.scheduler.attempt-number> <aws.scheduler.other>"
        #expect(
            attributes.filled(input)
                == "2030-01-01T00:00:00Z d32c5cddcf5bb8c3, 2 of "
                + "arn:aws:scheduler:us-east-1:111111111111:schedule/default/s2 <aws.scheduler.other>")
        #expect(attributes.filled("plain") == "plain")
    }

    @Test func theNotificationNamesTheSchedule() throws {
        let json = try JSON(parsing: attributes.notification)
        #expect(json["account"] == "111111111111" && json["region"] == "us-east-1" && json["detail"] == "{}")
    }
}
