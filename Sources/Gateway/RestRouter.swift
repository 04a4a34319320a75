import HTTP
import Kernel
import Model
import Wire

/// Finds the operation that the method and the path of a request mean. The signature names the service; many have the same
/// paths.
struct RestRouter: Sendable {
    /// API Gateway has two services that sign with one name.
    private let bySigningName: [String: [Service]]
    private let services: [Service]

    init(services: [Service]) {
        self.services = services.filter { $0.model.wireProtocol == .restJson }
        bySigningName = Dictionary(grouping: self.services, by: \.model.signingName)
    }

    /// The operation of the service that the request is signed for; nil where it is none of a REST service, or none that
    /// the service has.
    func signedCall(_ request: Request) -> Call? {
        guard let credential = credential(of: request) else { return nil }
        return call(request, of: bySigningName[credential.service] ?? [], credential)
    }

    /// Whether the request is signed for a REST service.
    func isSigned(_ request: Request) -> Bool {
        credential(of: request).map { bySigningName[$0.service] != nil } ?? false
    }

    /// The operation of whatever service has such a path. Tags belong to the service that the ARN in the path names.
    func unsignedCall(_ request: Request) -> Call? {
        // The server's own pages are none, and ask for no model to be read.
        guard !services.isEmpty, credential(of: request) == nil, request.path.utf8.count > 1,
            !request.path.hasPrefix("/_")
        else { return nil }
        if request.path.hasPrefix("/tags/") {
            let arn = Form.decode(request.path.dropFirst("/tags/".count)).flatMap { ARN($0) }
            return call(request, of: services.filter { $0.model.signingName == arn?.service }, nil)
        }
        return call(request, of: services, nil)
    }

    private func credential(of request: Request) -> Credential? {
        guard !services.isEmpty else { return nil }
        let query =
            request.query?.contains("X-Amz-Credential") == true ? Form.parse(request.query ?? "") : nil
        return Credential(headers: request.headers, query: query ?? [])
    }

    private func call(_ request: Request, of services: [Service], _ credential: Credential?) -> Call? {
        guard !services.isEmpty, let query = request.query.map({ Form.parse($0) }) ?? [] else { return nil }
        let pairs = query.map { (name: $0.name, value: $0.value) }
        for service in services {
            let found = service.model.api.route(method: request.method, path: request.path, query: pairs)
            guard let (operation, labels) = found else { continue }
            let parts = RestRequest(labels: labels, query: query, headers: request.headers, body: request.body)
            // As with plain JSON, people may name the account and the Region that they mean.
            let account = request.headers["x-account"].flatMap { AccountID.isValid($0) ? $0 : nil }
            return Call(
                service: service, operation: operation.name, surface: .rest, credential: credential,
                account: account ?? credential?.account, region: request.headers["x-region"] ?? credential?.region,
                body: .rest(parts))
        }
        return nil
    }
}
