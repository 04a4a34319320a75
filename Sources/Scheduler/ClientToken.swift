import JSON
import Kernel
import Model

/// Lets a request that is repeated with its client token do nothing anew.
struct ClientToken {
    private let token: String?
    private let operation: String
    private let request: JSON

    /// AWS does not say how long a token counts.
    private static let hoursLimit = 24

    init(_ token: String?, _ operation: String, _ input: JSON) {
        self.token = token
        self.operation = operation
        var request = input.object ?? JSONObject()
        request["ClientToken"] = nil
        self.request = .object(request)
    }

    /// The answer of the first request with this token, or that of `body`.
    func once<Output: ShapeView>(in context: WriteContext, _ body: () throws -> Output) throws -> Output {
        guard let token else { return try body() }
        try context.database.run("DELETE FROM scheduler_token WHERE expires <= ?", context.now.milliseconds)
        let earlier = try context.database.first(
            """
            SELECT request, answer FROM scheduler_token
            WHERE account = ? AND region = ? AND token = ? AND operation = ?
            """, context.account, context.region, token, operation
        ) { (request: try JSON(parsing: $0.text(0)), answer: try JSON(parsing: $0.text(1))) }
        if let earlier {
            guard earlier.request == request else {
                throw AWSError.conflict("The client token \(token) was used with other parameters.")
            }
            return Output(json: earlier.answer)
        }
        let output = try body()
        try context.database.run(
            """
            INSERT INTO scheduler_token (account, region, token, operation, request, answer, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, context.account, context.region, token, operation, request.description, output.json.description,
            context.now.adding(seconds: Self.hoursLimit * 3600).milliseconds)
        return output
    }
}
