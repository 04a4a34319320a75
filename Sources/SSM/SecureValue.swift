import Crypto
import Kernel
import Model

/// SecureString values: sealed with AES-256-GCM under a key for each account, Region and key id.
enum SecureValue {
    static let defaultKeyID = "alias/aws/ssm"

    static func seal(_ value: [UInt8], keyID: String, name: String, in context: WriteContext) throws -> [UInt8] {
        let box = try AES.GCM.seal(
            value, using: try key(keyID, in: context), nonce: AES.GCM.Nonce(data: context.random.bytes(12)),
            authenticating: binding(name))
        guard let combined = box.combined else { throw AWSError("InternalServerError", status: 500) }
        return Array(combined)
    }

    static func open(_ sealed: [UInt8], keyID: String, name: String, owner: Owner, in context: ReadContext) throws
        -> [UInt8]
    {
        guard let key = try storedKey(keyID, owner: owner, in: context) else { throw AWSError.invalidKeyID(keyID) }
        let plain = try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: binding(name))
        return Array(plain)
    }

    /// A sealed value belongs to its parameter: moved to another one in the file, it cannot be opened.
    private static func binding(_ name: String) -> [UInt8] { Array(ParameterName.key(name).utf8) }

    private static func key(_ keyID: String, in context: WriteContext) throws -> SymmetricKey {
        let owner = Owner(account: context.account, region: context.region)
        if let key = try storedKey(keyID, owner: owner, in: context) { return key }
        let material = context.random.bytes(32)
        try context.database.run(
            "INSERT INTO ssm_key (account, region, key_id, material) VALUES (?, ?, ?, ?)", context.account,
            context.region,
            keyID, material)
        return SymmetricKey(data: material)
    }

    private static func storedKey(_ keyID: String, owner: Owner, in context: ReadContext) throws -> SymmetricKey? {
        try context.database.first(
            "SELECT material FROM ssm_key WHERE account = ? AND region = ? AND key_id = ?", owner.account, owner.region,
            keyID
        ) { SymmetricKey(data: $0.blob(0)) }
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
