import JSON

/// An error as AWS answers it. Handlers throw it; the transaction is rolled back and the protocol writes it.
public struct AWSError: Error, Sendable, Equatable {
    /// The name of the error's shape in the API model, or of an error that every service knows.
    public let code: String
    /// Nil where AWS sends no text.
    public let message: String?
    /// The HTTP status; nil takes the one that the API model has, or 400.
    public let status: Int?
    /// Further members of the error's shape.
    public let fields: JSONObject
    /// What a service that speaks awsJson says instead to clients of the query protocol, where the model does not know it.
    public let inQuery: QueryForm?

    public struct QueryForm: Sendable, Equatable {
        public let code: String?
        public let message: String?

        public init(code: String? = nil, message: String? = nil) {
            self.code = code
            self.message = message
        }
    }

    public init(
        _ code: String, _ message: String? = nil, status: Int? = nil, fields: JSONObject = JSONObject(),
        inQuery: QueryForm? = nil
    ) {
        self.inQuery = inQuery
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields
    }

    /// Bad input as most services name it; services of the query protocol say `ValidationError` (the gateway sees to that).
    public static func validation(_ message: String) -> AWSError { AWSError("ValidationException", message) }

    /// A body or member that is not what the model says; AWS often sends no text with it.
    public static func serialization(_ message: String? = nil) -> AWSError {
        AWSError("SerializationException", message)
    }

    public static func accessDenied(_ message: String) -> AWSError { AWSError("AccessDeniedException", message) }
}
