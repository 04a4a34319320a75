/// When something is to happen, as EventBridge rules and EventBridge Scheduler write it.
///
/// ```swift
/// let nightly = try ScheduleExpression("cron(30 2 * * ? *)", dialect: .scheduler)
/// nightly.next(after: now, anchor: created, in: try TimeZoneRules(name: "Europe/Berlin"))
/// let often = try ScheduleExpression("rate(5 minutes)", dialect: .rule)
/// often.next(after: now, anchor: enabled)
/// ```
///
/// All moments are milliseconds since 1970-01-01T00:00:00Z. Sources: "Setting a schedule pattern for scheduled rules
/// (legacy) in Amazon EventBridge", "Schedule types in EventBridge Scheduler", and what AWS was seen to accept.
public struct ScheduleExpression: Hashable, Sendable {
    /// The two services read the same notation with different strictness.
    public enum Dialect: Hashable, Sendable {
        /// PutRule: no `at`, `rate(1 minute)` but `rate(5 minutes)`, fields parted by one blank. Junk behind a number or
        /// a name is overlooked, and years are any that fit 32 bits.
        case rule
        /// CreateSchedule: `at` too, `minute` and `minutes` whatever the number, years 1970 to 2199.
        case scheduler
    }

    public enum Kind: Hashable, Sendable {
        case rate, cron, at
    }

    private enum Schedule: Hashable, Sendable {
        case rate(Rate)
        case cron(Cron)
        case at(OneTime)
    }

    public let text: String
    private let schedule: Schedule

    public init(_ text: String, dialect: Dialect) throws(ScheduleExpressionError) {
        self.text = text
        guard let open = text.firstIndex(of: "("), text.last == ")" else {
            throw ScheduleExpressionError("it is not written rate(…), cron(…) or at(…)")
        }
        let body = text[text.index(after: open)...].dropLast()
        switch (text[..<open], dialect) {
        case ("rate", _): schedule = .rate(try Rate(body, dialect: dialect))
        case ("cron", _): schedule = .cron(try Cron(body, dialect: dialect))
        case ("at", .scheduler): schedule = .at(try OneTime(body))
        case ("at", .rule): throw ScheduleExpressionError("rules have no one-time schedules")
        default: throw ScheduleExpressionError("it is not written rate(…), cron(…) or at(…)")
        }
    }

    public var kind: Kind {
        switch schedule {
        case .rate: .rate
        case .cron: .cron
        case .at: .at
        }
    }

    /// Moments from the year 10000 on are never.
    private static let end: Int64 = 253_402_300_800_000

    /// The first occurrence strictly after a moment; nil when there is none any more.
    ///
    /// A rate counts from `anchor` in equal steps, its first occurrence being the anchor itself: of a rule, which waits
    /// for one period, ask for what follows the anchor; of a schedule, which starts at once, for what follows the
    /// millisecond before. Cron and `at` go by the clocks of `zone`, where the page "Schedule types in EventBridge
    /// Scheduler" has two rules. What the clocks leap over in spring is skipped. What they show twice in autumn happens
    /// once, the first time; so even `cron(0/5 * * * ? *)` pauses for that hour.
    public func next(after moment: Int64, anchor: Int64, in zone: TimeZoneRules = .utc) -> Int64? {
        guard moment < Self.end else { return nil }
        let second = moment.floorDivided(by: 1000)
        let next =
            switch schedule {
            case .rate(let rate): rate.next(after: moment, anchor: anchor)
            case .cron(let cron): cron.next(after: second, in: zone).map { $0 * 1000 }
            case .at(let time): time.next(after: second, in: zone).map { $0 * 1000 }
            }
        return next.flatMap { $0 < Self.end ? $0 : nil }
    }
}
