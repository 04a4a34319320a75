import JSON
import Kernel
import Model

/// Keys that are issued for a time.
enum TemporaryCredentials {
    /// Issues credentials for an identity and remembers whose they are.
    static func issue(
        for principal: Principal, seconds: Int, source: JSON, in context: WriteContext
    ) throws -> Credentials {
        let keyID = accessKeyID(account: principal.account, context)
        let expires = context.now.adding(seconds: seconds)
        let session = Session(accessKeyID: keyID, principal: principal, expires: expires, source: source)
        try Session.forgetExpired(in: context)
        try session.insert(in: context)
        return Credentials(
            accessKeyId: keyID, secretAccessKey: Base64.encode(context.random.bytes(30)),
            sessionToken: Base64.encode(context.random.bytes(150)),
            // STS shows whole seconds.
            expiration: Timestamp(milliseconds: expires.milliseconds / 1000 * 1000))
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    /// `ASIA` and 16 characters of base 32 whose first 48 bits hold the account, as those of AWS do.
    private static func accessKeyID(account: String, _ context: WriteContext) -> String {
        let number = (UInt64(account) ?? 0) << 7 & 0x7FFF_FFFF_FF80
        let high = number | 0x8000_0000_0000 | context.random.next() & 0x7F
        let low = context.random.next() & 0xFFFF_FFFF
        let digits = (0..<16).map { place -> Character in
            let shift = 75 - 5 * place
            let bits = shift >= 32 ? high >> UInt64(shift - 32) : high << UInt64(32 - shift) | low >> UInt64(shift)
            return alphabet[Int(bits & 31)]
        }
        return "ASIA" + String(digits)
    }

    /// The account in a key id; nil for ids that hold none.
    static func account(in keyID: String) -> String? {
        guard keyID.count == 20 else { return nil }
        var bits: UInt64 = 0
        for character in keyID.dropFirst(4).prefix(10) {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 5 | UInt64(value)
        }
        let first48 = bits >> 2
        guard first48 & 0x8000_0000_0000 != 0 else { return nil }
        let number = String((first48 & 0x7FFF_FFFF_FF80) >> 7)
        return String(repeating: "0", count: 12 - number.count) + number
    }
}
