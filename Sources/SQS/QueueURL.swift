import JSON
import Kernel
import Model

/// Where a queue is found: its account, Region and name.
struct QueueAddress: Equatable {
    let account: String
    let region: String
    let name: String

    init(account: String, region: String, name: String) {
        self.account = account
        self.region = region
        self.name = name
    }

    /// Reads a queue URL by its path, whatever its host is, since each client names the server in its own way:
    /// `http://HOST/ACCOUNT/NAME`, `…/queue/REGION/ACCOUNT/NAME`, or the bare name of a queue of the caller's.
    init(url: String, caller: Caller) throws(AWSError) {
        let slash = UInt8(ascii: "/")
        if !url.isEmpty, !url.utf8.contains(slash) {
            self.init(account: caller.account, region: caller.region, name: url)
            return
        }
        var rest = url.utf8[...]
        var region = caller.region
        for scheme in ["https://", "http://"] where rest.starts(with: scheme.utf8) {
            rest = rest.dropFirst(scheme.utf8.count)
            let host = rest.prefix { $0 != slash }
            region = Self.region(ofHost: Substring(host)) ?? region
            rest = rest.dropFirst(host.count)
        }
        let parts = rest.split(separator: slash).map { String(Substring($0)) }
        switch parts.count {
        case 2 where AccountID.isValid(parts[0]): self.init(account: parts[0], region: region, name: parts[1])
        case 4 where parts[0] == "queue" && AccountID.isValid(parts[2]):
            self.init(account: parts[2], region: parts[1], name: parts[3])
        default: throw AWSError.invalidAddress(url)
        }
    }

    /// - Parameter arn: nil for what is no ARN of a queue.
    init?(arn text: String) {
        guard let arn = ARN(text), arn.service == "sqs", AccountID.isValid(arn.account), !arn.resource.contains(":")
        else { return nil }
        self.init(account: arn.account, region: arn.region, name: arn.resource)
    }

    var cacheKey: String { "sqs \(account) \(region) \(name)" }

    var arn: ARN { ARN(service: "sqs", region: region, account: account, resource: name) }

    /// The URL as the caller reaches the queue.
    func url(for caller: Caller) -> String { "\(caller.endpoint)/\(account)/\(name)" }

    /// `eu-west-1` of `sqs.eu-west-1.amazonaws.com` and of the older `eu-west-1.queue.amazonaws.com`.
    private static func region(ofHost host: Substring) -> String? {
        guard host.utf8.count(where: { $0 == UInt8(ascii: ".") }) >= 2 else { return nil }
        let labels = host.split(separator: ".")
        if labels[0] == "sqs", labels[1].contains("-") { return String(labels[1]) }
        if labels[1] == "queue", labels[0].contains("-") { return String(labels[0]) }
        return nil
    }
}
