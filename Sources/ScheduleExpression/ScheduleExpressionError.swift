/// Why a text is no schedule expression.
///
/// AWS does not say why: PutRule answers `ValidationException` with `Parameter ScheduleExpression is not valid.`,
/// EventBridge Scheduler with `Invalid Schedule Expression cron(* * * * * *).`
public struct ScheduleExpressionError: Error, Hashable, Sendable {
    /// For people: `minutes: 60 is not within 0 to 59`.
    public let reason: String

    init(_ reason: String) { self.reason = reason }
}
