import HTTP
import JSON
import Kernel
import Model
import Wire

/// A request that was understood as an operation of a service.
///
/// An object, since it is handed from hand to hand and has many parts.
final class Call: Sendable {
    let service: Service
    let operation: String
    let surface: Surface
    let credential: Credential?
    /// From the credential's key id, or given in a header.
    let account: String?
    let region: String?
    let body: Body
    /// Why it is refused whatever it says.
    let refusal: AWSError?

    enum Body: Sendable {
        case json([UInt8])
        case form([FormField])
        case rest(RestRequest)
    }

    init(
        service: Service, operation: String, surface: Surface, credential: Credential?, account: String?,
        region: String?, body: Body, refusal: AWSError? = nil
    ) {
        self.refusal = refusal
        self.service = service
        self.operation = operation
        self.surface = surface
        self.credential = credential
        self.account = account
        self.region = region
        self.body = body
    }

    /// Whether nobody signed it; people with curl need not.
    var isAnonymous: Bool {
        if case .query = surface { credential == nil } else { false }
    }

    /// The input as the value that the model describes; not validated yet.
    func input(_ shape: Shape?) throws(AWSError) -> JSON {
        switch body {
        case .form(let fields):
            guard let shape else { return [:] }
            return try QueryInput.json(fields, shape: shape)
        case .rest(let request):
            guard let shape else { return [:] }
            return try RestInput.json(request, shape: shape)
        case .json(let bytes):
            if bytes.isEmpty { return [:] }
            do {
                let json = try JSON(parsing: bytes)
                guard json.object != nil else {
                    throw AWSError.serialization("The request's body must be a JSON object.")
                }
                return json
            } catch let error as AWSError {
                throw error
            } catch {
                if case .curl = surface {
                    let error = error as? JSONError
                    throw .serialization("The body is not JSON: \(error?.message ?? "") at byte \(error?.offset ?? 0).")
                }
                throw .serialization()
            }
        }
    }
}

/// How a client speaks.
enum Surface: Sendable {
    case awsJson(version: String)
    case query(QueryForm)
    case rest
    case curl

    enum QueryForm: Sendable {
        case xml
        /// Some clients ask for it.
        case json
        /// The elements of the XML as members, on pages as LocalStack has them.
        case document
    }

    func success(_ output: JSON, _ call: Call, _ requestID: String) -> Response {
        switch self {
        case .awsJson(let version):
            // Where the model has no output, AWS sends nothing at all.
            let hasOutput = call.service.model.api.operations[call.operation]?.output != nil
            return json(
                hasOutput ? output.bytes() : [], status: 200, type: "application/x-amz-json-\(version)", requestID)
        case .curl:
            return json(output.bytes(indented: true) + [0x0A], status: 200, type: "application/json", requestID)
        case .rest:
            guard let operation = call.service.model.api.operations[call.operation] else {
                return Response(status: 500)
            }
            return RestOutput.success(output, operation: operation, requestID: requestID)
        case .query(let form):
            let model = call.service.model
            guard let operation = model.api.operations[call.operation] else { return Response(status: 500) }
            switch form {
            case .xml:
                let body = QueryOutput.success(
                    output, operation: operation, namespace: model.xmlNamespace ?? "", requestID: requestID)
                return xml(body, status: 200, requestID)
            case .json:
                let tree = QueryOutput.json(output, operation: operation, requestID: requestID)
                return json(tree.bytes(), status: 200, type: "application/json", requestID)
            case .document:
                let tree = QueryDocument.success(output, operation: operation, requestID: requestID)
                return json(tree.bytes(), status: 200, type: "application/json", requestID)
            }
        }
    }

    func failure(_ error: AWSError, _ call: Call, _ requestID: String) -> Response {
        let facts = call.service.model.api.error(error.code)
        let status = error.status ?? facts?.status ?? 400
        switch self {
        case .awsJson(let version):
            var object = JSONObject([("__type", .string(Self.type(of: error, facts, call)))])
            if let message = error.message { object[Self.messageMember(of: error, call)] = .string(message) }
            for field in error.fields { object[field.name] = field.value }
            var response = json(
                JSON.object(object).bytes(), status: status, type: "application/x-amz-json-\(version)", requestID)
            if call.service.model.isQueryCompatible {
                let code = error.inQuery?.code ?? facts?.code ?? error.code
                response.headers.add("x-amzn-query-error", "\(code);\(status < 500 ? "Sender" : "Receiver")")
            }
            return response
        case .rest:
            return RestOutput.failure(
                error, status: Self.restStatus(error) ?? status, messageMember: Self.messageMember(of: error, call),
                requestID: requestID)
        case .curl:
            var object = JSONObject([("error", .string(error.code))])
            object["message"] = .string(error.message ?? Hints.message(for: error, call))
            if let hint = Hints.hint(for: error, call) { object["hint"] = .string(hint) }
            let body = JSON.object(object).bytes(indented: true) + [0x0A]
            return json(body, status: status, type: "application/json", requestID)
        case .query(let form):
            let (code, message, status) = Self.queryError(error, facts, status, call)
            switch form {
            case .xml: break
            case .json:
                let tree = QueryOutput.json(code: code, message: message, status: status, requestID: requestID)
                return json(tree.bytes(), status: status, type: "application/json", requestID)
            case .document:
                let tree = QueryDocument.failure(code: code, message: message, status: status, requestID: requestID)
                return json(tree.bytes(), status: status, type: "application/json", requestID)
            }
            // A service that has left the query protocol answers for itself what it does not know.
            let isOwn = error != .unknownOperation || call.service.model.isQueryCompatible
            let body = QueryOutput.failure(
                code: code, message: message, status: status, fields: error.fields,
                hasDetail: call.service.model.isQueryCompatible,
                namespace: isOwn ? call.service.model.xmlNamespace ?? "" : QueryOutput.faultNamespace,
                requestID: requestID)
            return xml(body, status: status, requestID)
        }
    }

    /// Services of awsJson 1.0 name the namespace of their errors too, the others do not; what their model does not have is
    /// the front end's.
    private static func type(of error: AWSError, _ facts: Shape.ErrorFacts?, _ call: Call) -> String {
        guard call.service.model.isQueryCompatible else { return error.code }
        let namespace = facts == nil ? "com.amazon.coral.service" : "com.amazonaws.\(call.service.model.name)"
        return "\(namespace)#\(error.code)"
    }

    /// As the operation's own error has it; what the front end says of any request is a `message`.
    private static func messageMember(of error: AWSError, _ call: Call) -> String {
        let errors = call.service.model.api.operations[call.operation]?.errors ?? []
        return errors.first { $0.name == error.code }?.error?.messageMember ?? "message"
    }

    /// What the front end refuses has other statuses in REST protocols than in awsJson.
    private static func restStatus(_ error: AWSError) -> Int? {
        switch error.code {
        case AWSError.expiredToken.code where error == .expiredToken: 403
        case AWSError.unknownOperation.code: 404
        default: nil
        }
    }

    /// The names that errors known to every service have in the query protocol.
    private static func queryError(
        _ error: AWSError, _ facts: Shape.ErrorFacts?, _ status: Int, _ call: Call
    ) -> (code: String, message: String?, status: Int) {
        switch error.code {
        case "ValidationException": return ("ValidationError", error.message, 400)
        case "AccessDeniedException": return ("AccessDenied", error.message, 403)
        case "ExpiredTokenException" where error == .expiredToken: return ("ExpiredToken", error.message, 403)
        case AWSError.unknownOperation.code:
            let model = call.service.model
            let message =
                model.isQueryCompatible
                ? "The action \(call.operation) is not valid for this endpoint."
                : "Could not find operation \(call.operation) for version \(model.apiVersion)"
            return ("InvalidAction", message, 400)
        default:
            return (
                error.inQuery?.code ?? facts?.code ?? error.code, error.inQuery?.message ?? error.message, status
            )
        }
    }

    private func json(_ body: [UInt8], status: Int, type: String, _ requestID: String) -> Response {
        Response(status: status, headers: ["x-amzn-RequestId": requestID, "Content-Type": type], body: body)
    }

    private func xml(_ body: [UInt8], status: Int, _ requestID: String) -> Response {
        Response(status: status, headers: ["x-amzn-RequestId": requestID, "Content-Type": "text/xml"], body: body)
    }
}

/// What a person is told beyond AWS's own words.
enum Hints {
    static func message(for error: AWSError, _ call: Call) -> String {
        switch error.code {
        case AWSError.unknownOperation.code:
            call.service.model.api.operations[call.operation] == nil
                ? "\(call.service.model.title) has no operation \(call.operation)."
                : "\(call.operation) is not served by Windtunnel yet."
        case "ParameterNotFound": "There is no such parameter in this account and Region."
        default: "AWS sends no text with this error."
        }
    }

    static func hint(for error: AWSError, _ call: Call) -> String? {
        let name = call.service.model.name
        return switch error.code {
        case AWSError.unknownOperation.code: "GET /\(name) lists the operations."
        case "ValidationException", "SerializationException": "GET /\(name)/\(call.operation) shows the members."
        case "ParameterNotFound": "State belongs to an account and a Region: see the headers X-Account and X-Region."
        default: nil
        }
    }
}
