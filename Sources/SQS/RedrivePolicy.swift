import JSON
import Kernel
import Model

/// Where messages go that were received too often.
struct RedrivePolicy: Equatable {
    /// As it was given, but for a count in quotes.
    let text: String
    let deadLetterQueue: String
    let maximumReceives: Int

    init(text: String, deadLetterQueue: String, maximumReceives: Int) {
        self.text = text
        self.deadLetterQueue = deadLetterQueue
        self.maximumReceives = maximumReceives
    }

    init(_ text: String, source: QueueAddress, isFIFO: Bool, in context: ReadContext) throws {
        func invalid(_ reason: String) -> AWSError { .invalidParameter("RedrivePolicy", text, reason) }
        guard let policy = try? JSON(parsing: text), var object = policy.object else {
            throw AWSError.invalidAttributeValue(
                "RedrivePolicy", reason: "Redrive policy is not a valid JSON map.")
        }
        guard let count = policy["maxReceiveCount"], !count.isNull else {
            throw invalid("Redrive policy does not contain mandatory attribute: maxReceiveCount.")
        }
        guard let target = policy["deadLetterTargetArn"]?.string else {
            throw invalid("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.")
        }
        guard object.count == 2 else {
            throw invalid("Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn].")
        }
        guard let maximum = count.int ?? count.string.flatMap(Int.init), (1...1000).contains(maximum) else {
            throw invalid(
                "Invalid value for maxReceiveCount: \(count.string ?? count.description), valid values are from 1 to 1000 "
                    + "both inclusive.")
        }
        guard ARN(target) != nil else { throw invalid("Invalid value for deadLetterTargetArn.") }
        guard let address = QueueAddress(arn: target) else {
            throw invalid("Only SQS queues are valid resources for deadLetterTargetArn")
        }
        guard address.region == source.region else {
            throw invalid("Dead-letter target must be in same region as the source.")
        }
        guard address.account == source.account, let queue = try Queue.find(address, in: context) else {
            throw invalid("Dead letter target does not exist.")
        }
        guard queue.isFIFO == isFIFO else {
            // Both full stops are AWS's.
            throw invalid("Dead-letter queue must be same type of queue as the source..")
        }
        guard RedriveAllowPolicy.allows(source, into: queue) else {
            throw invalid("Queue \(address.arn) does not allow queue \(source.arn) to use it as a dead-letter queue.")
        }
        // A count that was given as a text comes back as a number.
        object["maxReceiveCount"] = .number(maximum)
        self.init(
            text: count.string == nil ? text : JSON.object(object).description, deadLetterQueue: target,
            maximumReceives: maximum)
    }
}

/// Which queues may have a queue as their dead-letter queue.
enum RedriveAllowPolicy {
    static func check(_ text: String, queue: QueueAddress) throws(AWSError) {
        let policy = try? JSON(parsing: text)
        guard let permission = policy?["redrivePermission"]?.string,
            ["allowAll", "denyAll", "byQueue"].contains(permission)
        else {
            throw .invalidParameter(
                "Amazon SQS can't create the redrive allow policy, as it's in an unsupported format.")
        }
        let sources = policy?["sourceQueueArns"]?.array
        guard permission == "byQueue" else {
            guard sources == nil else {
                throw .invalidParameter(
                    "Amazon SQS can't create the redrive allow policy. You can specify source queue ARNs only when the "
                        + "permission type is byQueue.")
            }
            return
        }
        guard let sources, (1...10).contains(sources.count) else {
            throw .invalidParameter(
                "Amazon SQS can't create the redrive allow policy. When you specify the byQueue permission type, you must "
                    + "also specify between 1 and 10 source queue ARNs.")
        }
        for source in sources {
            guard let address = source.string.flatMap({ QueueAddress(arn: $0) }), address.region == queue.region else {
                throw .invalidParameter("All source queue ARNs must be in the same region as the current SQS queue.")
            }
        }
    }

    static func allows(_ source: QueueAddress, into queue: Queue) -> Bool {
        guard let policy = queue.settings.redriveAllowPolicy.flatMap({ try? JSON(parsing: $0) }) else { return true }
        return switch policy["redrivePermission"]?.string {
        case "denyAll": false
        case "byQueue": policy["sourceQueueArns"]?.array?.contains(.string(source.arn.description)) == true
        default: true
        }
    }
}
