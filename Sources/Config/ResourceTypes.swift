import JSON
import Kernel
import Model

/// The resource types that Config records.
enum ResourceTypes {
    static let supported: [String] = "\(EmbeddedSchema.resourceTypes)".split(separator: "\n").map(String.init)
    private static let set = Set(supported)

    static func isSupported(_ type: String) -> Bool { set.contains(type) }

    /// Whether a type is one of the AWS CloudFormation registry, such as `My::Custom::Resource`.
    static func isThirdParty(_ type: String) -> Bool {
        let parts = type.split(separator: ":", omittingEmptySubsequences: true)
        return parts.count == 3 && parts[0] != "AWS" && type == parts.joined(separator: "::")
    }

    private static func isKnown(_ type: String, in context: ReadContext) -> Bool {
        isSupported(type) || isThirdParty(type)
            || (context.recordsBeyondAWS && context.configuredTypes.contains(type))
    }

    /// Throws AWS's complaint of a value that its front end does not know.
    static func check(_ type: String, at path: String, in context: ReadContext) throws {
        guard !isKnown(type, in: context) else { return }
        throw AWSError.validation(
            "1 validation error detected: Value '\(type)' at '\(path)' failed to satisfy constraint: \(rule)")
    }

    /// Throws AWS's complaint of a list with values that its front end does not know.
    static func check(_ types: [String], at path: String, in context: ReadContext) throws {
        guard !types.allSatisfy({ isKnown($0, in: context) }) else { return }
        throw AWSError.validation(
            "1 validation error detected: Value '[\(types.joined(separator: ", "))]' at '\(path)' failed to satisfy "
                + "constraint: Member must satisfy constraint: [\(rule)]")
    }

    private static var rule: String { Validator.enumRule(supported) }
}
