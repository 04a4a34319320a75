import Crypto
import CryptoExtras
import JSON
import Kernel
import Model
import Synchronization

/// Signs messages as SNS does: RSA with SHA-1 (version 1) or SHA-256 (version 2), under a key that is made once for each
/// store; its certificate is served at the messages' `SigningCertURL`.
///
/// Source: the developer guide's page "Verifying the signatures of Amazon SNS messages".
public struct MessageSigner: Sendable {
    private let key: _RSA.Signing.PrivateKey
    public let certificate: Certificate

    /// Half of AWS's: nobody is kept out by it here, and every message costs a signature.
    private static let keyBits = 1024
    private static let secretName = "sns.signing-key"
    /// The keys that were read, by their store's first use: parsing one costs more than signing.
    private static let cache = Mutex<[[UInt8]: MessageSigner]>([:])
    /// The latest signatures: the subscribers to a topic all get the same.
    private static let recent = Mutex<[String: String]>([:])
    private static let recentLimit = 64

    /// The store's key; nil in a store that has signed nothing yet.
    public init?(storedIn context: ReadContext) throws {
        guard let secret = try context.secret(Self.secretName) else { return nil }
        self = try Self.cached(secret)
    }

    /// The store's key, made if there is none.
    init(in context: WriteContext) throws {
        if let known = try context.cached(Self.secretName, read: { try MessageSigner(storedIn: context) }) {
            self = known
            return
        }
        let key = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: Self.keyBits))
        let secret = Array(key.derRepresentation)
        try context.keep(secret: secret, as: Self.secretName)
        context.forget(Self.secretName)
        self = try Self.cached(secret)
    }

    private static func cached(_ secret: [UInt8]) throws -> MessageSigner {
        if let known = cache.withLock({ $0[secret] }) { return known }
        let signer = try MessageSigner(key: _RSA.Signing.PrivateKey(unsafeDERRepresentation: secret))
        cache.withLock { $0 = [secret: signer] }
        return signer
    }

    private init(key: _RSA.Signing.PrivateKey) throws {
        self.key = key
        certificate = try Certificate(selfSigned: key, commonName: "sns.amazonaws.com")
    }

    /// In base64.
    func signature(of text: String, version: String) throws -> String {
        let name = version + certificate.id + text
        if let known = Self.recent.withLock({ $0[name] }) { return known }
        let bytes = Array(text.utf8)
        let signature =
            version == "2"
            ? try key.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
            : try key.signature(for: Insecure.SHA1.hash(data: bytes), padding: .insecurePKCS1v1_5)
        let encoded = Base64.encode(Array(signature.rawRepresentation))
        Self.recent.withLock { recent in
            if recent.count >= Self.recentLimit { recent = [:] }
            recent[name] = encoded
        }
        return encoded
    }
}

/// A self-signed X.509 certificate (RFC 5280), as small as one can be.
public struct Certificate: Sendable {
    public let pem: String
    /// What stands in its address.
    public let id: String

    init(selfSigned key: _RSA.Signing.PrivateKey, commonName: String) throws {
        let algorithm = DER.sequence(DER.identifier([1, 2, 840, 113_549, 1, 1, 11]) + DER.null)
        let name = DER.sequence(
            DER.element(0x31, DER.sequence(DER.identifier([2, 5, 4, 3]) + DER.element(0x0C, Array(commonName.utf8)))))
        let validity = DER.sequence(
            DER.element(0x17, Array("200101000000Z".utf8)) + DER.element(0x18, Array("20991231235959Z".utf8)))
        let publicKey = Array(key.publicKey.derRepresentation)
        let fingerprint = Array(SHA256.hash(data: publicKey))
        let body = DER.sequence(
            DER.element(0xA0, DER.element(0x02, [2])) + DER.element(0x02, [1] + fingerprint.prefix(8)) + algorithm
                + name
                + validity + name + publicKey)
        let signature = try key.signature(for: SHA256.hash(data: body), padding: .insecurePKCS1v1_5)
        let whole = DER.sequence(body + algorithm + DER.element(0x03, [0] + Array(signature.rawRepresentation)))
        let text = Base64.encode(whole)
        var lines: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            lines.append(rest.prefix(64))
            rest = rest.dropFirst(64)
        }
        pem = "-----BEGIN CERTIFICATE-----\n\(lines.joined(separator: "\n"))\n-----END CERTIFICATE-----\n"
        id = Hexadecimal.encode(Array(fingerprint.prefix(16)))
    }
}

/// The encoding of X.509 (ITU-T X.690).
private enum DER {
    static let null: [UInt8] = [0x05, 0x00]

    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if content.count < 128 {
            length = [UInt8(content.count)]
        } else {
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(rest & 0xFF), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }

    static func sequence(_ content: [UInt8]) -> [UInt8] { element(0x30, content) }

    static func identifier(_ parts: [Int]) -> [UInt8] {
        var bytes = [UInt8(parts[0] * 40 + parts[1])]
        for part in parts.dropFirst(2) {
            var group = [UInt8(part & 0x7F)]
            var rest = part >> 7
            while rest > 0 {
                group.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
                rest >>= 7
            }
            bytes += group
        }
        return element(0x06, bytes)
    }
}
