/// An Amazon Resource Name: `arn:<partition>:<service>:<region>:<account>:<resource>`.
public struct ARN: Sendable, Hashable, CustomStringConvertible {
    public let partition: String
    public let service: String
    public let region: String
    public let account: String
    public let resource: String
    /// The whole name; made once, since one change writes it several times.
    public let description: String

    public init(service: String, region: String, account: String, resource: String) {
        partition = Self.partition(of: region)
        self.service = service
        self.region = region
        self.account = account
        self.resource = resource
        description = "arn:\(partition):\(service):\(region):\(account):\(resource)"
    }

    /// Splits at the first five colons; nil for what is no ARN.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "arn", !parts[1].isEmpty, !parts[2].isEmpty, !parts[5].isEmpty else {
            return nil
        }
        partition = parts[1]
        service = parts[2]
        region = parts[3]
        account = parts[4]
        resource = parts[5]
        description = text
    }

    private static let partitions = [
        ("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc"), ("us-isob-", "aws-iso-b"),
        ("us-iso-", "aws-iso"), ("eu-isoe-", "aws-iso-e"), ("us-isof-", "aws-iso-f"),
    ]

    /// The partition that a Region belongs to; unknown ones belong to `aws`.
    public static func partition(of region: String) -> String {
        partitions.first { region.utf8.starts(with: $0.0.utf8) }?.1 ?? "aws"
    }
}
