import JSON
import Model

/// How a service lets others deliver to its resources that stand for something outside, such as API destinations: it knows
/// where their requests go, what is in them and what the answers mean.
public struct WebDestination: Sendable {
    /// What a delivery adds to the request.
    public struct Input: Sendable {
        public var body: String
        /// For the wildcards of the path, in their order.
        public var pathValues: [String] = []
        public var headers: [(key: String, value: String)] = []
        public var query: [(key: String, value: String)] = []

        public init(body: String) { self.body = body }
    }

    /// Where a resource is.
    public struct Place: Sendable {
        public let url: String
        /// The most requests in a second.
        public let perSecond: Int?

        public init(url: String, perSecond: Int?) {
            self.url = url
            self.perSecond = perSecond
        }
    }

    let find: @Sendable (ARN, ReadContext) throws -> Place?
    let prepare: @Sendable (ARN, WriteContext) throws -> Bool
    let item: @Sendable (ARN, Input, ReadContext) throws -> DeliveryItem
    let judge: @Sendable (ARN, inout WebAnswer, WriteContext) throws -> DeliveryFailure?

    /// - Parameters:
    ///   - find: nil for what is no such resource or is not there.
    ///   - prepare: as `DeliveryOwner.prepare`.
    ///   - item: the item with its request; throws `DeliveryFailure` where none can be made.
    ///   - judge: as `DeliveryOwner.judge`.
    public init(
        find: @escaping @Sendable (ARN, ReadContext) throws -> Place?,
        prepare: @escaping @Sendable (ARN, WriteContext) throws -> Bool,
        item: @escaping @Sendable (ARN, Input, ReadContext) throws -> DeliveryItem,
        judge: @escaping @Sendable (ARN, inout WebAnswer, WriteContext) throws -> DeliveryFailure?
    ) {
        self.find = find
        self.prepare = prepare
        self.item = item
        self.judge = judge
    }
}

extension ReadContext {
    private func web(_ resource: ARN) -> WebDestination? { kernel.keeper(of: resource)?.destination?.web }

    public func webPlace(of resource: ARN) throws -> WebDestination.Place? { try web(resource)?.find(resource, self) }

    public func webItem(for resource: ARN, _ input: WebDestination.Input) throws -> DeliveryItem {
        guard let web = web(resource) else {
            throw DeliveryFailure("NO_RESOURCE", "\(resource) is nothing that Windtunnel sends requests to.")
        }
        return try web.item(resource, input, self)
    }
}

extension WriteContext {
    public func prepareWeb(_ resource: ARN) throws -> Bool {
        guard let service = kernel.keeper(of: resource), let web = service.destination?.web else { return true }
        return try web.prepare(resource, acting(as: service))
    }

    public func judgeWeb(_ resource: ARN, _ answer: inout WebAnswer) throws -> DeliveryFailure? {
        guard let service = kernel.keeper(of: resource), let web = service.destination?.web else { return nil }
        return try web.judge(resource, &answer, acting(as: service))
    }
}
