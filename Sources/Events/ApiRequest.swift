import JSON
import Kernel
import Model

/// The HTTP request to an API destination, made of the destination, its connection, the target and the event.
///
/// Source: the user guide's page "API destinations as targets in Amazon EventBridge".
struct ApiRequest {
    let endpoint: String
    let method: String
    let secret: ConnectionSecret
    /// Of an OAuth connection.
    var token: String?
    /// The target's, in the order of the wildcards.
    var pathValues: [String] = []
    /// The target's.
    var headers: [(key: String, value: String)] = []
    /// The target's.
    var query: [(key: String, value: String)] = []
    /// What the target gets of the event.
    let input: String

    private static let timeoutSeconds = 5
    private static let mask = "****"
    private static let userAgent = "Amazon/EventBridge/ApiDestinations"
    /// Headers that EventBridge takes out of what the connection and the target add.
    private static let removedHeaders: Set<String> = [
        "a-im", "accept-charset", "accept-datetime", "accept-encoding", "cache-control", "connection",
        "content-encoding", "content-length", "content-md5", "date", "expect", "forwarded", "from", "host",
        "http2-settings", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
        "max-forwards", "origin", "pragma", "proxy-authorization", "range", "referer", "te", "trailer",
        "transfer-encoding", "user-agent", "upgrade", "via", "warning",
    ]

    /// - Parameter isMasked: whether it is for people, with `****` in the place of every secret.
    func web(isMasked: Bool = false) throws -> WebRequest {
        var web = WebRequest(url: try url(isMasked), body: try body(isMasked))
        web.method = method
        web.headers = fields(isMasked)
        web.timeoutSeconds = Self.timeoutSeconds
        return web
    }

    /// What nobody is to see.
    var secrets: [String] { secret.values + [token].compactMap { $0 } }

    // MARK: Parts

    private func url(_ isMasked: Bool) throws -> String {
        guard let filled = ApiEndpoint.filled(ApiEndpoint.url(endpoint), with: pathValues.map(ApiEndpoint.encoded))
        else {
            throw DeliveryFailure(
                "INVALID_PARAMETER",
                "The number of path parameter values is not that of the wildcards in the endpoint's path.")
        }
        let own = secret.invocation?.query ?? []
        var parameters = query.filter { parameter in !own.contains { $0.key == parameter.key } }.map {
            (key: ApiEndpoint.encoded($0.key), value: ApiEndpoint.encoded($0.value))
        }
        for parameter in own {
            let value = parameter.isSecret && isMasked ? Self.mask : ApiEndpoint.encoded(parameter.value)
            parameters.append((ApiEndpoint.encoded(parameter.key), value))
        }
        return ApiEndpoint.adding(parameters, to: filled)
    }

    /// What the connection says wins over what the target says, and what EventBridge says over both.
    private func fields(_ isMasked: Bool) -> [(name: String, value: String)] {
        var fields = HeaderFields(headers.map { ($0.key, $0.value) })
        for parameter in secret.invocation?.headers ?? [] {
            fields[parameter.key] = parameter.isSecret && isMasked ? Self.mask : parameter.value
        }
        for name in fields.fields.map(\.name) where Self.removedHeaders.contains(name.lowercased()) {
            fields[name] = nil
        }
        if fields["Content-Type"] == nil { fields["Content-Type"] = "application/json; charset=utf-8" }
        switch secret.authorization {
        case .basic(let username, let password):
            fields["Authorization"] =
                "Basic " + (isMasked ? Self.mask : Base64.encode(Array("\(username):\(password)".utf8)))
        case .apiKey(let name, let value): fields[name] = isMasked ? Self.mask : value
        case .oauth: fields["Authorization"] = "Bearer " + (isMasked ? Self.mask : token ?? "")
        }
        fields["User-Agent"] = Self.userAgent
        fields["Range"] = "bytes=0-1048575"
        fields["Accept-Encoding"] = "gzip,deflate"
        fields["Connection"] = "close"
        return fields.fields
    }

    /// The connection's members stand in the body's object, which must be one.
    private func body(_ isMasked: Bool) throws -> String {
        guard let parameters = secret.invocation?.body, !parameters.isEmpty else { return input }
        var object = JSONObject()
        if !input.isEmpty {
            guard let given = try? JSON(parsing: input).object else {
                throw DeliveryFailure(
                    "INVALID_PARAMETER", "The connection has body parameters, and the input is no JSON object.")
            }
            object = given
        }
        for parameter in parameters {
            object[parameter.key] = .string(parameter.isSecret && isMasked ? Self.mask : parameter.value)
        }
        return JSON.object(object).description
    }
}
