import JSON
import Kernel
import Model

/// Parameters for AWS Config, which in AWS knows nothing of them: they are recorded where more is asked for, with the
/// members that AWS CloudFormation reads, and the version. The value of a SecureString is left out.
enum ParameterConfiguration {
    private static let type = "AWS::SSM::Parameter"
    private static let resourcePrefix = "parameter/"

    static let source = ConfigurationSource(types: [type], observe: observe, list: list)

    @Sendable private static func observe(_ arn: ARN, _ context: ReadContext) throws -> ResourceObservation? {
        guard arn.resource.hasPrefix(resourcePrefix) else { return nil }
        let key = String(arn.resource.dropFirst(resourcePrefix.count))
        let owner = Owner(account: arn.account, region: arn.region)
        guard let found = try ParameterVersion.latest(key, owner: owner, in: context) else {
            return .gone(type: type, id: key.contains("/") ? "/\(key)" : key)
        }
        let tags = try context.tags(of: arn)
        let policies = found.policies.isEmpty ? nil : JSON.string(ParameterPolicy.text(of: found.policies))
        return .present(
            ConfiguredResource(
                type: type, id: found.spelling, name: found.spelling, arn: arn.description,
                availabilityZone: "Regional",
                configuration: .object([
                    "Name": .string(found.spelling), "Type": .string(found.type.rawValue),
                    "Value": found.type == .secureString ? nil : .string(String(decoding: found.value, as: UTF8.self)),
                    "KeyId": found.keyID.map(JSON.string), "Description": found.description.map(JSON.string),
                    "AllowedPattern": found.allowedPattern.map(JSON.string), "Tier": .string(found.tier.rawValue),
                    "Policies": policies, "DataType": .string(found.dataType), "Version": .number(found.version),
                    "Tags": .object(JSONObject(tags.map { ($0.key, .string($0.value)) })),
                ]), tags: tags))
    }

    @Sendable private static func list(_ type: String, _ after: ARN?, _ limit: Int, _ context: ReadContext) throws
        -> [ARN]
    {
        var parameters: [ARN] = []
        try context.database.query(
            "SELECT name FROM ssm_parameter WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
            context.account, context.region, after.map { String($0.resource.dropFirst(resourcePrefix.count)) } ?? "",
            limit
        ) { parameters.append(ParameterName.arn($0.text(0), in: context)) }
        return parameters
    }
}
