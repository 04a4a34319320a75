import JSON
import Kernel
import Model

/// What an OAuth server gave a connection.
struct OAuthToken: Sendable, Equatable {
    /// A new one is fetched so long before the end, but not before half of the time is over.
    private static let marginSeconds = 60.0

    let text: String
    /// When a new one is fetched; nil for one that is good until it is refused.
    let expires: Timestamp?

    init(text: String, expires: Timestamp?) {
        self.text = text
        self.expires = expires
    }

    init(_ text: String, lifetimeSeconds: Double?, now: Timestamp) {
        self.text = text
        expires = lifetimeSeconds.map {
            now.adding(milliseconds: Int64(max($0 - Self.marginSeconds, $0 / 2) * 1000))
        }
    }

    func isFresh(_ now: Timestamp) -> Bool { expires.map { now < $0 } ?? true }
}

/// What an OAuth server answered to the request for a token.
///
/// Source: RFC 6749 section 5.
enum TokenAnswer: Equatable {
    case token(String, lifetimeSeconds: Double?)
    /// The server will not give one, for people.
    case refused(String)
    /// It may give one later.
    case unavailable(String, retryAfter: String?)

    private static let lifetimeLimit = 1e9

    init(_ result: WebResult) {
        switch result {
        case .failed(let message, _): self = .unavailable("The authorization endpoint gave \(message)", retryAfter: nil)
        case .answered(let answer) where answer.status == 429 || answer.status >= 500:
            self = .unavailable(
                "The authorization endpoint answered \(answer.status).", retryAfter: answer.header("Retry-After"))
        case .answered(let answer) where !(200..<300).contains(answer.status):
            self = .refused("The authorization endpoint answered \(answer.status).")
        case .answered(let answer): self.init(body: answer.body)
        }
    }

    private init(body: String) {
        guard let json = try? JSON(parsing: body), let token = json["access_token"]?.string, !token.isEmpty else {
            self = .refused("The authorization endpoint gave no access token.")
            return
        }
        if let type = json["token_type"]?.string, type.lowercased() != "bearer" {
            self = .refused("The authorization endpoint gave a token that is no bearer token.")
            return
        }
        let lifetime = json["expires_in"]?.double ?? json["expires_in"]?.string.flatMap(Double.init)
        self = .token(token, lifetimeSeconds: lifetime.map { min(max($0, 1), Self.lifetimeLimit) })
    }
}

extension OAuthClient {
    private static let timeoutSeconds = 5
    private static let answerLimit = 65_536

    /// The request for a token: a form, which for GET is in the URL. What the connection adds wins over what EventBridge says.
    var tokenRequest: WebRequest {
        let own = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)]
        let added = (parameters?.body ?? []).map { ($0.key, $0.value) }
        let form = own.filter { field in !added.contains { $0.0 == field.0 } } + added
        let pairs = form.map { (key: ApiEndpoint.encoded($0.0), value: ApiEndpoint.encoded($0.1)) }
        let query = (parameters?.query ?? []).map {
            (key: ApiEndpoint.encoded($0.key), value: ApiEndpoint.encoded($0.value))
        }
        let isInURL = method == "GET"
        var request = WebRequest(
            url: ApiEndpoint.adding((isInURL ? pairs : []) + query, to: ApiEndpoint.url(endpoint)),
            body: isInURL ? "" : pairs.map { "\($0.key)=\($0.value)" }.joined(separator: "&"))
        request.method = method
        request.timeoutSeconds = Self.timeoutSeconds
        request.answerLimit = Self.answerLimit
        var headers = HeaderFields([
            ("User-Agent", "Amazon/EventBridge/ApiDestinations"), ("Content-Type", "application/x-www-form-urlencoded"),
        ])
        for parameter in parameters?.headers ?? [] { headers[parameter.key] = parameter.value }
        request.headers = headers.fields
        return request
    }
}

/// Headers, each name once, however it is written.
struct HeaderFields {
    private(set) var fields: [(name: String, value: String)] = []

    init(_ fields: [(String, String)] = []) {
        for (name, value) in fields { self[name] = value }
    }

    subscript(name: String) -> String? {
        get { fields.first { $0.name.lowercased() == name.lowercased() }?.value }
        set {
            let place = fields.firstIndex { $0.name.lowercased() == name.lowercased() }
            switch (place, newValue) {
            case (let place?, let value?): fields[place] = (name, value)
            case (nil, let value?): fields.append((name, value))
            case (let place?, nil): fields.remove(at: place)
            case (nil, nil): break
            }
        }
    }
}
