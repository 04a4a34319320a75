import JSON
import Model

/// How a service's resources look to AWS Config. A service implements it once: what its handlers say with
/// `WriteContext.record` leads to it.
public struct ConfigurationSource: Sendable {
    /// The resource types that it tells of.
    public let types: [String]
    /// The resource whose configuration changes when the one with the ARN does, mostly itself; nil where there is none.
    public let observe: @Sendable (ARN, ReadContext) throws -> ResourceObservation?
    /// The ARNs of the caller's resources of a type that come after one, in an order of the source's own.
    public let list: @Sendable (_ type: String, _ after: ARN?, _ limit: Int, ReadContext) throws -> [ARN]

    public init(
        types: [String], observe: @escaping @Sendable (ARN, ReadContext) throws -> ResourceObservation?,
        list: @escaping @Sendable (String, ARN?, Int, ReadContext) throws -> [ARN]
    ) {
        self.types = types
        self.observe = observe
        self.list = list
    }
}

/// What is found of a resource.
public enum ResourceObservation: Sendable {
    case present(ConfiguredResource)
    case gone(type: String, id: String)

    public var type: String {
        switch self {
        case .present(let resource): resource.type
        case .gone(let type, _): type
        }
    }
}

/// What the service that keeps configuration items does for the others.
public struct ConfigurationRecording: Sendable {
    /// Whether changes are recorded in the caller's account and Region; asked for every change, so it must be cheap.
    public let isOn: @Sendable (WriteContext) throws -> Bool
    /// Takes what is found of a resource that has changed.
    public let take: @Sendable (ResourceObservation, ARN, WriteContext) throws -> Void

    public init(
        isOn: @escaping @Sendable (WriteContext) throws -> Bool,
        take: @escaping @Sendable (ResourceObservation, ARN, WriteContext) throws -> Void
    ) {
        self.isOn = isOn
        self.take = take
    }
}

extension ReadContext {
    /// What is found of a resource of a service that tells of its resources.
    ///
    /// - Parameter endpoint: the server as the client named it who caused this; nil is the caller.
    public func observe(_ arn: ARN, endpoint: String? = nil) throws -> ResourceObservation? {
        guard let service = kernel.service(named: arn.service), let source = service.configurationSource else {
            return nil
        }
        return try source.observe(arn, reading(for: service, endpoint: endpoint))
    }

    /// All types that services tell of.
    public var configuredTypes: [String] { kernel.services.flatMap { $0.configurationSource?.types ?? [] } }

    /// The ARNs of the caller's resources of a type that come after one.
    public func resources(of type: String, after arn: ARN?, limit: Int) throws -> [ARN] {
        for service in kernel.services {
            guard let source = service.configurationSource, source.types.contains(type) else { continue }
            return try source.list(type, arn, limit, reading(for: service))
        }
        return []
    }

    private func reading(for service: Service, endpoint: String? = nil) -> ReadContext {
        let caller =
            endpoint.map {
                Caller(region: region, principal: principal, requestID: self.caller.requestID, endpoint: $0)
            } ?? self.caller
        return ReadContext(caller: caller, service: service.model.name, database: database, kernel: kernel)
    }

    /// Whether resources are recorded that AWS Config knows nothing of.
    public var recordsBeyondAWS: Bool { kernel.recordsBeyondAWS }
}

extension WriteContext {
    /// A resource that changed in this transaction, and the journal row that says so.
    struct Touched {
        let arn: ARN
        let cause: Int64?
        let caller: Caller
    }

    /// Hands what has become of the changed resources to the service that keeps configuration items: at the end of the
    /// transaction, so that each of them is looked at once and in its final state.
    func recordConfigurations() throws {
        guard !effects.touched.isEmpty, let (service, recording) = kernel.configurationRecording else { return }
        var seen: Set<ARN> = []
        // Backwards, since of several changes the last one is the cause.
        let touched = effects.touched.reversed().filter { seen.insert($0.arn).inserted }.reversed()
        effects.touched = []
        for resource in touched {
            let owner =
                resource.caller.account == resource.arn.account && resource.caller.region == resource.arn.region
                ? resource.caller : kernel.root(of: resource.arn.account, resource.arn.region)
            let context = WriteContext(
                caller: owner, service: service.model.name, database: database, kernel: kernel, effects: effects,
                hops: hops)
            context.cause = resource.cause
            guard try recording.isOn(context), let found = try context.observe(resource.arn) else { continue }
            try recording.take(found, resource.arn, context)
        }
    }
}
