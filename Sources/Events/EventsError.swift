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

    static func managedRule(_ name: String) -> AWSError {
        AWSError("ManagedRuleException", "\(name) is a managed rule.")
    }

    static func managedRuleNeedsForce(_ name: String) -> AWSError {
        AWSError(
            "ManagedRuleException", "\(name) is a managed rule. Set 'force' parameter to true to override.")
    }

    static func managedRuleTags(_ name: String) -> AWSError {
        AWSError(
            "ManagedRuleException", "Tag related operations on the managed rule \(name) is not allowed.")
    }
}
