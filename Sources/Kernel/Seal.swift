import Crypto

/// Values that must not stand in the store as they are: sealed with AES-256-GCM, which notices every change.
///
/// ```swift
/// let sealed = try context.seal(Array("secret".utf8), with: "events.connections", bindingTo: connection.description)
/// let plain = try context.open(sealed, with: "events.connections", bindingTo: connection.description)
/// ```
public enum Seal {
    public static let keyBytes = 32
    static let nonceBytes = 12

    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - owner: what the value belongs to: moved to another owner in the file, it cannot be opened.
    public static func seal(_ value: [UInt8], key: [UInt8], bindingTo owner: String, _ random: Randomness) throws
        -> [UInt8]
    {
        let nonce = try AES.GCM.Nonce(data: random.bytes(nonceBytes))
        let box = try AES.GCM.seal(
            value, using: SymmetricKey(data: key), nonce: nonce, authenticating: Array(owner.utf8))
        return Array(nonce) + box.ciphertext + box.tag
    }

    public static func open(_ sealed: [UInt8], key: [UInt8], bindingTo owner: String) throws -> [UInt8] {
        let box = try AES.GCM.SealedBox(combined: sealed)
        return Array(try AES.GCM.open(box, using: SymmetricKey(data: key), authenticating: Array(owner.utf8)))
    }
}

extension ReadContext {
    /// Opens what `WriteContext.seal` sealed.
    public func open(_ sealed: [UInt8], with keyName: String, bindingTo owner: String) throws -> [UInt8] {
        guard let key = try secret(keyName) else { throw StoreError("the store has lost its key \(keyName)") }
        return try Seal.open(sealed, key: key, bindingTo: owner)
    }
}

extension WriteContext {
    /// Seals a value with a key of the store's, which is made when it is first needed.
    public func seal(_ value: [UInt8], with keyName: String, bindingTo owner: String) throws -> [UInt8] {
        let key = try secret(keyName) ?? random.bytes(Seal.keyBytes)
        try keep(secret: key, as: keyName)
        return try Seal.seal(value, key: key, bindingTo: owner, random)
    }
}
