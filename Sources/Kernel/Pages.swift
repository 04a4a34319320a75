import Crypto
import Model

/// Pagination tokens: the position in a list, sealed, so that an altered or foreign token is noticed.
struct Pages: Sendable {
    /// Made ready with the key: half of the work that a short token costs.
    private let keyed: HMAC<SHA256>

    private let short: SipHash

    init(secret: [UInt8]) {
        keyed = HMAC(key: SymmetricKey(data: secret))
        // A key of its own, which tells nothing of the other one.
        short = SipHash(
            key: Array(HMAC<SHA256>.authenticationCode(for: Array("short".utf8), using: SymmetricKey(data: secret))))
    }

    /// For what is made with every message.
    func shortCode(_ bytes: [UInt8]) -> UInt64 { short.code(bytes) }

    func token(for position: String, purpose: String, caller: Caller) -> String {
        let body = Array(position.utf8)
        return Base64.encode(code(body, purpose, caller) + body)
    }

    func position(in token: String, purpose: String, caller: Caller) -> String? {
        guard let bytes = Base64.decode(token), bytes.count > Self.codeBytes else { return nil }
        let body = Array(bytes[Self.codeBytes...])
        guard code(body, purpose, caller) == Array(bytes[..<Self.codeBytes]) else { return nil }
        return String(validating: body, as: UTF8.self)
    }

    private static let codeBytes = 16

    private func code(_ body: [UInt8], _ purpose: String, _ caller: Caller) -> [UInt8] {
        var hmac = keyed
        hmac.update(data: Array("\(caller.account)\n\(caller.region)\n\(purpose)\n".utf8))
        hmac.update(data: body)
        return Array(hmac.finalize().prefix(Self.codeBytes))
    }
}
