import Kernel
import Model

/// EventBridge's own errors.
extension AWSError {
    static func notFound(_ message: String) -> AWSError { AWSError("ResourceNotFoundException", message) }

    static func alreadyExists(_ message: String) -> AWSError { AWSError("ResourceAlreadyExistsException", message) }

    static func busNotFound(_ name: String) -> AWSError { notFound("Event bus \(name) does not exist.") }

    static func ruleNotFound(_ name: String, on bus: String) -> AWSError {
        notFound("Rule \(name) does not exist on EventBus \(bus).")
    }

    static let limitExceeded = AWSError(
        "LimitExceededException", "The requested resource exceeds the maximum number allowed.")

    static func managedRule(_ name: String, by service: String) -> AWSError {
        AWSError("ManagedRuleException", "Rule \(name) is managed by \(service) and cannot be modified by the user.")
    }
}
