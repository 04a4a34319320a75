import JSON
import Kernel
import Model

/// What may stand at the other end of a subscription.
enum Endpoints {
    private static let protocols: Set<String> = [
        "http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose",
    ]

    static func checked(
        _ endpoint: String, _ messageProtocol: String, _ attributes: MapView<String>?, _ topic: StoredTopic
    ) throws -> String {
        guard protocols.contains(messageProtocol) else {
            throw AWSError.invalidParameter("Amazon SNS does not support this protocol string: \(messageProtocol)")
        }
        if topic.isFIFO, messageProtocol != "sqs" {
            throw AWSError.invalidParameter("Invalid protocol type: \(messageProtocol)")
        }
        switch messageProtocol {
        case "sqs":
            guard let arn = ARN(endpoint), arn.service == "sqs" else {
                throw AWSError.invalidParameter("SQS endpoint ARN")
            }
            guard topic.isFIFO || !arn.resource.hasSuffix(".fifo") else {
                throw AWSError.invalidParameter(
                    "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics")
            }
        case "lambda":
            guard let arn = ARN(endpoint), arn.service == "lambda" else {
                throw AWSError.invalidParameter("Lambda endpoint ARN")
            }
        case "firehose":
            guard let arn = ARN(endpoint), arn.service == "firehose" else {
                throw AWSError.invalidParameter("Firehose endpoint ARN")
            }
            guard attributes?["SubscriptionRoleArn"] != nil else {
                throw AWSError.invalidParameter(
                    "Delivery protocol firehose can only be subscribed with subscription role arn")
            }
        case "application":
            guard let arn = ARN(endpoint), arn.service == "sns", arn.resource.hasPrefix("endpoint/") else {
                throw AWSError.invalidParameter("Application endpoint arn invalid:\(endpoint)")
            }
        case "email", "email-json":
            let parts = endpoint.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !endpoint.contains(where: \.isWhitespace) else {
                throw AWSError.invalidParameter("Email address")
            }
        case "sms":
            guard isPhoneNumber(endpoint) else {
                throw AWSError("InvalidParameterException", "Invalid SMS endpoint: \(endpoint)")
            }
        default:
            guard endpoint.hasPrefix("\(messageProtocol)://"), endpoint.count > messageProtocol.count + 3 else {
                throw AWSError.invalidParameter("Endpoint must match the specified protocol")
            }
        }
        return endpoint
    }

    /// Digits with single dashes, blanks, dots, slashes or parentheses between them, and a plus sign before them.
    static func isPhoneNumber(_ text: String) -> Bool {
        var digits = 0
        var wasDigit = true
        for (place, character) in text.enumerated() {
            switch character {
            case "0"..."9" where character.isASCII:
                digits += 1
                wasDigit = true
            case "+" where place == 0: break
            case "(": wasDigit = false
            case "-", " ", ")", ".", "/":
                guard wasDigit, place > 0 else { return false }
                wasDigit = character == ")"
            default: return false
            }
        }
        return digits >= 5 && digits <= 20 && text.last?.isNumber == true
    }

    /// Whether nobody has to agree: a queue's owner subscribes it, a function, a stream, a device, a phone.
    static func isConfirmedAtOnce(_ messageProtocol: String, _ endpoint: String, _ context: ReadContext) -> Bool {
        switch messageProtocol {
        case "http", "https", "email", "email-json": false
        case "sqs", "lambda": ARN(endpoint)?.account == context.account
        default: true
        }
    }
}
