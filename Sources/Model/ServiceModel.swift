import Deflate
import JSON
import Synchronization

/// What is known of a service's API. The facts that routing needs are compiled in; operations and shapes are read from
/// the model's text when the service is first called, so that a start does not pay for services that nobody uses.
public final class ServiceModel: Sendable {
    /// The model's JSON.
    public enum Text: Sendable, ExpressibleByStringLiteral {
        case plain(StaticString)
        /// As the build embeds it: see `DeflatedBytes`.
        case deflated(base64: StaticString, count: Int)

        public init(stringLiteral text: StaticString) { self = .plain(text) }

        fileprivate var json: JSON? {
            switch self {
            case .plain(let text): try? JSON(parsing: text)
            case .deflated(let base64, let count):
                try? JSON(parsing: DeflatedBytes(base64: base64, count: count).bytes)
            }
        }
    }

    public enum WireProtocol: Sendable, Equatable {
        case awsJson(version: String)
        case query
        case restJson
    }

    /// The name of the service in botocore and in paths: `ssm`.
    public let name: String
    public let title: String
    public let apiVersion: String
    public let wireProtocol: WireProtocol
    /// `AmazonSSM` of `X-Amz-Target: AmazonSSM.GetParameter`.
    public let targetPrefix: String?
    public let signingName: String
    /// The name that SDKs have for the service: `EventBridge`, `Cognito Identity Provider`.
    public let serviceID: String
    public let xmlNamespace: String?
    /// Whether clients of the query protocol are served beside those of awsJson, and errors name the query protocol's code.
    /// Source: the Smithy trait awsQueryCompatible.
    public let isQueryCompatible: Bool
    /// Whether it is called with `Action` and `Version`.
    public var speaksQuery: Bool { wireProtocol == .query || isQueryCompatible }
    private let text: Text
    private let parsed = AtomicLazyReference<API>()

    public init(
        name: String, title: String, apiVersion: String, wireProtocol: WireProtocol, targetPrefix: String?,
        signingName: String, serviceID: String? = nil, xmlNamespace: String?, isQueryCompatible: Bool,
        text: Text
    ) {
        self.name = name
        self.title = title
        self.apiVersion = apiVersion
        self.wireProtocol = wireProtocol
        self.targetPrefix = targetPrefix
        self.signingName = signingName
        self.serviceID = serviceID ?? name
        self.xmlNamespace = xmlNamespace
        self.isQueryCompatible = isQueryCompatible
        self.text = text
    }

    public var api: API {
        if let parsed = parsed.load() { return parsed }
        guard let model = text.json else { preconditionFailure("the model of \(name) is not JSON") }
        return parsed.storeIfNil(API(model))
    }
}
