import Glibc
import JSON
import Model

/// When a delivery that failed is tried again: four phases, one after the other.
///
/// Source: the SNS developer guide's page "Amazon SNS message delivery retries", whose names the phases have.
public struct RetryPolicy: Sendable, Equatable {
    public enum BackOffFunction: String, Sendable, CaseIterable { case linear, arithmetic, geometric, exponential }

    /// Retries at once.
    public var immediate = 0
    /// Retries after the least delay.
    public var preBackOff = 0
    /// Retries whose delays grow from the least to the greatest.
    public var backOff = 0
    /// Retries after the greatest delay.
    public var postBackOff = 0
    public var leastSeconds = 1
    public var greatestSeconds = 20
    /// The delay of the pre-back-off phase, where it is not the least one.
    public var preBackOffSeconds: Int?
    public var function = BackOffFunction.linear
    /// The most attempts in a second that the source may make.
    public var perSecond: Int?
    /// How old a delivery may become; nil where only the attempts are counted.
    public var greatestAgeSeconds: Int?

    public init() {}

    /// Endpoints inside AWS: queues, functions, streams.
    public static let awsManaged: RetryPolicy = {
        var policy = RetryPolicy()
        (policy.immediate, policy.preBackOff, policy.backOff, policy.postBackOff) = (3, 2, 10, 100_000)
        policy.function = .exponential
        return policy
    }()

    /// E-mail, text messages and mobile push.
    public static let customerFacing: RetryPolicy = {
        var policy = RetryPolicy()
        (policy.immediate, policy.preBackOff, policy.backOff, policy.postBackOff) = (0, 2, 10, 38)
        (policy.leastSeconds, policy.greatestSeconds, policy.preBackOffSeconds) = (10, 600, 10)
        policy.function = .exponential
        return policy
    }()

    /// Events of EventBridge and its Scheduler: so many retries within a time, with delays that double.
    ///
    /// AWS does not publish the delays. These make 185 retries take just under 24 hours, the greatest values of both.
    public static func events(retries: Int, ageSeconds: Int) -> RetryPolicy {
        var policy = RetryPolicy()
        policy.backOff = min(retries, 10)
        policy.postBackOff = retries - policy.backOff
        (policy.leastSeconds, policy.greatestSeconds, policy.greatestAgeSeconds) = (1, 480, ageSeconds)
        policy.function = .exponential
        return policy
    }

    public var retries: Int { immediate + preBackOff + backOff + postBackOff }

    /// The delay before the retry that follows `attempts` failed attempts; nil when there is none.
    public func delaySeconds(afterAttempts attempts: Int) -> Double? {
        var retry = attempts - 1
        guard retry >= 0, retry < retries else { return nil }
        if retry < immediate { return 0 }
        retry -= immediate
        if retry < preBackOff { return Double(preBackOffSeconds ?? leastSeconds) }
        retry -= preBackOff
        return retry < backOff ? backOffSeconds(retry) : Double(greatestSeconds)
    }

    private func backOffSeconds(_ retry: Int) -> Double {
        let (least, greatest) = (Double(leastSeconds), Double(greatestSeconds))
        guard backOff > 1, greatest > least else { return least }
        let share = Double(retry) / Double(backOff - 1)
        switch function {
        case .linear: return least + (greatest - least) * share
        // Steps that grow by the same amount each time.
        case .arithmetic:
            return least + (greatest - least) * Double(retry * (retry + 1)) / Double(backOff * (backOff - 1))
        // Steps that grow by the same factor each time.
        case .geometric: return least * pow(greatest / least, share)
        case .exponential: return min(greatest, least * pow(2, Double(retry)))
        }
    }

    // MARK: Storage

    var json: JSON {
        .object([
            "immediate": .number(immediate), "preBackOff": .number(preBackOff), "backOff": .number(backOff),
            "postBackOff": .number(postBackOff), "leastSeconds": .number(leastSeconds),
            "greatestSeconds": .number(greatestSeconds),
            "preBackOffSeconds": preBackOffSeconds.map(JSON.number) ?? .null, "function": .string(function.rawValue),
            "perSecond": perSecond.map(JSON.number) ?? .null,
            "greatestAgeSeconds": greatestAgeSeconds.map(JSON.number) ?? .null,
        ])
    }

    init(json: JSON) {
        func int(_ name: String) -> Int { json[name]?.int ?? 0 }
        immediate = int("immediate")
        preBackOff = int("preBackOff")
        backOff = int("backOff")
        postBackOff = int("postBackOff")
        leastSeconds = int("leastSeconds")
        greatestSeconds = int("greatestSeconds")
        preBackOffSeconds = json["preBackOffSeconds"]?.int
        function = json["function"]?.string.flatMap(BackOffFunction.init) ?? .linear
        perSecond = json["perSecond"]?.int
        greatestAgeSeconds = json["greatestAgeSeconds"]?.int
    }
}
