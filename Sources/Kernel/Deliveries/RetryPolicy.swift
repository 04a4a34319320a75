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
    /// How old a delivery may be at its last attempt.
    public var maximumAgeSeconds: Int?
    /// Whether each delay is shortened by up to half, by chance, so that many that failed together come back apart.
    public var hasJitter = false

    /// What can end the attempts, by the names of EventBridge.
    public enum Bound: String, Sendable {
        case attempts = "MaximumRetryAttempts"
        case age = "MaximumEventAgeInSeconds"
    }

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

    /// EventBridge's: exponential back-off up to a minute, until the event is too old or was tried too often.
    ///
    /// Source: the EventBridge user guide's page "How EventBridge retries delivering events"; the steps are not published.
    public static func eventBridge(retries: Int, ageSeconds: Int, perSecond: Int? = nil) -> RetryPolicy {
        var policy = RetryPolicy()
        policy.perSecond = perSecond
        policy.backOff = min(retries, 7)
        policy.postBackOff = retries - policy.backOff
        (policy.leastSeconds, policy.greatestSeconds, policy.function) = (1, 60, .exponential)
        (policy.maximumAgeSeconds, policy.hasJitter) = (ageSeconds, true)
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

    /// The same for every delivery to a queue, which is the most of them.
    private static let awsManagedText = awsManaged.json.description

    /// As it is kept with a delivery.
    var text: String { self == .awsManaged ? Self.awsManagedText : json.description }

    var json: JSON {
        .object([
            "immediate": .number(immediate), "preBackOff": .number(preBackOff), "backOff": .number(backOff),
            "postBackOff": .number(postBackOff), "leastSeconds": .number(leastSeconds),
            "greatestSeconds": .number(greatestSeconds),
            "preBackOffSeconds": preBackOffSeconds.map(JSON.number) ?? .null, "function": .string(function.rawValue),
            "perSecond": perSecond.map(JSON.number) ?? .null,
            "maximumAgeSeconds": maximumAgeSeconds.map(JSON.number) ?? .null, "hasJitter": .bool(hasJitter),
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
        maximumAgeSeconds = json["maximumAgeSeconds"]?.int
        hasJitter = json["hasJitter"] == true
    }
}
