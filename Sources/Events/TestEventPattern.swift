import EventPattern
import JSON
import Kernel
import Model

extension Events {
    private static let mandatory = ["id", "account", "source", "time", "region", "resources", "detail-type"]

    @Sendable static func testEventPattern(_ input: TestEventPatternRequest, in context: ReadContext) throws
        -> TestEventPatternResponse
    {
        context.access("events:TestEventPattern", on: "*")
        guard let event = try? JSON(parsing: input.event), let object = event.object,
            mandatory.allSatisfy({ object[$0] != nil })
        else { throw AWSError.validation("Parameter Event is not valid.") }
        return TestEventPatternResponse(result: try parsed(input.eventPattern).matches(event))
    }
}
