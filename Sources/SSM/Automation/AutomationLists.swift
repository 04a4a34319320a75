import JSON
import Kernel
import Model

extension SSM {
    private static let executionPage = 50
    private static let stepPage = 50
    /// Executions that are looked at in one reading.
    private static let executionsAtATime = 100

    @Sendable static func describeAutomationExecutions(
        _ input: DescribeAutomationExecutionsRequest, in context: ReadContext
    ) throws -> DescribeAutomationExecutionsResult {
        context.access("ssm:DescribeAutomationExecutions", on: "*")
        let filters = input.filters ?? []
        let limit = input.maxResults ?? executionPage
        var number =
            try position(in: input.nextToken, purpose: "DescribeAutomationExecutions", context).flatMap(Int.init)
            ?? .max
        var found: [StoredExecution] = []
        while found.count <= limit {
            let some = try StoredExecution.list(before: number, limit: executionsAtATime, in: context)
            found += try some.filter { execution in
                try filters.allSatisfy { try matches(execution, $0, in: context) }
            }
            guard some.count == executionsAtATime, let last = some.last else { break }
            number = last.number
        }
        let page = found.prefix(limit)
        return DescribeAutomationExecutionsResult(
            automationExecutionMetadataList: try page.map { execution in
                var shown = try AutomationShown.members(of: execution, in: context)
                shown["AutomationType"] = "Local"
                shown["LogFile"] = ""
                return AutomationExecutionMetadata(json: .object(shown))
            },
            nextToken: found.count > limit
                ? page.last.map { context.token(for: "\($0.number)", purpose: "DescribeAutomationExecutions") } : nil)
    }

    private static func matches(
        _ execution: StoredExecution, _ filter: AutomationExecutionFilter, in context: ReadContext
    ) throws -> Bool {
        let values = filter.values
        switch filter.key {
        case .documentNamePrefix: return values.contains { execution.document.hasPrefix($0) }
        case .executionStatus:
            for value in values where AutomationExecutionStatus(rawValue: value) == nil { throw invalidValue(value) }
            return values.contains(execution.status.rawValue)
        case .executionId: return values.contains(execution.id)
        case .parentExecutionId: return values.contains { $0 == execution.parent }
        case .currentAction:
            let step = try execution.state.current.flatMap { try StoredStep.find($0, of: execution.id, in: context) }
            return values.contains { $0 == step?.action }
        case .startTimeBefore: return try moments(values).contains { execution.started <= $0 }
        case .startTimeAfter: return try moments(values).contains { execution.started >= $0 }
        case .automationType: return values.contains("Local")
        case .tagKey:
            let tags = try context.tags(of: StoredExecution.arn(execution.id, in: context))
            return tags.contains { values.contains($0.key) }
        // What these name is in no execution here.
        case .targetResourceGroup, .automationSubtype, .opsItemId: return false
        }
    }

    private static func moments(_ texts: [String]) throws -> [Timestamp] {
        try texts.map { text in
            guard let moment = Timestamp(iso8601: text) ?? Int64(text).map({ Timestamp(milliseconds: $0 * 1000) })
            else {
                throw invalidValue(text)
            }
            return moment
        }
    }

    private static func invalidValue(_ value: String) -> AWSError {
        AWSError("InvalidFilterValue", "The filter value isn't valid. Verify the value and try again.")
    }

    @Sendable static func describeAutomationStepExecutions(
        _ input: DescribeAutomationStepExecutionsRequest, in context: ReadContext
    ) throws -> DescribeAutomationStepExecutionsResult {
        let execution = try execution(input.automationExecutionId, in: context)
        context.access(
            "ssm:DescribeAutomationStepExecutions", on: StoredExecution.arn(execution.id, in: context).description)
        let purpose = "DescribeAutomationStepExecutions \(execution.id)"
        let start = try position(in: input.nextToken, purpose: purpose, context).flatMap(Int.init) ?? 0
        let limit = input.maxResults ?? stepPage
        var steps = try StoredStep.list(of: execution.id, limit: .max, in: context)
        for filter in input.filters ?? [] { steps = try steps.filter { try matches($0, filter) } }
        if input.reverseOrder == true { steps.reverse() }
        let page = steps.dropFirst(start).prefix(limit)
        return DescribeAutomationStepExecutionsResult(
            stepExecutions: page.map { StepExecution(json: $0.json) },
            nextToken: steps.count > start + limit ? context.token(for: "\(start + limit)", purpose: purpose) : nil)
    }

    private static func matches(_ step: StoredStep, _ filter: StepExecutionFilter) throws -> Bool {
        let values = filter.values
        let parent = step.facts["parentStep"]
        switch filter.key {
        case .startTimeBefore: return try moments(values).contains { time in step.started.map { $0 <= time } ?? false }
        case .startTimeAfter: return try moments(values).contains { time in step.started.map { $0 >= time } ?? false }
        case .stepExecutionStatus: return values.contains(step.status.rawValue)
        case .stepExecutionId: return values.contains(step.id)
        case .stepName: return values.contains(step.name)
        case .action: return values.contains(step.action)
        case .parentStepExecutionId: return values.contains { $0 == parent?["StepExecutionId"]?.string }
        case .parentStepIteration: return values.contains { Int($0) == parent?["Iteration"]?.int }
        case .parentStepIteratorValue: return values.contains { $0 == parent?["IteratorValue"]?.string }
        }
    }
}
