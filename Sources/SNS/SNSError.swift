import Kernel
import Model

/// SNS's own errors, by the names of the model.
extension AWSError {
    static func invalidParameter(_ text: String) -> AWSError {
        AWSError("InvalidParameterException", "Invalid parameter: \(text)")
    }

    /// Of message attributes.
    static func invalidValue(_ text: String) -> AWSError { AWSError("InvalidParameterValueException", text) }

    static func notFound(_ what: String) -> AWSError { AWSError("NotFoundException", "\(what) does not exist") }

    static let topicNotFound = notFound("Topic")
    static let subscriptionNotFound = notFound("Subscription")

    static func authorization(_ action: String, on arn: String, by context: ReadContext) -> AWSError {
        AWSError(
            "AuthorizationErrorException",
            "User: \(context.principal.arn) is not authorized to perform: SNS:\(action) on resource: \(arn) because no "
                + "resource-based policy allows the SNS:\(action) action")
    }
}

extension SNS {
    /// The parts of an ARN that a request names.
    static func arn(_ text: String, _ member: String) throws(AWSError) -> ARN {
        let count = text.split(separator: ":", omittingEmptySubsequences: false).count
        guard count >= 6 else {
            throw .invalidParameter("\(member) Reason: An ARN must have at least 6 elements, not \(max(1, count))")
        }
        guard let arn = ARN(text), arn.service == "sns" else { throw .invalidParameter(member) }
        return arn
    }
}
