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
        guard let parts = Self.parts(of: text) else { return nil }
        (partition, service, region, account, resource) = parts
        description = text
    }

    private typealias Parts = (partition: String, service: String, region: String, account: String, resource: String)

    /// By bytes, since each message comes by several ARNs.
    private static func parts(of text: String) -> Parts? {
        var text = text
        return text.withUTF8 { bytes in
            var start = 0
            func next() -> String? {
                var end = start
                while end < bytes.count, bytes[end] != UInt8(ascii: ":") { end += 1 }
                guard end < bytes.count else { return nil }
                defer { start = end + 1 }
                return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
            }
            guard next() == "arn", let partition = next(), let service = next(), let region = next(),
                let account = next(), !partition.isEmpty, !service.isEmpty, start < bytes.count
            else { return nil }
            let resource = String(decoding: UnsafeBufferPointer(rebasing: bytes[start...]), as: UTF8.self)
            return (partition, service, region, account, resource)
        }
    }

    private static let partitions = [
        ("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc"), ("us-isob-", "aws-iso-b"),
        ("us-iso-", "aws-iso"), ("eu-isoe-", "aws-iso-e"), ("us-isof-", "aws-iso-f"),
    ]

    /// The partition that a Region belongs to; unknown ones belong to `aws`.
    public static func partition(of region: String) -> String {
        partitions.first { region.hasPrefix($0.0) }?.1 ?? "aws"
    }
}
