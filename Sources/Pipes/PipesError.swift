import JSON
import Kernel
import Model

/// Pipes' own errors, by the names of the model.
extension AWSError {
    static func pipeNotFound(_ name: String) -> AWSError {
        AWSError("NotFoundException", "Pipe \(name) does not exist.")
    }

    static func pipeConflict(_ name: String, _ message: String) -> AWSError {
        AWSError(
            "ConflictException", message, fields: JSONObject([("resourceId", .string(name)), ("resourceType", "pipe")]))
    }

    /// What the model lets through and the service does not. AWS writes the fields into the text as JSON (recorded).
    static func pipeField(_ name: String, _ message: String) -> AWSError {
        let fields = JSON.object([
            "ValidationErrorFields": [.object(["Name": .string(name), "Message": .string(message)])]
        ])
        return AWSError(
            "ValidationException", fields.description,
            fields: JSONObject([
                ("fieldList", .array([.object(["name": .string(name), "message": .string(message)])]))
            ]))
    }

    static func missingPipeField(_ name: String) -> AWSError { pipeField(name, "Missing required parameter.") }
}
