import JSON
import Kernel
import Model

/// A version of the data type `aws:ec2:image` comes into being only after its AMI was found: until then a new parameter is
/// not to be seen, and an older value stays the current one.
///
/// EC2 is not served, so every id of 8 or 17 hexadecimal digits has an image.
/// Source: the AWS page "Using native parameter support in Parameter Store for AMI IDs", and recorded answers.
enum ImageValidation {
    static let jobKind = "ssm.image-validation"
    static let dataType = "aws:ec2:image"

    static func schedule(_ version: ParameterVersion, value: String, tags: [Tag], in context: WriteContext) throws {
        context.access("ec2:DescribeImages", on: "*")
        let detail = JSON.object([
            "spelling": .string(version.spelling), "type": .string(version.type.rawValue),
            // A secret is sealed here too.
            "value": .string(Base64.encode(version.value)), "keyID": version.keyID.map(JSON.string),
            "description": version.description.map(JSON.string),
            "allowedPattern": version.allowedPattern.map(JSON.string), "tier": .string(version.tier.rawValue),
            "policies": .string(ParameterPolicy.text(of: version.policies)), "isImage": .bool(isImage(value)),
            "modifiedBy": .string(version.modifiedBy), "isNew": .bool(version.version == 1),
            "tags": .array(tags.map { .object(["Key": .string($0.key), "Value": .string($0.value)]) }),
        ])
        try context.schedule(jobKind, subject: context.random.uuid(), due: context.now, detail: detail)
    }

    @Sendable static func run(_ job: Job, in context: WriteContext) throws {
        guard let spelling = job.detail["spelling"]?.string else { return }
        let owner = Owner(account: context.account, region: context.region)
        let current = try ParameterVersion.latest(spelling, owner: owner, in: context)
        let version = try ParameterVersion(job.detail, current: current, now: context.now)
        let operation = job.detail["isNew"] == true ? "Create" : "Update"
        // Another request may have made the parameter, deleted it or labelled its oldest version in the meantime.
        guard job.detail["isImage"] == true, (current == nil) == (operation == "Create"),
            (try? SSM.versionToDrop(for: version, in: context) ?? 0) != nil
        else {
            return try context.emit(.imageNotFound(operation, version, arn: ParameterName.arn(spelling, in: context)))
        }
        let tags = (job.detail["tags"]?.array ?? []).map {
            Tag(key: $0["Key"]?.string ?? "", value: $0["Value"]?.string ?? "")
        }
        try SSM.keep(version, replacing: current, tags: tags, in: context)
    }

    private static func isImage(_ value: String) -> Bool {
        let digits = value.dropFirst("ami-".count)
        return [8, 17].contains(digits.utf8.count) && digits.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }
}

extension ParameterVersion {
    fileprivate init(_ detail: JSON, current: ParameterVersion?, now: Timestamp) throws {
        func text(_ name: String) -> String? { detail[name]?.string }
        self.init(
            spelling: current?.spelling ?? text("spelling") ?? "", version: (current?.version ?? 0) + 1,
            type: text("type").flatMap(ParameterType.init) ?? .string,
            value: text("value").flatMap { Base64.decode($0) } ?? [], keyID: text("keyID"),
            description: text("description"), allowedPattern: text("allowedPattern"),
            tier: text("tier").flatMap(ParameterTier.init) ?? .standard,
            policies: try text("policies").map(ParameterPolicy.stored) ?? [], dataType: ImageValidation.dataType,
            modified: now, modifiedBy: text("modifiedBy") ?? "")
    }
}

extension Event {
    fileprivate static func imageNotFound(_ operation: String, _ version: ParameterVersion, arn: ARN) -> Event {
        Event(
            source: "aws.ssm", detailType: "Parameter Store Change", resources: [arn.description],
            detail: .object([
                "exception": "Unable to Describe Resource", "dataType": .string(version.dataType),
                "name": .string(version.spelling), "type": .string(version.type.rawValue),
                "operation": .string(operation),
            ]))
    }
}
