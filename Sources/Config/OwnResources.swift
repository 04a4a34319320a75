import JSON
import Kernel
import Model

/// What Config records of its own resources. The items have the form of CloudFormation's registry, as in AWS those of all
/// types that came late.
enum OwnResources {
    private static let authorization = "AWS::Config::AggregationAuthorization"
    private static let pack = "AWS::Config::ConformancePack"
    private static let query = "AWS::Config::StoredQuery"

    static let source = ConfigurationSource(
        types: RecorderConfiguration.source.types + [authorization, pack, query], observe: observe, list: list)

    @Sendable private static func observe(_ arn: ARN, _ context: ReadContext) throws -> ResourceObservation? {
        let parts = arn.resource.split(separator: "/").map(String.init)
        guard parts.count == 3 else { return nil }
        switch parts[0] {
        case "aggregation-authorization":
            let place = AggregatedPlace(account: parts[1], region: parts[2])
            let id = "\(place.account)|\(place.region)"
            guard try StoredAuthorization.list(in: context).contains(where: { $0.authorized == place }) else {
                return .gone(type: authorization, id: id)
            }
            return try present(
                authorization, id, nil, arn,
                ["AuthorizedAccountId": .string(place.account), "AuthorizedAwsRegion": .string(place.region)],
                in: context)
        case "conformance-pack":
            // A pack that is going is gone: nobody says so a second time.
            guard let found = try StoredPack.find(parts[1], in: context), found.state != .deleting else {
                return .gone(type: pack, id: parts[1])
            }
            return try present(
                pack, found.name, found.name, arn,
                .object([
                    "ConformancePackName": .string(found.name), "DeliveryS3Bucket": found.settings["DeliveryS3Bucket"],
                    "DeliveryS3KeyPrefix": found.settings["DeliveryS3KeyPrefix"],
                    "ConformancePackInputParameters": found.settings["ConformancePackInputParameters"],
                    "TemplateSSMDocumentDetails": found.settings["TemplateSSMDocumentDetails"],
                ]), in: context)
        case "stored-query":
            guard let found = try KeptQuery.find(parts[1], in: context) else {
                return .gone(type: query, id: parts[1])
            }
            return try present(
                query, found.name, found.name, arn,
                .object([
                    "QueryArn": .string(arn.description), "QueryId": .string(found.id),
                    "QueryName": .string(found.name), "QueryDescription": found.description.map(JSON.string),
                    "QueryExpression": found.expression.map(JSON.string),
                ]), in: context)
        default: return try RecorderConfiguration.source.observe(arn, context)
        }
    }

    private static func present(
        _ type: String, _ id: String, _ name: String?, _ arn: ARN, _ configuration: JSON, in context: ReadContext
    ) throws -> ResourceObservation {
        let tags = try context.tags(of: arn)
        var members = configuration.object ?? JSONObject()
        members["Tags"] = .array(tags.map { ["Key": .string($0.key), "Value": .string($0.value)] })
        return .present(
            ConfiguredResource(
                type: type, id: id, name: name, arn: arn.description, configuration: .object(members), tags: tags))
    }

    /// By name.
    @Sendable private static func list(_ type: String, _ after: ARN?, _ limit: Int, _ context: ReadContext) throws
        -> [ARN]
    {
        let name = after?.resource.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        switch type {
        case authorization:
            let all = try StoredAuthorization.list(in: context).map { $0.arn(in: context) }
            let rest = after.flatMap({ all.firstIndex(of: $0) }).map { all[($0 + 1)...] } ?? all[...]
            return Array(rest.prefix(limit))
        case pack: return try StoredPack.list(after: name, in: context).prefix(limit).map { $0.arn(in: context) }
        case query: return try KeptQuery.list(after: name, limit: limit, in: context).map { $0.arn(in: context) }
        default: return try RecorderConfiguration.source.list(type, after, limit, context)
        }
    }
}
