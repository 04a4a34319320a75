import JSON
import Kernel
import Model

/// What CreateSchedule and UpdateSchedule are given, checked and with AWS's defaults, as GetSchedule shows it.
struct ScheduleSettings {
    /// Members of CreateScheduleInput.
    let json: JSON
    let timing: Timing

    /// - Parameter earlier: of the schedule that is updated.
    init(_ json: JSON, earlier: ScheduleSettings? = nil, in context: ReadContext) throws {
        let input = CreateScheduleInput(json: json)
        timing = try Timing(input)
        try Self.check(input.flexibleTimeWindow)
        try Self.checkDates(timing, earlier: earlier?.timing, now: context.now)
        try TargetCheck.check(input.target, in: context)
        self.json = Self.withDefaults(input)
    }

    /// What was checked when it was stored.
    init(stored json: JSON) throws {
        self.json = json
        timing = try Timing(CreateScheduleInput(json: json))
    }

    var input: CreateScheduleInput { CreateScheduleInput(json: json) }
    var target: Target { input.target }
    var isEnabled: Bool { input.state != .disabled }

    /// Texts recorded from AWS.
    private static func check(_ window: FlexibleTimeWindow) throws(AWSError) {
        switch (window.mode, window.maximumWindowInMinutes) {
        case (.off, .some):
            throw .validation(
                "MaximumWindowInMinutes must not be provided when FlexibleTimeWindowMode is set to OFF.")
        case (.flexible, nil):
            throw .validation(
                "MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEXIBLE.")
        default: break
        }
    }

    /// Texts recorded from AWS. An update may repeat a start date that has passed meanwhile.
    private static func checkDates(_ timing: Timing, earlier: Timing?, now: Timestamp) throws(AWSError) {
        guard let start = timing.start else { return }
        if start != earlier?.start, start < now.adding(seconds: -5 * 60) {
            throw .validation("The StartDate you specify cannot be earlier than 5 minutes ago.")
        }
        if let end = timing.end, start >= end {
            throw .validation("The StartDate you specify must come before the EndDate.")
        }
    }

    /// Source: GetSchedule of schedules that were made with nothing but what is required, recorded from AWS.
    private static func withDefaults(_ input: CreateScheduleInput) -> JSON {
        var object = input.json.object ?? JSONObject()
        object["ClientToken"] = nil
        object["GroupName"] = .string(input.groupName ?? StoredGroup.defaultName)
        object["State"] = (input.state ?? .enabled).json
        object["ScheduleExpressionTimezone"] = .string(input.scheduleExpressionTimezone ?? "UTC")
        object["ActionAfterCompletion"] = (input.actionAfterCompletion ?? .none).json
        object["StartDate"] = input.startDate?.json
        object["EndDate"] = input.endDate?.json
        var target = input.target.json.object ?? JSONObject()
        let policy = input.target.retryPolicy
        target["RetryPolicy"] = .object([
            "MaximumEventAgeInSeconds": .number(policy?.maximumEventAgeInSeconds ?? 86_400),
            "MaximumRetryAttempts": .number(policy?.maximumRetryAttempts ?? 185),
        ])
        object["Target"] = .object(target)
        return .object(object)
    }
}
