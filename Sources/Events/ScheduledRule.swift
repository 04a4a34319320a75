import JSON
import Kernel
import Model
import ScheduleExpression

/// Rules that fire by the clock.
///
/// Times that passed while the server was down are not made up for, as EventBridge does not: the rule fires once, late, and
/// then at its next time.
enum ScheduledRule {
    static let jobKind = "events.schedule"

    /// Asks for the next time of an enabled rule with a schedule, and for none of any other.
    static func arm(_ rule: StoredRule, in context: WriteContext) throws {
        try context.unschedule(jobKind, subject: rule.arn.description)
        guard rule.isEnabled, let text = rule.schedule, !text.isEmpty,
            // It was checked when it was put.
            let schedule = try? ScheduleExpression(text, dialect: .rule)
        else { return }
        let next = schedule.next(
            after: max(context.now.milliseconds, rule.anchor.milliseconds), anchor: rule.anchor.milliseconds)
        guard let next else { return }
        try context.schedule(
            jobKind, subject: rule.arn.description, due: Timestamp(milliseconds: next), detail: [:])
    }

    /// The event enters the default bus, where other rules may match it too (recorded behaviour).
    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let arn = ARN(job.subject), let (name, bus) = StoredRule.parts(of: arn),
            let rule = try StoredRule.find(name, on: bus, in: context), rule.isEnabled
        else { return }
        let event = Event(
            source: "aws.events", detailType: "Scheduled Event", resources: [arn.description], detail: [:])
        let envelope = event.json(
            id: context.random.uuid(), account: bus.account, region: bus.region, time: context.now)
        try context.noteCause("event", bus.description, detail: envelope)
        try Routing.route(RoutedEvent(envelope: envelope), on: bus, firing: name, in: context)
        try arm(rule, in: context)
    }
}
