import Model

/// A role by its ARN. IAM is not served, so every well-formed role exists.
public struct Role: Sendable {
    public let arn: ARN
    public let name: String

    /// Nil for what is no ARN of a role.
    public init?(arn text: String) {
        guard let arn = ARN(text), arn.service == "iam", arn.region.isEmpty, AccountID.isValid(arn.account),
            let name = arn.resource.split(separator: "/", omittingEmptySubsequences: false).dropFirst().last,
            arn.resource.hasPrefix("role/"), !name.isEmpty
        else { return nil }
        self.arn = arn
        self.name = String(name)
    }

    /// `AROA` and 17 characters, always the same for a role.
    public var id: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var id = "AROA"
        for place in 0..<17 {
            for byte in "\(arn.account)/\(name)/\(place)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            id.append(alphabet[Int(hash >> 32 & 31)])
        }
        return id
    }

    /// Who acts in the role; a service does so by itself, with no credentials that it shows to anybody.
    public func principal(sessionName: String) -> Principal {
        Principal(
            account: arn.account, arn: "arn:\(arn.partition):sts::\(arn.account):assumed-role/\(name)/\(sessionName)",
            userID: "\(id):\(sessionName)", sessionKeyID: nil)
    }
}
