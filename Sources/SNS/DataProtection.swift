import JSON
import Kernel
import Model

/// A topic's data protection policy: what it denies and what it hides, of the identifiers that a pattern can decide. What
/// else a policy may ask for is refused, since nobody would notice that it did nothing.
///
/// Source: the developer guide's page "Securing Amazon SNS data with message data protection".
enum DataProtection {
    private enum Operation {
        case deny
        /// Writes into logs that are not there.
        case audit
        /// The character in place of each hidden one; nil takes the text away.
        case hide(Character?)
    }

    private struct Rule {
        let sid: String
        let identifiers: [Identifier]
        let operation: Operation
        let isInbound: Bool
    }

    private static func invalid(_ reason: String) -> AWSError {
        .invalidParameter("DataProtectionPolicy Reason: \(reason)")
    }

    static func check(_ text: String, of topic: ARN, in context: WriteContext) throws {
        for rule in try rules(text) {
            guard case .audit = rule.operation else { continue }
            try context.notEnforced(
                topic.description,
                reason:
                    "the audit statement \(rule.sid): CloudWatch Logs, Firehose and S3 are not served: no findings are written"
            )
        }
    }

    private static func rules(_ text: String) throws -> [Rule] {
        guard let policy = try? JSON(parsing: text), policy.object != nil else { throw invalid("failed to parse JSON") }
        guard policy["Version"] == "2021-06-01", policy["Name"]?.string != nil else {
            throw invalid("Name and Version 2021-06-01 are required")
        }
        return try (policy["Statement"]?.array ?? []).map { statement in
            guard let direction = statement["DataDirection"]?.string, ["Inbound", "Outbound"].contains(direction) else {
                throw invalid("Statement DataDirection must be either Inbound or Outbound")
            }
            let principals = statement["Principal"]?.array ?? []
            guard principals.allSatisfy({ $0 == "*" }) else { throw invalid("only the Principal \"*\" is supported") }
            let identifiers = try (statement["DataIdentifier"]?.array ?? []).map { json in
                let name = json.string ?? ""
                guard let identifier = Identifier(rawValue: name.split(separator: "/").last.map(String.init) ?? "")
                else {
                    throw invalid("the data identifier \(name) is not supported")
                }
                return identifier
            }
            guard !identifiers.isEmpty else { throw invalid("DataIdentifier is required") }
            return Rule(
                sid: statement["Sid"]?.string ?? "", identifiers: identifiers,
                operation: try operation(statement["Operation"]), isInbound: direction == "Inbound")
        }
    }

    private static func operation(_ json: JSON?) throws -> Operation {
        if json?["Deny"]?.object != nil { return .deny }
        if json?["Audit"]?.object != nil { return .audit }
        guard let hide = json?["Deidentify"] else { throw invalid("the operation must be Audit, Deidentify or Deny") }
        if let mask = hide["MaskConfig"] {
            guard let character = mask["MaskWithCharacter"]?.string, character.count == 1 else {
                throw invalid("MaskWithCharacter must be one character")
            }
            return .hide(character.first)
        }
        guard hide["RedactConfig"]?.object != nil else { throw invalid("MaskConfig or RedactConfig is required") }
        return .hide(nil)
    }

    private struct Denial: Error {
        let text: String
    }

    /// The message as the topic's policy lets it in.
    static func admitted(_ message: PublishedMessage, to topic: StoredTopic) throws -> PublishedMessage {
        let rules = try rules(of: topic, inbound: true)
        guard !rules.isEmpty else { return message }
        do {
            return try message.mapTexts { try filtered($0, rules) }
        } catch let denial as Denial {
            throw AWSError("AuthorizationErrorException", denial.text)
        }
    }

    /// The content as the topic's policy lets it out to subscribers; held back, it says why.
    static func released(_ content: JSON, from topic: StoredTopic) throws -> JSON {
        let rules = try rules(of: topic, inbound: false)
        guard !rules.isEmpty, var released = content.object else { return content }
        do {
            if let text = content["message"]?.string { released["message"] = .string(try filtered(text, rules)) }
            if let structure = content["structure"]?.object {
                released["structure"] = .object(
                    JSONObject(
                        try structure.map { ($0.name, .string(try filtered($0.value.string ?? "", rules))) }))
            }
        } catch let denial as Denial {
            released[heldBack] = .string(denial.text)
        }
        return .object(released)
    }

    /// The member of a content that nobody gets.
    static let heldBack = "heldBack"

    private static func rules(of topic: StoredTopic, inbound: Bool) throws -> [Rule] {
        guard let policy = topic.dataProtection else { return [] }
        return try rules(policy).filter { $0.isInbound == inbound }
    }

    private static func filtered(_ text: String, _ rules: [Rule]) throws -> String {
        var text = text
        for rule in rules {
            for identifier in rule.identifiers {
                let found = identifier.ranges(in: Array(text))
                guard !found.isEmpty else { continue }
                switch rule.operation {
                case .audit: break
                case .deny:
                    throw Denial(
                        text: "The statement \(rule.sid) of the topic's data protection policy denies messages with "
                            + "\(identifier.rawValue).")
                case .hide(let mask): text = hidden(text, found, mask)
                }
            }
        }
        return text
    }

    private static func hidden(_ text: String, _ ranges: [Range<Int>], _ mask: Character?) -> String {
        var characters = Array(text)
        for range in ranges.reversed() {
            characters.replaceSubrange(range, with: mask.map { Array(repeating: $0, count: range.count) } ?? [])
        }
        return String(characters)
    }

    /// The managed data identifiers that a pattern decides.
    enum Identifier: String {
        case emailAddress = "EmailAddress"
        case ipAddress = "IpAddress"
        case creditCardNumber = "CreditCardNumber"
        case socialSecurityNumber = "Ssn-US"

        /// Where such things stand.
        func ranges(in text: [Character]) -> [Range<Int>] {
            var ranges: [Range<Int>] = []
            var start = 0
            while start < text.count {
                guard isPart(text[start]) else {
                    start += 1
                    continue
                }
                var end = start
                while end < text.count, isPart(text[end]) { end += 1 }
                // A blank before it and a stop behind it belong to the sentence.
                while start < end, !text[start].isLetter, !text[start].isNumber { start += 1 }
                var last = end
                while last > start, !text[last - 1].isLetter, !text[last - 1].isNumber { last -= 1 }
                if accepts(String(text[start..<last])) { ranges.append(start..<last) }
                start = end
            }
            return ranges
        }

        private func isPart(_ character: Character) -> Bool {
            guard character.isASCII else { return false }
            if character.isNumber { return true }
            return switch self {
            case .emailAddress: character.isLetter || "@._%+-".contains(character)
            case .ipAddress: character == "."
            case .creditCardNumber: character == "-" || character == " "
            case .socialSecurityNumber: character == "-"
            }
        }

        private func accepts(_ word: String) -> Bool {
            switch self {
            case .emailAddress:
                let parts = word.split(separator: "@", omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty else { return false }
                let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
                return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty } && (labels.last?.count ?? 0) >= 2
            case .ipAddress:
                let numbers = word.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) ?? 256 }
                return numbers.count == 4 && numbers.allSatisfy { $0 < 256 }
            case .creditCardNumber:
                let digits = word.compactMap(\.wholeNumberValue)
                return (13...19).contains(digits.count) && Self.hasCheckDigit(digits)
            case .socialSecurityNumber:
                return word.split(separator: "-", omittingEmptySubsequences: false).map(\.count) == [3, 2, 4]
            }
        }

        /// The check digit of ISO/IEC 7812.
        private static func hasCheckDigit(_ digits: [Int]) -> Bool {
            let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
                let doubled = digit.element * 2
                return sum + (digit.offset % 2 == 0 ? digit.element : doubled > 9 ? doubled - 9 : doubled)
            }
            return sum % 10 == 0
        }
    }
}
