import JSON
import Kernel
import Model
import SQLite

/// What EventBridge has as AWS Config records it: with the members that AWS CloudFormation reads.
///
/// Sources: AWS's schemas of the types; those of CloudFormation for what they leave out (maps and policies) and for the id,
/// which is the type's primary identifier.
enum EventsConfiguration {
    private static let bus = "AWS::Events::EventBus"
    private static let rule = "AWS::Events::Rule"
    private static let archive = "AWS::Events::Archive"
    private static let apiDestination = "AWS::Events::ApiDestination"
    private static let connection = "AWS::Events::Connection"
    private static let endpoint = "AWS::Events::Endpoint"

    static let source = ConfigurationSource(
        types: [bus, rule, archive, connection, apiDestination, endpoint], observe: observe, list: list)

    @Sendable private static func observe(_ arn: ARN, _ context: ReadContext) throws -> ResourceObservation? {
        let parts = arn.resource.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        let name = parts[1].split(separator: "/").first.map(String.init) ?? ""
        switch parts[0] {
        case "event-bus":
            return try found(
                bus, arn, name: parts[1], try StoredBus.find(arn, in: context).map { members(of: $0) }, in: context)
        case "rule":
            guard let (name, bus) = StoredRule.parts(of: arn) else { return nil }
            let found = try StoredRule.find(name, on: bus, in: context)
            return try self.found(
                rule, arn, id: arn.description, name: name, try found.map { try members(of: $0, in: context) },
                in: context)
        case "archive":
            let found = try StoredArchive.find(name, account: arn.account, region: arn.region, in: context)
            return try self.found(archive, arn, name: name, found.map { members(of: $0) }, in: context)
        case "connection":
            return try found(
                connection, arn, name: name, try StoredConnection.find(arn, in: context).map { members(of: $0) },
                in: context)
        case "api-destination":
            return try found(
                apiDestination, arn, name: name,
                try StoredApiDestination.find(arn, in: context).map { members(of: $0) },
                in: context)
        case "endpoint":
            let found = try StoredEndpoint.find(name, region: arn.region, in: context)
            return try self.found(endpoint, arn, name: name, found.map { members(of: $0) }, in: context)
        default: return nil
        }
    }

    /// - Parameter members: nil where there is no such resource.
    private static func found(
        _ type: String, _ arn: ARN, id: String? = nil, name: String, _ members: JSON?, in context: ReadContext
    ) throws -> ResourceObservation {
        guard let members else { return .gone(type: type, id: id ?? name) }
        let tags = try context.tags(of: arn)
        var configuration = members.object ?? JSONObject()
        if !tags.isEmpty {
            configuration["Tags"] = .array(
                tags.map { .object(["Key": .string($0.key), "Value": .string($0.value)]) })
        }
        return .present(
            ConfiguredResource(
                type: type, id: id ?? name, name: name, arn: arn.description, availabilityZone: "Regional",
                configuration: .object(configuration), tags: tags))
    }

    private static func json(_ text: String?) -> JSON? { text.flatMap { try? JSON(parsing: $0) } }

    private static func text(_ text: String?) -> JSON? { text.map(JSON.string) }

    private static func members(of bus: StoredBus) -> JSON {
        .object([
            "Name": .string(bus.name), "Arn": .string(bus.arn.description),
            "EventSourceName": bus.settings["EventSourceName"], "Description": bus.settings["Description"],
            "KmsKeyIdentifier": bus.settings["KmsKeyIdentifier"], "DeadLetterConfig": bus.settings["DeadLetterConfig"],
            "LogConfig": bus.settings["LogConfig"], "Policy": json(bus.policy),
        ])
    }

    private static func members(of rule: StoredRule, in context: ReadContext) throws -> JSON {
        let busName = StoredBus.name(of: rule.bus)
        let targets = try StoredTarget.list(of: rule, in: context).map(\.json)
        return .object([
            "Name": .string(rule.name), "Arn": .string(rule.arn.description),
            // What CloudFormation knows it by.
            "Id": .string(busName == StoredBus.defaultName ? rule.name : "\(busName)|\(rule.name)"),
            "EventBusName": .string(busName), "Description": text(rule.description), "RoleArn": text(rule.role),
            "EventPattern": json(rule.pattern), "ScheduleExpression": text(rule.schedule),
            "State": .string(rule.state.rawValue), "Targets": .array(targets),
        ])
    }

    private static func members(of archive: StoredArchive) -> JSON {
        .object([
            "ArchiveName": .string(archive.name), "Arn": .string(archive.arn.description),
            "SourceArn": .string(archive.bus.description), "Description": text(archive.description),
            "EventPattern": json(archive.pattern), "RetentionDays": .number(archive.retentionDays),
            "KmsKeyIdentifier": text(archive.kmsKey),
        ])
    }

    /// Without secrets.
    private static func members(of connection: StoredConnection) -> JSON {
        .object([
            "Name": .string(connection.name), "Arn": .string(connection.arn.description),
            "SecretArn": .string(connection.secretARN.description), "Description": text(connection.description),
            "AuthorizationType": .string(connection.type.rawValue), "AuthParameters": connection.secret?.shown,
            "KmsKeyIdentifier": text(connection.kmsKey),
        ])
    }

    private static func members(of destination: StoredApiDestination) -> JSON {
        .object([
            "Name": .string(destination.name), "Arn": .string(destination.arn.description),
            "Description": text(destination.description),
            "ConnectionArn": text(destination.connection?.description),
            "InvocationEndpoint": .string(destination.endpoint), "HttpMethod": .string(destination.method.rawValue),
            "InvocationRateLimitPerSecond": .number(destination.perSecond),
        ])
    }

    private static func members(of endpoint: StoredEndpoint) -> JSON {
        .object([
            "Name": .string(endpoint.name), "Arn": .string(endpoint.arn.description),
            "EndpointId": .string(endpoint.id), "EndpointUrl": .string(endpoint.url),
            "Description": endpoint.settings["Description"], "EventBuses": endpoint.settings["EventBuses"],
            "ReplicationConfig": endpoint.settings["ReplicationConfig"] ?? ["State": "ENABLED"],
            "RoutingConfig": endpoint.settings["RoutingConfig"], "RoleArn": endpoint.settings["RoleArn"],
            "State": .string(endpoint.state.rawValue),
        ])
    }

    // MARK: All of them

    @Sendable private static func list(_ type: String, _ after: ARN?, _ limit: Int, _ context: ReadContext) throws
        -> [ARN]
    {
        // Of all but rules, the name follows the kind.
        let parts = after?.resource.split(separator: "/", omittingEmptySubsequences: false).map(String.init) ?? []
        let name = parts.count > 1 ? parts[1] : ""
        switch type {
        case bus:
            return try StoredBus.list(
                account: context.account, region: context.region, after: after.map(StoredBus.name(of:)) ?? "",
                limit: limit, in: context
            ).map(\.arn)
        case rule: return try rules(after: after, limit: limit, in: context)
        case archive:
            return try names(
                "SELECT name FROM events_archive WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
                after: name, limit, in: context
            ).map { StoredArchive.arn($0, in: context) }
        case connection:
            return try StoredConnection.list(prefix: "", state: nil, after: name, limit: limit, in: context).map(\.arn)
        case apiDestination:
            return try StoredApiDestination.list(prefix: "", connection: nil, after: name, limit: limit, in: context)
                .map(\.arn)
        case endpoint:
            return try StoredEndpoint.list(
                region: context.region, prefix: "", after: name, limit: limit, in: context
            ).map(\.arn)
        default: return []
        }
    }

    private static func names(_ sql: StaticString, after name: String, _ limit: Int, in context: ReadContext) throws
        -> [String]
    {
        var names: [String] = []
        try context.database.query(sql, context.account, context.region, name, limit) { names.append($0.text(0)) }
        return names
    }

    private static func rules(after: ARN?, limit: Int, in context: ReadContext) throws -> [ARN] {
        let position = after.flatMap(StoredRule.parts(of:))
        var rules: [ARN] = []
        try context.database.query(
            """
            SELECT bus, name FROM events_rule WHERE account = ? AND region = ? AND (bus, name) > (?, ?)
            ORDER BY bus, name LIMIT ?
            """, context.account, context.region, position.map { StoredBus.name(of: $0.bus) } ?? "",
            position?.name ?? "", limit
        ) { row in
            let bus = StoredBus.arn(row.text(0), account: context.account, region: context.region)
            rules.append(StoredRule.arn(row.text(1), on: bus))
        }
        return rules
    }
}
