import Kernel
import Model

/// SecureString values: sealed with AES-256-GCM under a key for each account, Region and key id.
enum SecureValue {
    static let defaultKeyID = "alias/aws/ssm"

    static func seal(_ value: [UInt8], keyID: String, name: String, in context: WriteContext) throws -> [UInt8] {
        try Seal.seal(value, key: try key(keyID, in: context), bindingTo: ParameterName.key(name), context.random)
    }

    static func open(_ sealed: [UInt8], keyID: String, name: String, owner: Owner, in context: ReadContext) throws
        -> [UInt8]
    {
        guard let key = try storedKey(keyID, owner: owner, in: context) else { throw AWSError.invalidKeyID(keyID) }
        return try Seal.open(sealed, key: key, bindingTo: ParameterName.key(name))
    }

    private static func key(_ keyID: String, in context: WriteContext) throws -> [UInt8] {
        let owner = Owner(account: context.account, region: context.region)
        if let key = try storedKey(keyID, owner: owner, in: context) { return key }
        let material = context.random.bytes(Seal.keyBytes)
        try context.database.run(
            "INSERT INTO ssm_key (account, region, key_id, material) VALUES (?, ?, ?, ?)", context.account,
            context.region,
            keyID, material)
        return material
    }

    private static func storedKey(_ keyID: String, owner: Owner, in context: ReadContext) throws -> [UInt8]? {
        try context.database.first(
            "SELECT material FROM ssm_key WHERE account = ? AND region = ? AND key_id = ?", owner.account, owner.region,
            keyID
        ) { $0.blob(0) }
    }

    /// A key id, an alias or the ARN of one. Source: the AWS page on the `KeyId` of KMS's Encrypt.
    static func check(_ keyID: String) throws(AWSError) {
        if keyID.hasPrefix("alias/"), keyID.count > "alias/".count { return }
        if keyID.hasPrefix("arn:") {
            guard let arn = ARN(keyID), arn.service == "kms",
                arn.resource.hasPrefix("key/") || arn.resource.hasPrefix("alias/")
            else { throw .invalidKeyID(keyID) }
            return
        }
        let isUUID =
            keyID.utf8.count == 36 && keyID.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12]
            && keyID.allSatisfy { $0.isHexDigit || $0 == "-" }
        let isMultiRegion = keyID.hasPrefix("mrk-") && keyID.count == 36
        guard isUUID || isMultiRegion else { throw .invalidKeyID(keyID) }
    }
}

extension AWSError {
    static func invalidKeyID(_ keyID: String) -> AWSError { AWSError("InvalidKeyId", "Invalid keyId \(keyID)") }
}
