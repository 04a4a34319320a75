import Model

/// SQS's own errors. Those of the common kind have another name for clients of the query protocol; the model has only the
/// others.
extension AWSError {
    static func invalidParameter(_ message: String) -> AWSError {
        AWSError("InvalidParameterValueException", message, inQuery: .init(code: "InvalidParameterValue"))
    }

    static func invalidParameter(_ name: String, _ value: String, _ reason: String) -> AWSError {
        invalidParameter("Value \(value) for parameter \(name) is invalid. Reason: \(reason)")
    }

    static func missingParameter(_ name: String) -> AWSError {
        AWSError(
            "MissingRequiredParameterException", "The request must contain the parameter \(name).",
            inQuery: .init(code: "MissingParameter"))
    }

    static func invalidAddress(_ url: String) -> AWSError {
        AWSError("InvalidAddress", "The address \(url) is not valid for this endpoint.", status: 404)
    }

    static let queueDoesNotExist = AWSError(
        "QueueDoesNotExist", "The specified queue does not exist.",
        inQuery: .init(message: "The specified queue does not exist for this wsdl version."))

    static func unknownAttribute(_ name: String) -> AWSError {
        AWSError("InvalidAttributeName", "Unknown Attribute \(name).")
    }

    static func invalidAttributeValue(_ name: String, reason: String? = nil) -> AWSError {
        AWSError(
            "InvalidAttributeValue",
            "Invalid value for the parameter \(name).\(reason.map { " Reason: \($0)" } ?? "")")
    }

    static func resourceNotFound(_ message: String) -> AWSError {
        AWSError("ResourceNotFoundException", message, status: 404)
    }
}
