import JSON
import Kernel
import Model

/// What a target's input may say of the invocation itself. Source: the user guide's page "Adding context attributes in
/// EventBridge Scheduler".
struct ContextAttributes {
    let schedule: String
    /// `2022-03-22T18:59:43Z`
    let time: String
    let executionID: String
    /// Counted from 1.
    let attempt: Int

    /// - Parameter content: what was published for the invocation.
    init(_ content: JSON, attempt: Int) {
        schedule = content["schedule"]?.string ?? ""
        time = content["time"]?.string ?? ""
        executionID = content["executionId"]?.string ?? ""
        self.attempt = attempt
    }

    /// As in `d32c5kddcf5bb8c3`: 16 characters.
    static func executionID(_ random: Randomness) -> String {
        let digits = String(random.next(), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    func filled(_ input: String) -> String {
        guard input.contains("<aws.scheduler.") else { return input }
        let values = [
            ("schedule-arn", schedule), ("scheduled-time", time), ("execution-id", executionID),
            ("attempt-number", String(attempt)),
        ]
        return values.reduce(input) { text, pair in
            text.split(separator: "<aws.scheduler.\(pair.0)>", omittingEmptySubsequences: false).joined(
                separator: pair.1)
        }
    }

    /// What a target gets whose schedule has no input (recorded from AWS).
    var notification: String {
        let arn = ARN(schedule)
        return JSON.object([
            "version": "0", "id": .string(executionID), "detail-type": "Scheduled Event", "source": "aws.scheduler",
            "account": .string(arn?.account ?? ""), "time": .string(time), "region": .string(arn?.region ?? ""),
            "resources": [.string(schedule)], "detail": "{}",
        ]).description
    }
}
