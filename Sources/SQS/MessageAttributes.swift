import Crypto
import JSON
import Kernel
import Model

/// The attributes of a message: their rules, their size and their digest.
///
/// Source: the developer guide's page "Amazon SQS message metadata", with its algorithm of the MD5 digest.
struct MessageAttributes {
    /// As SendMessage takes them: `{"name": {"DataType": "String", "StringValue": "…"}}`.
    let json: JSONObject

    private static let countLimit = 10
    private static let nameLimit = 256

    /// Checks what was sent; nil stays nil.
    init?(_ sent: JSON?) throws(AWSError) {
        guard let object = sent?.object, !object.isEmpty else { return nil }
        guard object.count <= Self.countLimit else {
            throw .invalidParameter(
                "Number of message attributes [\(object.count)] exceeds the allowed maximum [\(Self.countLimit)].")
        }
        var checked = JSONObject()
        for attribute in object { checked[attribute.name] = try Self.checked(attribute.name, attribute.value) }
        json = checked
    }

    init(stored: JSONObject) { json = stored }

    /// Nothing but the type and the value that it has.
    private static func checked(_ name: String, _ value: JSON) throws(AWSError) -> JSON {
        guard !name.isEmpty, name.utf8.count <= nameLimit else {
            throw .invalidParameter("Message (user) attribute names must be shorter than 256 Bytes")
        }
        guard name.unicodeScalars.allSatisfy(isNameCharacter) else {
            throw .invalidParameter(
                "Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens "
                    + "and underscores. ")
        }
        let lower = name.lowercased()
        guard !lower.hasPrefix("aws."), !lower.hasPrefix("amazon."), !name.hasPrefix("."), !name.hasSuffix(".") else {
            throw .invalidParameter(
                "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for "
                    + "internal use. Additionally, they cannot start or end with '.'.")
        }
        let type = value["DataType"]?.string ?? ""
        guard type.utf8.count <= nameLimit, let kind = Kind(rawValue: String(type.prefix { $0 != "." })) else {
            throw .invalidParameter(
                "The type of message (user) attribute '\(name)' is invalid. You must use only the following supported type "
                    + "prefixes: Binary, Number, String.")
        }
        for list in ["StringListValues", "BinaryListValues"] where value[list]?.array?.isEmpty == false {
            throw .invalidParameter("Message (user) attribute list values in SendMessage operation are not supported.")
        }
        guard let text = value[kind.member]?.string, !text.isEmpty else {
            throw .invalidParameter(
                "Message (user) attribute '\(name)' must contain a non-empty value of type '\(kind.rawValue)'.")
        }
        switch kind {
        case .number where !isNumber(text):
            throw .invalidParameter("Can't cast the value of message (user) attribute '\(name)' to a number.")
        case .binary where Base64.decode(text) == nil:
            throw .invalidParameter(
                "Message (user) attribute '\(name)' must contain a non-empty value of type 'Binary'.")
        case .string where !MessageText.isAllowed(text): throw .invalidParameter(MessageText.invalid.message ?? "")
        default: return .object(["DataType": .string(type), kind.member: .string(text)])
        }
    }

    /// Letters and digits are those of any script (recorded behaviour).
    private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return SQS.isNameByte(UInt8(scalar.value)) || scalar == "." }
        return scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
    }

    private enum Kind: String {
        case string = "String"
        case number = "Number"
        case binary = "Binary"

        var member: String { self == .binary ? "BinaryValue" : "StringValue" }
    }

    /// As they are received: numbers lose the zeros that say nothing. The digest in the answer to a send is of the numbers as
    /// they were sent (recorded behaviour).
    var received: MessageAttributes {
        var received = json
        for attribute in json {
            guard attribute.value["DataType"]?.string?.hasPrefix(Kind.number.rawValue) == true,
                let text = attribute.value[Kind.number.member]?.string, let short = Self.shortened(text)
            else { continue }
            var value = attribute.value.object ?? JSONObject()
            value[Kind.number.member] = .string(short)
            received[attribute.name] = .object(value)
        }
        return MessageAttributes(stored: received)
    }

    /// Without a plus, leading zeros and zeros that end a fraction; nil where there are none, or where there is an exponent.
    private static func shortened(_ number: String) -> String? {
        guard number.utf8.allSatisfy({ (48...57).contains($0) || [43, 45, 46].contains($0) }) else { return nil }
        let isNegative = number.hasPrefix("-")
        let parts = number.drop { "+-".contains($0) }.split(separator: ".", omittingEmptySubsequences: false)
        let whole = parts[0].drop { $0 == "0" }
        var fraction = parts.count > 1 ? parts[1] : ""
        while fraction.last == "0" { fraction.removeLast() }
        let digits = (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : "." + fraction)
        let short = isNegative && digits != "0" ? "-" + digits : String(digits)
        return short == number ? nil : short
    }

    /// A decimal number, with an exponent if need be.
    private static func isNumber(_ text: String) -> Bool {
        guard let number = Double(text), number.isFinite else { return false }
        return text.utf8.allSatisfy {
            (48...57).contains($0)
                || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")]
                    .contains($0)
        }
    }

    // MARK: Size and digest

    /// Bytes of names, types and values.
    var byteCount: Int {
        json.reduce(0) { count, attribute in
            count + attribute.name.utf8.count + (attribute.value["DataType"]?.string?.utf8.count ?? 0)
                + Self.bytes(attribute.value).count
        }
    }

    private static func bytes(_ value: JSON) -> [UInt8] {
        if let text = value["StringValue"]?.string { return Array(text.utf8) }
        return value["BinaryValue"]?.string.flatMap { Base64.decode($0) } ?? []
    }

    /// In hexadecimal digits.
    var md5: String {
        var digest = Insecure.MD5()
        func update(_ bytes: [UInt8]) {
            digest.update(data: withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) })
            digest.update(data: bytes)
        }
        for attribute in json.sorted(by: { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }) {
            update(Array(attribute.name.utf8))
            update(Array((attribute.value["DataType"]?.string ?? "").utf8))
            digest.update(data: [attribute.value["BinaryValue"] == nil ? 1 : 2] as [UInt8])
            update(Self.bytes(attribute.value))
        }
        return Hexadecimal.encode(Array(digest.finalize()))
    }

    /// Those that a receive asks for: `All`, `.*`, `*`, whole names, or `begin.*`.
    func picked(by names: [String]) -> MessageAttributes? {
        let all = names.contains { ["All", ".*", "*"].contains($0) }
        let prefixes = names.filter { $0.hasSuffix(".*") }.map { $0.dropLast(2) }
        let picked = json.filter { attribute in
            all || names.contains(attribute.name) || prefixes.contains { attribute.name.hasPrefix($0) }
        }
        return picked.isEmpty ? nil : MessageAttributes(stored: JSONObject(picked.map { ($0.name, $0.value) }))
    }
}

/// Digests as SQS shows them.
enum Digest {
    static func md5(_ text: String) -> String {
        Hexadecimal.encode(Array(Insecure.MD5.hash(data: Array(text.utf8))))
    }

    static func sha256(_ text: String) -> String {
        Hexadecimal.encode(Array(SHA256.hash(data: Array(text.utf8))))
    }
}

/// The characters that a message may have: those of XML 1.0.
enum MessageText {
    static func isAllowed(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var place = 0
            while place < bytes.count {
                let byte = bytes[place]
                if byte < 0x20, byte != 0x9, byte != 0xA, byte != 0xD { return false }
                // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
                if byte >= 0xBE, byte <= 0xBF, place >= 2, bytes[place - 1] == 0xBF, bytes[place - 2] == 0xEF {
                    return false
                }
                place += 1
            }
            return true
        }
    }

    static let invalid = AWSError(
        "InvalidMessageContents",
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | "
            + "#x10000 to #x10FFFF")
}
