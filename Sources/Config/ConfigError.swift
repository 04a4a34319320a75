import Kernel
import Model

/// Errors that several operations of Config share, by the names of the model.
extension AWSError {
    static func invalidParameter(_ message: String) -> AWSError { AWSError("InvalidParameterValueException", message) }

    static let invalidNextToken = AWSError("InvalidNextTokenException", "The nextToken provided is invalid")

    static func noAvailableRecorder(_ message: String) -> AWSError {
        AWSError("NoAvailableConfigurationRecorderException", message)
    }

    /// Recorded from AWS.
    static let noSuchRecorder = AWSError(
        "NoSuchConfigurationRecorderException",
        "The name of the configuration recorder you entered cannot be found. Verify the configuration recorder name, and try again."
    )
}
