import JSON
import Model
import ScheduleExpression

/// When a schedule's times are.
struct Timing: Equatable {
    let expression: ScheduleExpression
    let zone: TimeZoneRules
    /// Both count for recurring schedules only. Source: the pages of CreateSchedule's StartDate and EndDate.
    let start: Timestamp?
    let end: Timestamp?
    /// How long after its time an invocation may be; 0 where no flexible time window is wanted.
    let windowMinutes: Int

    /// Throws what is wrong with the expression or the time zone, in AWS's words.
    init(_ settings: CreateScheduleInput) throws(AWSError) {
        let text = settings.scheduleExpression
        do {
            expression = try ScheduleExpression(text, dialect: .scheduler)
        } catch {
            throw .validation("Invalid Schedule Expression \(text).")
        }
        let name = settings.scheduleExpressionTimezone ?? "UTC"
        do {
            zone = try TimeZoneRules(name: name)
        } catch {
            guard case .unknown = error else { throw AWSError("InternalServerException", error.message) }
            throw .validation("Invalid timezone \(name).")
        }
        start = expression.kind == .at ? nil : settings.startDate
        end = expression.kind == .at ? nil : settings.endDate
        windowMinutes = settings.flexibleTimeWindow.maximumWindowInMinutes ?? 0
    }

    var isOneTime: Bool { expression.kind == .at }

    /// Before all times that an `at` can name.
    private static let past = -Int64(1) << 50

    /// The first time of a schedule that is enabled with this timing at `now`.
    ///
    /// A rate begins at once, or at its start date. A one-time schedule whose time has passed is late, not lost: the page
    /// "Troubleshooting Amazon EventBridge Scheduler" says that it may be invoked at once when it is enabled again.
    func first(enabled now: Timestamp) -> Timestamp? {
        switch expression.kind {
        case .at: moment(after: Self.past, anchor: 0)
        case .rate: next(after: now.adding(milliseconds: -1), anchor: anchor(enabled: now))
        case .cron: next(after: now, anchor: now)
        }
    }

    /// What a rate counts from.
    func anchor(enabled now: Timestamp) -> Timestamp { start ?? now }

    /// The first time after a moment; nil when there is none any more.
    func next(after moment: Timestamp, anchor: Timestamp) -> Timestamp? {
        guard !isOneTime else { return nil }
        let earliest = max(moment.milliseconds, (start?.milliseconds ?? .min + 1) - 1)
        guard let next = self.moment(after: earliest, anchor: anchor.milliseconds) else { return nil }
        return end.map { next <= $0 } ?? true ? next : nil
    }

    /// The latest time that has come by `now`, not before `time`, which is one.
    ///
    /// - Parameter ageSeconds: how old a time may be to be worth finding; it bounds the search.
    func latest(from time: Timestamp, by now: Timestamp, ageSeconds: Int, anchor: Timestamp) -> Timestamp {
        var latest = time
        let oldest = max(time, now.adding(seconds: -ageSeconds).adding(milliseconds: -1))
        var next = self.next(after: oldest, anchor: anchor)
        while let found = next, found <= now {
            latest = found
            next = self.next(after: found, anchor: anchor)
        }
        return latest
    }

    private func moment(after: Int64, anchor: Int64) -> Timestamp? {
        expression.next(after: after, anchor: anchor, in: zone).map { Timestamp(milliseconds: $0) }
    }
}
