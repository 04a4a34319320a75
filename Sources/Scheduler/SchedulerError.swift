import Kernel
import Model

/// Scheduler's own errors, by the names of the model.
extension AWSError {
    static func notFound(_ message: String) -> AWSError { AWSError("ResourceNotFoundException", message) }

    static func scheduleNotFound(_ name: String) -> AWSError { notFound("Schedule \(name) does not exist.") }

    static func groupNotFound(_ name: String) -> AWSError { notFound("Schedule group \(name) does not exist.") }

    static func conflict(_ message: String) -> AWSError { AWSError("ConflictException", message) }

    static func quotaExceeded(_ message: String) -> AWSError { AWSError("ServiceQuotaExceededException", message) }
}
