import JSON
import Kernel
import Model

extension Events {
    private static let endpointLimit = 100
    private static let pageLimit = 100

    @Sendable static func createEndpoint(_ input: CreateEndpointRequest, in context: WriteContext) throws
        -> CreateEndpointResponse
    {
        let endpoint = StoredEndpoint(input.name, settings: endpointSettings(input.json), in: context)
        context.access("events:CreateEndpoint", on: endpoint.arn.description)
        try check(endpoint)
        guard try StoredEndpoint.find(input.name, region: context.region, in: context) == nil else {
            throw AWSError.alreadyExists("Endpoint '\(input.name)' already exists.")
        }
        let others = try StoredEndpoint.list(
            region: context.region, prefix: "", after: "", limit: endpointLimit, in: context)
        guard others.count < endpointLimit else { throw AWSError.limitExceeded }
        try endpoint.save(in: context)
        try context.record(.created, endpoint.arn, operation: "CreateEndpoint")
        try noteUnenforced(in: context)
        try EndpointJob.begin(endpoint, in: context)
        let shown = EndpointSettings(endpoint)
        return CreateEndpointResponse(
            name: endpoint.name, arn: endpoint.arn.description, routingConfig: shown.routing,
            replicationConfig: shown.replication, eventBuses: shown.buses, roleArn: shown.role, state: endpoint.state)
    }

    @Sendable static func updateEndpoint(_ input: UpdateEndpointRequest, in context: WriteContext) throws
        -> UpdateEndpointResponse
    {
        context.access(
            "events:UpdateEndpoint",
            on: StoredEndpoint.arn(input.name, region: context.region, in: context).description)
        var endpoint = try StoredEndpoint.required(input.name, region: context.region, in: context)
        for setting in endpointSettings(input.json) { endpoint.settings[setting.name] = setting.value }
        try check(endpoint)
        endpoint.state = .updating
        endpoint.modified = context.now
        try endpoint.save(in: context)
        try context.record(.changed, endpoint.arn, operation: "UpdateEndpoint")
        try noteUnenforced(in: context)
        try EndpointJob.begin(endpoint, in: context)
        let shown = EndpointSettings(endpoint)
        return UpdateEndpointResponse(
            name: endpoint.name, arn: endpoint.arn.description, routingConfig: shown.routing,
            replicationConfig: shown.replication, eventBuses: shown.buses, roleArn: shown.role,
            endpointId: endpoint.id, endpointUrl: endpoint.url, state: endpoint.state)
    }

    @Sendable static func describeEndpoint(_ input: DescribeEndpointRequest, in context: ReadContext) throws
        -> DescribeEndpointResponse
    {
        let region = input.homeRegion ?? context.region
        context.access(
            "events:DescribeEndpoint", on: StoredEndpoint.arn(input.name, region: region, in: context).description)
        let endpoint = try StoredEndpoint.required(input.name, region: region, in: context)
        let shown = EndpointSettings(endpoint)
        return DescribeEndpointResponse(
            name: endpoint.name, description: shown.description, arn: endpoint.arn.description,
            routingConfig: shown.routing, replicationConfig: shown.replication, eventBuses: shown.buses,
            roleArn: shown.role, endpointId: endpoint.id, endpointUrl: endpoint.url, state: endpoint.state,
            stateReason: endpoint.stateReason, creationTime: endpoint.created, lastModifiedTime: endpoint.modified)
    }

    @Sendable static func listEndpoints(_ input: ListEndpointsRequest, in context: ReadContext) throws
        -> ListEndpointsResponse
    {
        context.access("events:ListEndpoints", on: "*")
        let limit = input.maxResults ?? pageLimit
        let endpoints = try StoredEndpoint.list(
            region: input.homeRegion ?? context.region, prefix: input.namePrefix ?? "",
            after: try position(input.nextToken, "ListEndpoints", in: context), limit: limit + 1, in: context)
        let page = endpoints.prefix(limit)
        return ListEndpointsResponse(
            endpoints: page.map { endpoint in
                let shown = EndpointSettings(endpoint)
                return Endpoint(
                    name: endpoint.name, description: shown.description, arn: endpoint.arn.description,
                    routingConfig: shown.routing, replicationConfig: shown.replication, eventBuses: shown.buses,
                    roleArn: shown.role, endpointId: endpoint.id, endpointUrl: endpoint.url, state: endpoint.state,
                    stateReason: endpoint.stateReason, creationTime: endpoint.created,
                    lastModifiedTime: endpoint.modified)
            },
            nextToken: endpoints.count > limit
                ? context.token(for: page.last?.name ?? "", purpose: "ListEndpoints") : nil)
    }

    @Sendable static func deleteEndpoint(_ input: DeleteEndpointRequest, in context: WriteContext) throws
        -> DeleteEndpointResponse
    {
        context.access(
            "events:DeleteEndpoint",
            on: StoredEndpoint.arn(input.name, region: context.region, in: context).description)
        var endpoint = try StoredEndpoint.required(input.name, region: context.region, in: context)
        endpoint.state = .deleting
        endpoint.modified = context.now
        try endpoint.save(in: context)
        try context.record(.changed, endpoint.arn, operation: "DeleteEndpoint")
        try EndpointJob.begin(endpoint, in: context)
        return DeleteEndpointResponse()
    }

    // MARK: Input

    private static func endpointSettings(_ input: JSON) -> JSONObject {
        let names = ["Description", "RoutingConfig", "ReplicationConfig", "EventBuses", "RoleArn"]
        return JSONObject(names.compactMap { name in input[name].flatMap { $0.isNull ? nil : (name, $0) } })
    }

    /// Two buses of one name and account, one here and one in the Region that takes over.
    private static func check(_ endpoint: StoredEndpoint) throws {
        func invalid(_ parameter: String, _ reason: String) -> AWSError {
            .validation("Parameter \(parameter) is not valid. Reason: \(reason)")
        }
        guard Set(endpoint.buses.map(StoredBus.name(of:))).count == 1 else {
            throw invalid("EventBuses", "The names of the event buses must be identical in each Region.")
        }
        guard endpoint.buses.allSatisfy({ $0.account == endpoint.arn.account }) else {
            throw invalid("EventBuses", "The event buses must belong to the account of the endpoint.")
        }
        guard endpoint.primary != nil else {
            throw invalid("EventBuses", "One of the event buses must be in Region \(endpoint.arn.region).")
        }
        let route = endpoint.settings["RoutingConfig"]?["FailoverConfig"]?["Secondary"]?["Route"]?.string
        guard let secondary = endpoint.secondary, secondary.region == route else {
            throw invalid(
                "EventBuses", "One of the event buses must be in the secondary Region \(route ?? "of the routing").")
        }
        guard !endpoint.replicates || endpoint.settings["RoleArn"] != nil else {
            throw AWSError.validation("RoleArn is required when event replication is enabled.")
        }
    }

    private static func noteUnenforced(in context: WriteContext) throws {
        try context.notEnforced(
            "RoutingConfig", reason: "there are no health checks of Route 53: events go to the primary Region")
    }
}

/// The settings of an endpoint as operations show them.
struct EndpointSettings {
    let description: String?
    let routing: RoutingConfig?
    let replication: ReplicationConfig?
    let buses: [EndpointEventBus]?
    let role: String?

    init(_ endpoint: StoredEndpoint) {
        let settings = endpoint.settings
        description = settings["Description"]?.string
        routing = settings["RoutingConfig"].map { RoutingConfig(json: $0) }
        replication =
            settings["ReplicationConfig"].map { ReplicationConfig(json: $0) } ?? ReplicationConfig(state: .enabled)
        buses = settings["EventBuses"]?.array?.map { EndpointEventBus(json: $0) }
        role = settings["RoleArn"]?.string
    }
}
